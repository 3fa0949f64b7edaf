"""The float search on units: gradient and Hessian product against differences, and where it comes to rest."""

import numpy as np
import pytest

from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.search.units import UnitObjective, unit_candidate

PROBLEMS = [
    UnitProblem(clip(4), 1),
    UnitProblem(siglip(3, -1), "1/2", Ball()),
    UnitProblem(cross_entropy((5, 3, 3, 1)), 1, Ridge("1/3")),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_derivatives_agree_with_differences(problem):
    objective = UnitObjective(problem, float(problem.temperature))
    generator = np.random.default_rng(0)
    z, u = (0.4 * generator.standard_normal((objective.u, objective.u + objective.kinds)) for _ in range(2))
    h = 1e-6
    (high, up), (low, down) = (objective.value_and_gradient(z + t * u) for t in (h, -h))
    _, gradient = objective.value_and_gradient(z)
    assert (high - low) / (2 * h) == pytest.approx((gradient * u).sum(), rel=1e-6)
    _, across, own = objective.slopes(z)
    assert (up - down) / (2 * h) == pytest.approx(objective.hessian_product(z, u, (across, own)), abs=1e-6)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_it_comes_to_rest_at_a_feasible_point(problem):
    objective = UnitObjective(problem, float(problem.temperature))
    found = unit_candidate(problem)
    z = np.hstack([found.means, found.spreads])
    assert np.allclose(objective.feasible(z), z)
    _, gradient = objective.value_and_gradient(z)
    along = (gradient * z).sum(axis=1) / np.maximum((z * z).sum(axis=1), 1e-300)
    active = objective.kind != "ridge"
    assert np.abs(gradient - np.where(active, along, 0.0)[:, None] * z).max() < 1e-6


def test_it_leaves_a_point_that_was_the_minimum_at_a_higher_temperature():
    """Above 1/tau = 2.22 label smoothing makes the simplex a saddle: every row then has its own minimum, the targets' entropy."""
    found = unit_candidate(UnitProblem(cross_entropy((4, 4, 4), "1/10"), "2/5"))
    objective = UnitObjective(UnitProblem(cross_entropy((4, 4, 4), "1/10"), "2/5"), 0.4)
    value, _ = objective.value_and_gradient(np.hstack([found.means, found.spreads]))
    share = 0.1 / 3
    assert value == pytest.approx(-12 * ((1 - 2 * share) * np.log(1 - 2 * share) + 2 * share * np.log(share)), rel=1e-9)


def test_a_single_unit_has_no_spread():
    found = unit_candidate(UnitProblem(cross_entropy((5, 3)), 1, Ridge("1/3")))
    assert not found.spreads.any()


def test_a_point_under_a_ridge_has_no_empty_directions():
    """Three of five classes stay apart: the means keep as many directions as their Gram matrix has rank."""
    found = unit_candidate(UnitProblem(cross_entropy((50, 30, 20, 4, 4)), 1, Ridge("201/100")))
    sizes = np.linalg.svd(found.means, compute_uv=False)
    assert found.means.shape[1] == 3 and sizes.min() > 1e-2 * sizes.max()
