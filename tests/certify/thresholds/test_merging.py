"""Merging: the criterion against certified ranks of whole sizes, and its certificates."""

from fractions import Fraction

import pytest

from scverify import Classes, Problem, optimum, supcon
from scverify.certify.thresholds.merging import StepFamily, merging, merging_in_the_limit
from scverify.kernel.verify import verify_data


def family(large, small, major, minor, tau):
    return StepFamily(large, small, Fraction(minor), Fraction(major, minor), Fraction(tau))


@pytest.mark.parametrize(
    ("large", "small", "major", "minor", "tau"),
    [(2, 2, 394, 3, "1/2"), (2, 2, 395, 3, "1/2"), (1, 3, 20, 2, "1"), (1, 3, 90, 2, "1"), (3, 2, 60, 2, "1/10"), (2, 3, 4, 9, "1/3")],
)
def test_certified_ranks_say_the_same(large, small, major, minor, tau):
    merged, proof = merging(family(large, small, major, minor, tau))
    assert verify_data(proof).word == "VERIFIED"
    rank = optimum(Problem(supcon, Classes((*[major] * large, *[minor] * small)), temperature=tau)).rank
    assert rank == (large if merged else large + small - 1)


def test_the_limit_agrees_with_large_ratios():
    for tau, merged in (("1/10", True), ("1/4", False)):
        assert merging_in_the_limit(3, Fraction(tau))[0] is merged
        assert merging(family(3, 3, 10**9, 2, tau))[0] is merged


def test_another_parameter():
    start = family(2, 2, 6, 3, "1/2")
    assert start.at("ratio", Fraction(7)) == family(2, 2, 21, 3, "1/2")
    assert start.at("tau", Fraction(1)) == family(2, 2, 6, 3, 1)
    assert start.claim("Apart") == {"type": "Apart", "large": 2, "small": 2, "major": "6", "minor": "3", "tau": "1/2"}


def test_nothing_is_said_where_the_pieces_run_out(monkeypatch):
    monkeypatch.setattr("scverify.certify.thresholds.merging.MOST_PIECES", 2)
    assert merging(family(2, 2, 394, 3, "1/2")) is None
