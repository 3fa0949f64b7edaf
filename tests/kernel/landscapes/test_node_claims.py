"""UnitLandscape: how it is said and what it rests on; forgeries are in tests/soundness."""

import pytest

import scverify as sv
from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.node_claims import NODE_REASONS, in_words, landscape_level, numbers_of
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from scverify.kernel.verify import verify_data
from tests.kernel.landscapes.node_instances import CASES, of


def test_words_say_the_problem_the_dimension_and_the_statement():
    claim = {"type": "UnitLandscape", "problem": CASES["clip"].data, "dim": 3, "statement": EVERY_MINIMUM}
    assert in_words(claim).startswith("The loss clip") and in_words(claim).endswith("in dimension 3: every local minimum is global.")
    assert numbers_of(claim) != numbers_of({**claim, "dim": 4})


def test_reasons_are_some_of_those_for_samples():
    assert set(NODE_REASONS) < set(STATEMENTS[EVERY_MINIMUM]) and not {4, 9} & set(NODE_REASONS)


@pytest.mark.parametrize("constraint", ["ball", "ridge:1"])
def test_nodes_lie_on_spheres(constraint):
    problem = sv.UnitProblem(sv.losses.clip(2), 1, constraint, dim=2)
    with pytest.raises(Rejected, match="spheres alone"):
        landscape_level({"problem": problem.data, "dim": 2})


def test_the_domain_has_the_rate_and_a_bounded_number_of_faces():
    _, domain = of(CASES["a larger sphere"])
    assert domain.low[-1, 0] <= 9 / 8 <= domain.high[-1, 0] < 1.126
    with pytest.raises(Rejected, match="faces"):
        of(sv.UnitProblem(sv.losses.clip(5), 1, dim=9))


def test_no_more_nodes_than_dimensions_need_no_box():
    found = sv.landscape(sv.UnitProblem(sv.losses.siglip(3), "1/500", {"image": "sphere", "text": "sphere:2"}, dim=6))
    answer = verify_data(found.certificate)
    assert (found.verdict, found.boxes, found.trust) == ("PROVED", 0, "exact")
    assert (answer.word, answer.reason) == ("VERIFIED", "checked in exact arithmetic")
