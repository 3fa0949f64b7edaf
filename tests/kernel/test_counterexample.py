"""Counterexamples: every fact is checked by its own checker, and nothing else is said to be."""

import copy

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.counterexample import facts_of, numbers_of
from scverify.kernel.verify import verify_data
from tests.kernel.kept import answer_to, kept


def test_the_facts_are_said_one_by_one():
    answer = verify_data(kept("counterexample"))
    assert answer.word == "VERIFIED"
    assert (
        "(1) The loss supcon" in answer.claim
        and "(2) The loss supcon" in answer.claim
        and "whether they contradict it is not checked" in answer.claim
    )


@pytest.mark.parametrize("place", [0, 1])
def test_one_false_fact_is_enough(place):
    def falsified(claim, _):
        fact = claim["facts"][place]
        if fact["type"] == "Optimum":
            fact["upper"] = fact["lower"]
        else:
            fact["excess"] = "1000"

    assert answer_to(kept("counterexample"), falsified).word == "REJECTED"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda claim: claim["facts"].clear(), "between 1 and"),
        (lambda claim: claim["facts"].append(claim["facts"][0]), "repeated"),
        (lambda claim: claim["facts"].append(copy.deepcopy(claim)), "itself one"),
        (lambda claim: claim["facts"].append({}), "no type"),
        (lambda claim: claim["facts"].append({"type": 1}), "no type"),
        (lambda claim: claim.update(statement=""), "not a line of text"),
        (lambda claim: claim.update(statement="two\nlines"), "not a line of text"),
        (lambda claim: claim.update(facts=[{"type": "LowerBound", "n": i} for i in range(65)]), "between 1 and"),
    ],
)
def test_facts_that_cannot_be_read(edit, reason):
    claim = kept("counterexample")["claim"]
    edit(claim)
    with pytest.raises(Rejected, match=reason):
        facts_of(claim)


def test_a_witness_for_every_fact():
    assert "the witnesses has 1 entries" in answer_to(kept("counterexample"), lambda _, witness: witness["facts"].pop()).reason


def test_the_numbers_are_those_of_the_facts():
    landscape, point = kept("landscape")["claim"], kept("spurious-point")["claim"]
    assert len(numbers_of({"facts": [landscape, point, point]})) == 2
    assert "intervals" in numbers_of({"facts": [landscape]})[0]
