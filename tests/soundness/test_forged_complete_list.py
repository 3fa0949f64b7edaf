"""One corrupted certificate for each way ranks of a list could be missing, undecided or of another problem, beside the control."""

import copy
import json

import pytest

from scverify.certify.listing import all_critical_points
from scverify.cli import main
from scverify.kernel.limits import Limits
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.soundness.test_forged_landscape import forged, numbers_of, rejected, tree_of


@pytest.fixture(scope="module")
def control():
    """All points of sizes 2,2 in dimension 3 at tau = 2: none of rank 3, two of rank 2."""
    return all_critical_points(Problem(supcon, Classes((2, 2)), dim=3, temperature=2), jobs=1).certificate


def test_the_control_is_verified(control):
    answer = forged(control, lambda claim, witness: None)
    assert answer.word == "VERIFIED" and "0 of rank 3, 2 of rank 2" in answer.claim and "every pattern of signs" in answer.claim
    assert "intervals of float64" in answer.reason and "ball arithmetic" in answer.reason


@pytest.mark.parametrize("place", [0, 1])
def test_a_rank_that_is_missing(control, place):
    def shortened(claim, witness):
        del claim["ranks"][place], witness["ranks"][place]

    rejected(forged(control, shortened), "ranks has 1 entries, not 2")
    rejected(forged(control, lambda claim, witness: witness["ranks"].pop(place)), "ranks has 1 entries, not 2")


def test_ranks_in_another_order(control):
    def turned(claim, witness):
        claim["ranks"].reverse()
        witness["ranks"].reverse()

    assert forged(control, turned).word == "REJECTED"


def test_one_rank_twice(control):
    def doubled(claim, witness):
        claim["ranks"][0], witness["ranks"][0] = copy.deepcopy(claim["ranks"][1]), copy.deepcopy(witness["ranks"][1])

    assert forged(control, doubled).word == "REJECTED"


@pytest.mark.parametrize("place", [0, 1])
def test_a_rank_that_is_not_proved(control, place):
    def unfinished(_, witness):
        tree = witness["ranks"][place]["trees"][0]
        witness["ranks"][place]["trees"][0] = tree_of(numbers_of(tree)[:-1])

    rejected(forged(control, unfinished), "a box is left out of the tree")


def test_a_point_missing_from_one_rank(control):
    def shortened(claim, witness):
        del claim["ranks"][1][0], witness["ranks"][1]["points"][0]

    rejected(forged(control, shortened), "is_listed")


@pytest.mark.parametrize("dim", [1, 2, 4])
def test_another_dimension(control, dim):
    rejected(forged(control, lambda claim, _: claim["problem"].update(dim=dim)), "dimension", "ranks has 2 entries")


def test_one_dimension_has_no_ranks_to_list(control):
    """Without the least dimension the claim would have no part, and no hypothesis would be checked."""

    def flattened(claim, witness):
        claim["problem"].update(dim=1, constraint={"kind": "ball", "rho": "1", "nonnegative": False})
        claim["ranks"], witness["ranks"] = [], []

    rejected(forged(control, flattened), "a stated dimension of 2 or more")


def test_another_problem(control):
    ball = {"kind": "ball", "rho": "1", "nonnegative": False}
    rejected(forged(control, lambda claim, _: claim["problem"].update(constraint=ball)), "sphere")
    assert forged(control, lambda claim, _: claim["problem"].update(tau="1")).word in ("REJECTED", "UNDECIDED")


def test_fields_that_are_not_there(control):
    rejected(forged(control, lambda claim, _: claim.update(tau_upper="3")), "unknown: tau_upper")
    rejected(forged(control, lambda _, witness: witness.update(points=[])), "unknown: points")
    for wrong in (None, 3, [3, 4], [[], 5], {}):
        assert forged(control, lambda claim, _, wrong=wrong: claim.update(ranks=wrong)).word == "REJECTED"


def test_no_time_leaves_it_undecided(control):
    assert verify_data(control, Limits(seconds=0.0)).word == "UNDECIDED"


def test_a_directory_with_an_undecided_or_missing_list_is_not_verified(control, tmp_path):
    def answer(**edits):
        (tmp_path / "complete-list.json").write_text(json.dumps({**control, **edits}))
        return main(["verify", str(tmp_path)], standalone_mode=False)

    assert answer() == 0
    assert main(["verify", str(tmp_path), "--limit", "0"], standalone_mode=False) == 4
    assert answer(witness={"ranks": control["witness"]["ranks"][:1]}) == 1
