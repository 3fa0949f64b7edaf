"""From balls to the exact numbers of a certificate."""

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.certify.dyadics import above, below, fraction, matrix, places_for, probabilities, scaled, scaled_integers, text
from scverify.kernel.certificate import Unresolved
from scverify.model.level import ball

rationals = st.fractions(-1000, 1000, max_denominator=10**6)


@given(rationals, st.integers(0, 80))
def test_the_nearest_integer_over_a_power_of_two(value, bits):
    with ctx.workprec(200):
        nearest = scaled(ball(value), bits)
    assert abs(value - Fraction(nearest, 2**bits)) <= Fraction(1, 2 ** (bits + 1)) + Fraction(1, 2**150)


@pytest.mark.parametrize("value", [arb("nan"), arb("inf"), arb(0, arb("inf"))])
def test_what_is_not_finite_is_unresolved(value):
    with pytest.raises(Unresolved, match="not finite"):
        scaled_integers([arb(1), value], 10)


@given(rationals, rationals.map(abs), st.integers(1, 30))
def test_rounded_decimals_lie_outside_the_ball_by_less_than_their_last_place(middle, radius, places):
    with ctx.workprec(200):
        wide = ball(middle) + arb(0, ball(radius).upper())
        low, high = below(wide, places), above(wide, places)
    last = Fraction(1, 10**places)
    assert low <= middle - radius and middle + radius <= high
    slack = last + Fraction(radius + 1) / 10**6  # a radius keeps 30 bits
    assert low > middle - radius - slack and high < middle + radius + slack
    assert low * 10**places == int(low * 10**places) and high * 10**places == int(high * 10**places)


def test_probabilities_sum_to_one_exactly():
    with ctx.workprec(100):
        third = arb(1) / 3
        table = probabilities([[third, third, third], [arb(1), arb(0), arb(-1) / 10**20]], 20)
    assert table["bits"] == 20
    assert [sum(row) for row in table["rows"]] == [2**20, 2**20]
    assert min(min(row) for row in table["rows"]) == 0


def test_a_matrix_and_a_rational_are_written_as_certificates_write_them():
    assert matrix([[arb(1), arb(0.25)], [arb(-2), arb(0.5)]], 1) == {"bits": 1, "rows": [[2, 1], [-4, 1]]}
    assert [text(Fraction(x)) for x in ("-3", "37/100")] == ["-3", "37/100"]
    assert fraction(fmpq(-6, 4)) == Fraction(-3, 2)


@pytest.mark.parametrize("width", [1.0, 1e-3, 3e-17, 1e-60])
def test_the_places_add_less_than_a_hundredth_to_the_width(width):
    places = places_for(arb(width))
    assert 10.0**-places < width / 100
    assert places == 3 or 10.0**-places > width / 1e5


def test_an_exact_value_gets_the_digits_of_the_precision():
    with ctx.workdps(30):
        assert places_for(arb(0)) == 30


def test_values_far_from_one_are_zero_or_refused():
    assert scaled_integers([arb("1e-100000000000000000000"), arb(3)], 4) == [0, 48]
    with pytest.raises(Unresolved, match="too large"):
        scaled_integers([arb("1e100000000000000000000")], 4)
