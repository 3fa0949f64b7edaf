"""Elementary inequalities: each step holds, and the curve that is said to rise has the inequality's two ends."""

import pytest
from sympy import exp, symbols

from scverify.conjecture import elementary
from tests.conjecture.steps import all_hold

x, y = symbols("x y", real=True)


@pytest.mark.parametrize(
    "steps",
    [
        elementary.exponential_rises,
        elementary.exponential_above_tangent,
        elementary.logarithm_below_tangent,
        elementary.u_log_one_plus_u,
        elementary.softplus_above_tangent,
        elementary.above_tangents,
    ],
)
def test_every_step_holds(steps):
    assert all_hold(steps())


def test_a_curve_that_falls_or_has_other_ends_is_found():
    path, rise, slope = x * elementary._R, x, x
    assert not all_hold(elementary._rise("x >= 0", path, rise, slope)), "x has no sign"
    assert not all_hold(elementary._rise("wrong end", (x - y) ** 2 * elementary._R, exp(x), (x - y) ** 2))
    assert all_hold(elementary._rise("a square", (x - y) ** 2 * elementary._R, (x - y) ** 2, (x - y) ** 2))
