"""Claims about the minimum: which fields they have, how they are said, and bounds that cross."""

import pytest

from scverify.kernel.claims import claim_of
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept

SAID = {
    "sphere-lower": ("LowerBound", "every feasible H, of any dimension, has a loss of at least"),
    "sphere-upper": ("UpperBound", "some feasible H has a loss of at most"),
    "mean": ("Optimum", "some feasible H in dimension 2 one of at most"),
    "sphere-unique": (
        "UniqueMinimizer",
        "(Frobenius) of the stated one (groups [[0],[1,2]]; matrix of 6 numbers, sum 55370978888328552737/36",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_claim_is_verified_and_said(name):
    kind, said = SAID[name]
    answer = verify_data(kept(name))
    assert (answer.word, answer.type) == ("VERIFIED", kind) and said in answer.claim
    assert claim_of(kind).said(kept(name)["claim"]) == answer.claim
    assert kind != "UniqueMinimizer" or answer.claim.endswith(" and has rank 2.")


def test_bounds_that_cross_are_refused_before_they_are_proved():
    assert "lies above the upper one" in answer_to(kept("sphere"), lambda claim, _: claim.update(lower=claim["upper"], upper="0")).reason


def test_a_side_that_the_claim_has_not():
    assert answer_to(kept("sphere-lower"), lambda _, witness: witness.update(upper={})).reason == "unknown: upper"
    assert answer_to(kept("sphere-upper"), lambda claim, _: claim.update(lower="0")).reason == "unknown: lower"


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("radius", "-1", "negative"), ("rank", 4, "outside 0..3"), ("rank", "2", "integer")]
)
def test_a_unique_minimizer_of_no_sense(field, value, reason):
    assert reason in answer_to(kept("sphere-unique"), lambda claim, _: claim.update({field: value})).reason
