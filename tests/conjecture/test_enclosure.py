"""Numbers between two rationals: arithmetic encloses, and a comparison says no more than both ends allow."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.conjecture.enclosure import Enclosure, all_equal

ends = st.fractions(-3, 3, max_denominator=4)


@given(ends, ends, ends, ends)
def test_a_comparison_is_decided_where_every_pair_of_numbers_agrees(a, b, c, d):
    left, right = Enclosure(min(a, b), max(a, b), "x"), Enclosure(min(c, d), max(c, d), "y")
    for truth, holds in ((left <= right, lambda x, y: x <= y), (left < right, lambda x, y: x < y), (left > right, lambda x, y: x > y)):
        corners = {holds(x, y) for x in (left.lower, left.upper) for y in (right.lower, right.upper)}
        assert truth.value is (corners.pop() if len(corners) == 1 else None)


@given(ends, ends, ends, ends, st.sampled_from("+-*"))
def test_arithmetic_encloses(a, b, c, d, sign):
    left, right = Enclosure(min(a, b), max(a, b), "x"), Enclosure(min(c, d), max(c, d), "y")
    apply = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}[sign]
    result = apply(left, right)
    assert all(result.lower <= apply(x, y) <= result.upper for x in (a, b) for y in (c, d))
    assert abs(left).lower <= abs(a) <= abs(left).upper


def test_there_is_no_tolerance():
    tiny = Fraction(1, 10**60)
    assert (Enclosure(tiny, 2 * tiny, "x") <= 0).value is False
    assert (Enclosure(-tiny, tiny, "x") <= 0).value is None
    assert Enclosure(-tiny, tiny, "x").equals(0).value is None
    assert Enclosure.of("1/3").equals(Fraction(1, 3)).value is True
    assert all_equal([Enclosure(tiny, tiny, "x"), 0]).value is False
    with pytest.raises(TypeError, match="equals"):
        _ = Enclosure.of(1) == 1


def test_a_number_beyond_floats_is_compared():
    assert (Enclosure.of(1) < 10**400).value is True and (Enclosure.of(1) < -(10**400)).value is False
