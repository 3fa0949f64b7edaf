"""No mutation of a valid certificate is VERIFIED with a false claim.

The truth comes from elsewhere. Where the problem is unchanged: from the control, whose interval is proved. Where it is changed: a lower
bound is held against the loss, evaluated by plain loops, at the witness's own point and at points of low value found by descent; an upper
bound against the loss at the witness's own point, which is feasible by construction; a radius and a rank against the Gram matrix found by
descent, in floats. What this cannot see, where the problem is changed: a lower bound that is false by less than the descent's error
(about 1e-8), a radius false by less than 1e-3.
"""

import json
from fractions import Fraction
from functools import cache

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_data
from tests.soundness import truth
from tests.soundness.controls import NAMES, loosened
from tests.soundness.low_points import low_points
from tests.soundness.mutations import mutants
from tests.soundness.variants import greedy, one_sided, variants

LARGEST = 40
MOST = hypothesis.settings.default.max_examples


@pytest.mark.parametrize("name", NAMES)
def test_a_control_is_verified_and_true(valid, name):
    assert verify_data(valid[name]).word == "VERIFIED"
    assert_true(valid[name]["claim"], valid[name]["witness"], valid[name]["claim"])


@pytest.mark.parametrize("name", NAMES)
@hypothesis.settings(max_examples=3 * MOST)
@hypothesis.given(data=st.data())
def test_no_mutation_is_verified_with_a_false_claim(valid, name, data):
    control = data.draw(st.sampled_from([valid[name], loosened(valid[name])]))
    mutant = data.draw(mutants(control, [valid[other] for other in NAMES]))
    hypothesis.assume(_is_quick(mutant))
    answer = verify_data(mutant)
    assert answer.word in ("VERIFIED", "REJECTED", "UNDECIDED")
    hypothesis.event(answer.word)
    if answer.word == "VERIFIED":
        assert_true(mutant["claim"], mutant["witness"], valid[name]["claim"])


@pytest.mark.parametrize("name", NAMES)
@hypothesis.given(data=st.data())
def test_the_strongest_claim_that_a_mutated_witness_proves_is_true(valid, name, data):
    """Another problem or witness, and the claim set to just what the kernel will grant."""
    mutant = data.draw(variants(valid[name], [valid[other] for other in NAMES]))
    sides = [mutant] if "radius" in mutant["claim"] else [one_sided(mutant, side) for side in ("lower", "upper")]
    for certificate in filter(None, map(greedy, sides)):
        hypothesis.event(certificate["claim"]["type"])
        assert verify_data(certificate).word == "VERIFIED"
        assert_true(certificate["claim"], certificate["witness"], valid[name]["claim"])


def _is_quick(mutant):
    """Whether the kernel's work stays small: no precision beyond twice the largest control's."""
    precision = mutant.get("precision")
    return not isinstance(precision, int) or precision <= 8256


@cache
def found_by_descent(problem):
    return low_points(json.loads(problem))


def assert_true(claim, witness, known):
    """Fail unless the claim is consistent with the truth; `known` is the control's claim, which is true."""
    problem = claim["problem"]
    assert sum(problem["sizes"]) <= LARGEST, "no independent truth for so many samples: let the mutations be smaller"
    unchanged = canonical(problem) == canonical(known["problem"])
    if claim["type"] == "UniqueMinimizer":
        assert_unique(claim, class_gram(known) if unchanged else None, known)
        return
    if "lower" in claim:
        assert_below(claim, witness, known if unchanged else None)
    if "upper" in claim:
        assert_above(claim, witness, known if unchanged else None)


def assert_below(claim, witness, known):
    problem, lower = claim["problem"], truth.exact(claim["lower"])
    if known is not None and "upper" in known:
        assert Fraction(claim["lower"]) <= Fraction(known["upper"])
    points = found_by_descent(canonical(problem))
    stated = [truth.stated_point(problem, witness)] if "upper" in witness else []
    for point in [*points, *stated]:
        value = truth.objective(problem, point)
        assert lower <= value + truth.TINY * (1 + abs(value))


def assert_above(claim, witness, known):
    problem, upper = claim["problem"], truth.exact(claim["upper"])
    if known is not None and "lower" in known:
        assert Fraction(claim["upper"]) >= Fraction(known["lower"])
    point = truth.stated_point(problem, witness)
    value = truth.objective(problem, point)
    assert value <= upper + truth.TINY * (1 + abs(value))
    assert truth.dimensions(point) <= problem.get("dim", len(point))
    if problem["constraint"]["nonnegative"]:
        assert min(x for column in point for x in column) >= 0


def assert_unique(claim, gram, known):
    """The stated Gram matrix is as near to the minimiser's, and its rank the minimiser's, as the claim says."""
    slack = Fraction(0) if gram is not None else Fraction(1, 1000)
    reach = Fraction(claim["radius"]) + slack + (Fraction(known["radius"]) if gram is not None else 0)
    if gram is None:
        problem = claim["problem"]
        gram = truth.class_gram(problem, found_by_descent(canonical(problem))[0])
    assert np.linalg.norm(class_gram(claim) - gram) <= float(reach) + 1e-9
    if "rank" in claim:
        assert claim["rank"] == int(np.sum(np.linalg.eigvalsh(gram) > 1e-4))


def class_gram(claim):
    """The stated matrix, class by class, in floats."""
    gram, groups = claim["gram"], claim["groups"]
    node = {member: g for g, group in enumerate(groups) for member in group}
    unit = 2.0 ** -gram["bits"] if gram["bits"] < 1000 else 0.0
    rows = [[int(x) / 2 ** gram["bits"] for x in row] for row in gram["rows"]]
    k = len(node)
    assert unit >= 0
    return np.array([[rows[node[c]][-1] if c == d else rows[node[c]][node[d]] for d in range(k)] for c in range(k)])
