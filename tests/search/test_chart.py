"""The unconstrained coordinates of the factors."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.search.chart import Chart
from scverify.symbolic.losses import supcon


@pytest.mark.parametrize(
    "constraint", [Sphere("3/2"), Ball(), Ridge("1/2"), NonNegative(), NonNegative(Ball()), NonNegative(Ridge(1))], ids=str
)
def test_the_chart_agrees_with_finite_differences(constraint):
    level = group_level(Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100", constraint=constraint))
    chart, generator, h = Chart.of(level, 3), np.random.default_rng(0), 1e-5
    z = chart.start(generator) * generator.uniform(0.5, 2, (level.nodes, 1))
    change = generator.standard_normal(z.shape) * chart.present
    above, below = (chart.value_and_gradient(z + sign * h * change) for sign in (1, -1))
    assert (chart.value_and_gradient(z)[1] * change).sum() == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(chart.hessian_product(z, change), (above[1] - below[1]) / (2 * h), atol=1e-5)


def test_a_row_that_signs_cut_to_zero_gets_a_direction_again():
    level = group_level(Problem(supcon, Classes((3, 2)), temperature=1, constraint=NonNegative()))
    chart = Chart.of(level, 2).without_spread()
    z = chart.normalised(np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 0.0]]))
    assert np.isfinite(z).all() and z[0, 2] == 0 and np.isfinite(chart.value_and_gradient(z)[0])
    assert (chart.factors(z)[1] == 0).all()
