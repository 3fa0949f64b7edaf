"""The factorised search: its chart, and that it answers for every formula and constraint."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.chart import Chart
from scverify.search.factorised import factorised_candidate
from scverify.search.merging import rank_one_candidate
from scverify.search.multipliers import multipliers
from scverify.search.objective import Objective
from scverify.symbolic.losses import cross_entropy, mini_batches, spectral, supcon, two_tower
from tests.search.levels import class_level

SMALL = Classes((5, 4, 3, 2))
BATCHES = mini_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)])


def shortfall(candidate):
    return multipliers(candidate.level, Objective.floats(candidate.level), candidate.means, candidate.spread).shortfall


@pytest.mark.parametrize(
    "constraint", [Sphere("3/2"), Ball(), Ridge("1/2"), NonNegative(), NonNegative(Ball()), NonNegative(Ridge(1))], ids=str
)
def test_the_chart_agrees_with_finite_differences(constraint):
    level = group_level(Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100", constraint=constraint))
    chart, generator, h = Chart.of(level, 3), np.random.default_rng(0), 1e-5
    z = chart.start(generator) * generator.uniform(0.5, 2, (level.size, 1))
    change = generator.standard_normal(z.shape) * chart.present
    above, below = (chart.value_and_gradient(z + sign * h * change) for sign in (1, -1))
    assert (chart.value_and_gradient(z)[1] * change).sum() == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(chart.hessian_product(z, change), (above[1] - below[1]) / (2 * h), atol=1e-5)


@pytest.mark.parametrize("constraint", [Sphere(), Ball("3/4"), Ridge("1/10")], ids=str)
@pytest.mark.parametrize(
    ("classes", "tau"), [(SMALL, "1/10"), (Classes((7, 3, 3, 2, 2)), "37/100"), (Classes((600, 600, 3, 3)), "1/2")], ids=str
)
def test_it_finds_what_the_rank_one_system_finds(classes, tau, constraint):
    level = group_level(Problem(supcon, classes, temperature=tau, constraint=constraint))
    found, expected = factorised_candidate(level), rank_one_candidate(level)
    assert found.value == pytest.approx(expected.value, rel=1e-13)
    assert found.means.shape == expected.means.shape
    assert shortfall(found) < 1e-10


def test_tiny_losses_are_resolved():
    level = class_level(Problem(supcon, Classes((2, 2, 2)), temperature="1/100"))
    found = factorised_candidate(level)
    assert shortfall(found) < 1e-10
    gram = found.means @ found.means.T
    np.testing.assert_allclose(gram, 1.5 * np.eye(3) - 0.5, atol=1e-10)


def test_rows_whose_constants_drown_the_rest_are_resolved():
    level = group_level(Problem(supcon, Classes((539, 2, 2)), temperature="55/1000"))
    assert shortfall(factorised_candidate(level)) < 1e-9


@pytest.mark.parametrize("constraint", [NonNegative(), NonNegative(Ball("1/2"))], ids=str)
def test_non_negative_embeddings_give_the_orthogonal_frame(constraint):
    found = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=constraint)))
    assert not found.means.any()
    np.testing.assert_allclose(found.spread, float(constraint.inner.rho) ** 2, rtol=1e-15)
    assert shortfall(found) < 1e-12


def test_a_heavy_ridge_gives_zero_and_a_light_one_does_not():
    heavy = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=Ridge(100))))
    assert heavy.means.size == 0 and heavy.spread.max() < 1e-20
    light = factorised_candidate(group_level(Problem(supcon, SMALL, temperature="1/10", constraint=NonNegative(Ridge("1/10")))))
    assert light.spread.min() > 0.1 and shortfall(light) < 1e-12


@pytest.mark.parametrize(
    "problem",
    [
        Problem(spectral, Classes((4, 3, 2)), constraint=Sphere()),
        Problem(spectral, Classes((4, 3, 2)), constraint=Ball()),
        Problem(spectral, Classes((4, 3, 2)), constraint=Ridge(1)),
        Problem(spectral, Classes((4, 3, 2)), constraint=NonNegative()),
        Problem(BATCHES, Classes((4, 4)), temperature="1/2"),
        Problem(two_tower(4), Classes((2, 2, 2, 2)), temperature="1/2"),
        Problem(cross_entropy((0, 0, 1, 1, 2), 3), Classes((4, 4)), constraint=Ball()),
    ],
    ids=str,
)
def test_it_answers_at_sample_level_for_any_formula(problem):
    level = smallest_level(problem)
    assert level.name == "samples"
    assert shortfall(factorised_candidate(level)) < 1e-8


def test_the_spectral_loss_reaches_its_minimum():
    """On the sphere every pair can have its own best similarity: q/c for positives, 0 for negatives, so L = -sum of q^2/c."""
    found = factorised_candidate(smallest_level(Problem(spectral, Classes((4, 3, 2)))))
    expected = -sum(n * (n - 1) * (1 / (n - 1)) ** 2 for n in (4, 3, 2))
    assert found.value == pytest.approx(expected, rel=1e-12)


def test_the_same_input_gives_the_same_answer():
    level = group_level(Problem(supcon, SMALL, temperature="1/10"))
    first, second = factorised_candidate(level), factorised_candidate(level)
    np.testing.assert_array_equal(first.means, second.means)
    assert first.status == second.status


@pytest.mark.parametrize("constraint", [Sphere(), Ball()], ids=str)
def test_multipliers_far_below_the_slope_in_the_norm_keep_their_accuracy(constraint):
    classes = Classes((1161, 733, 762, 760, 737))
    candidate = rank_one_candidate(class_level(Problem(supcon, classes, temperature="21/1000", constraint=constraint)))
    found = multipliers(candidate.level, Objective.floats(candidate.level), candidate.means, candidate.spread)
    assert 0 < np.abs(found.matrix).max() < 1e-18
    assert found.shortfall < 1e-11
    np.testing.assert_allclose(np.linalg.eigvalsh(found.matrix / found.matrix.max())[:-1], 0, atol=1e-11)


@pytest.mark.parametrize("constraint", [Sphere("3/2"), Ball()], ids=str)
def test_multipliers_balance_the_forces_on_each_node(constraint):
    level = group_level(Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100", constraint=constraint))
    objective, optimum = Objective.floats(level), rank_one_candidate(level)
    _, gradient = objective.value_and_gradient(objective.similarities(optimum.means, optimum.spread))
    symmetric, slope = objective.gram_gradient(gradient)
    found = multipliers(level, objective, optimum.means, optimum.spread)
    np.testing.assert_allclose((symmetric + np.diag(found.norms)) @ optimum.means, 0, atol=1e-12)
    np.testing.assert_allclose((slope + found.norms) * optimum.spread, 0, atol=1e-12)
    assert found.norms.min() > 0.01


def test_multipliers_tell_a_point_that_is_not_optimal():
    level = class_level(Problem(supcon, Classes((3, 3)), temperature="1/2", constraint=Ball()))
    objective = Objective.floats(level)
    optimum = rank_one_candidate(level)
    assert multipliers(level, objective, optimum.means, optimum.spread).shortfall < 1e-14
    orthogonal = multipliers(level, objective, np.eye(2), np.zeros(2))
    assert orthogonal.stationarity > 0.1
    together = multipliers(level, objective, np.ones((2, 1)), np.zeros(2))
    assert together.stationarity < 1e-14 and together.curvature < -0.1 and together.sign < 0
