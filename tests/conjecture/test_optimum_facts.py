"""Facts of an optimum: enclosures that hold the closed form, from either form of a certificate, and refusals where nothing is proved."""

from fractions import Fraction

import pytest

import scverify as sv
from scverify.errors import Undecided


@pytest.mark.parametrize("sizes", [(3, 3, 3), (2,) * 12])
def test_the_facts_of_a_balanced_optimum_are_those_of_the_simplex(sizes):
    k, n = len(sizes), sum(sizes)
    facts = sv.optimum_facts(sv.Problem(sv.supcon, sv.Classes(sizes), temperature="1/2", dim=n))
    assert (facts.rank.lower, facts.rank.upper) == (k - 1, k - 1)
    expected = Fraction(-1, k - 1)
    found = facts.similarities()
    assert len(found) == k * (k - 1) // 2
    assert all(each.lower <= expected <= each.upper and each.upper - each.lower < Fraction(1, 10**6) for each in found)
    assert facts.similarity(0, 0).lower <= 1 <= facts.similarity(0, 0).upper
    assert facts.value.lower < facts.value.upper and facts.value.trust == "ball"
    with pytest.raises(IndexError, match="allowed: 0"):
        facts.similarity(0, k)


def test_what_is_not_proved_is_undecided():
    facts = sv.optimum_facts(sv.Problem(sv.load_loss("spectral"), sv.Classes((2, 2)), constraint=sv.Ridge("1/10")))
    with pytest.raises(Undecided, match="Gram matrix"):
        facts.similarity(0, 1)
