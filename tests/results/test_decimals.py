from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.results.decimals import enclosure, rounded_down, scientific_above, settled

rationals = st.builds(Fraction, st.integers(-(10**12), 10**12), st.integers(1, 10**15))
widths = st.builds(Fraction, st.integers(0, 10**6), st.integers(1, 10**40))


@given(rationals, widths)
def test_an_enclosure_is_rounded_outward_and_not_by_much(lower, width):
    low, high = (Fraction(text) for text in enclosure(lower, lower + width))
    assert low <= lower and lower + width <= high
    assert high - low <= width * 2 or width == 0


@given(rationals, widths)
def test_what_is_settled_holds_the_interval(lower, width):
    shown = settled(lower, lower + width)
    if shown.startswith("between "):
        low, high = map(Fraction, shown.removeprefix("between ").split(" and "))
    else:
        middle, _, radius = shown.partition(" ± ")
        low, high = Fraction(middle) - Fraction(radius or 0), Fraction(middle) + Fraction(radius or 0)
    assert low <= lower and lower + width <= high


@pytest.mark.parametrize(
    ("lower", "upper", "shown"),
    [
        ("-120.00000001", "-119.99999999", "-120.0000000 ± 1.0e-8"),
        ("9.9", "10.0", "9.95 ± 0.05"),
        ("9.9", "10", "9.95 ± 0.05"),
        ("117", "123.6", "120 ± 4"),
        ("1170", "1236", "1200 ± 40"),
        ("-0.129", "-0.123", "-0.126 ± 0.003"),
        ("-0.1", "0.1", "between -1.0e-1 and 1.0e-1"),
        ("0", "1e-2443", "between 0 and 1.0e-2443"),
        ("1.25e-30", "1.2501e-30", "1.2500e-30 ± 1.0e-34"),
        ("1.5", "1.5", "1.5"),
    ],
)
def test_digits_are_settled_by_middle_and_radius(lower, upper, shown):
    assert settled(Fraction(lower), Fraction(upper)) == shown


def test_ends_near_zero_are_short():
    low, high = enclosure(Fraction("1.234567e-2443"), Fraction("1.234568e-2443"))
    assert (low, high) == ("1.234567e-2443", "1.234568e-2443")
    lower, upper = Fraction("1.5e-868") - Fraction(1, 3**5000), Fraction("1.5e-868") + Fraction(1, 3**5000)
    low, high = enclosure(lower, upper)
    assert len(low) < 80 and len(high) < 80 and Fraction(low) <= lower < upper <= Fraction(high)


def test_a_narrow_interval_has_sixty_digits_or_what_was_asked_for():
    lower, upper = Fraction(7, 3), Fraction(7, 3) + Fraction(1, 10**1000)
    for asked, places in ((0, 59), (30, 59), (200, 201), (2000, 1001)):
        low, high = enclosure(lower, upper, asked)
        assert Fraction(low) <= lower < upper <= Fraction(high)
        assert abs(len(low.partition(".")[2]) - places) <= 1, (asked, len(low))


def test_decimals_that_end_are_told_exactly():
    assert enclosure(Fraction("1.23456"), Fraction("1.2346")) == ("1.23456", "1.23460")
    assert enclosure(Fraction(7), Fraction(7)) == ("7.0", "7.0")
    assert enclosure(Fraction(1, 3), Fraction(1, 2)) == ("0.33", "0.50")


@given(widths)
def test_a_bound_from_above_is_above(width):
    assert width <= Fraction(scientific_above(width)) <= width * Fraction(11, 10)


def test_bounds_have_two_digits():
    assert [scientific_above(Fraction(1, 3)), scientific_above(Fraction(0)), scientific_above(Fraction(999, 100))] == [
        "3.4e-1",
        "0",
        "1.0e+1",
    ]


@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6, max_denominator=10**9), st.integers(3, 12))
def test_a_bound_from_below_is_rounded_down(value, digits):
    shown = Fraction(rounded_down(value, digits))
    assert shown <= value < shown + value * Fraction(10, 10**digits)
