"""Dual numbers: every rule of differentiation against its closed form, and the Hessian of a row."""

import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.dual import DualNumber, row_hessian
from scverify.kernel.formula import Row, parse
from scverify.kernel.inequalities.enclosure import ExactInterval

X = arb(3) / 4
RULES = {
    "sum": (lambda x: x + x + 3, lambda x: arb(2)),
    "product": (lambda x: x * x * 5, lambda x: 10 * x),
    "reciprocal": (lambda x: 3 / x, lambda x: -3 / x**2),
    "exponential": (lambda x: (2 * x).exp(), lambda x: 2 * (2 * x).exp()),
    "logarithm": (lambda x: (3 * x).log(), lambda x: 1 / x),
    "square root": (lambda x: (x * x * x).sqrt(), lambda x: arb("1.5") * x.sqrt()),
    "cube root": (lambda x: x.root(3), lambda x: x.root(3) / (3 * x)),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_differentiation(name):
    rule, slope = RULES[name]
    with ctx.workprec(100):
        found = rule(DualNumber(X, arb(1)))
        assert found.value.overlaps(rule(X)) and abs(found.slope - slope(X)).upper() < 1e-25


def test_magnitudes_have_the_slope_of_their_sign():
    below = DualNumber(ExactInterval.of(-3), ExactInterval.of(2))
    assert (abs(below).value.exact, abs(below).slope.exact) == (3, -2)
    assert (below.sign().value.exact, below.sign().slope.exact) == (-1, 0)
    assert not DualNumber(ExactInterval.of(0), ExactInterval.of(1)).sign().slope.defined


def test_a_slope_of_a_slope_is_a_second_derivative():
    cube = DualNumber(DualNumber(X, arb(1)), DualNumber(arb(1), arb(0)))
    assert abs((cube * cube * cube).slope.slope - 6 * X).upper() < 1e-12


def test_the_hessian_of_a_row_is_exact_where_numbers_are():
    """(sum c s)^2 / tau and sum q s^3: 2 c_i c_j / tau, and 6 q_i s_i on the diagonal."""
    tree = parse(["add", ["mul", ["pow", "tau", -1], ["pow", ["sum", ["mul", "c", "s"]], 2]], ["sum", ["mul", "q", ["pow", "s", 3]]]])
    row = Row([fmpq(1, 2), fmpq(-3)], [fmpq(2), fmpq(5)], [fmpq(0), fmpq(1, 3)], fmpq(1, 4))
    assert row_hessian(tree, row, fmpq) == [[32, 80], [80, 200 - 6]]
