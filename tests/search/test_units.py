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
    UnitProblem(cross_entropy((5, 3, 3), bias="ridge:1/4"), 2, {"weight": Ridge("1/3"), "feature": Ball()}),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_derivatives_agree_with_differences(problem):
    objective = UnitObjective(problem, float(problem.temperature))
    free = objective.free(objective.u + objective.kinds)
    generator = np.random.default_rng(0)
    z, u = (0.4 * generator.standard_normal((objective.u + objective.n, objective.u + objective.kinds)) for _ in range(2))
    z, u = z * free, u * free
    h = 1e-6
    (high, up), (low, down) = (objective.value_and_gradient(z + t * u) for t in (h, -h))
    _, gradient = objective.value_and_gradient(z)
    assert (high - low) / (2 * h) == pytest.approx((gradient * u).sum(), rel=1e-6)
    _, slopes = objective.slopes(z)
    assert free * (up - down) / (2 * h) == pytest.approx(free * objective.hessian_product(z, u, slopes), abs=1e-6)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_it_comes_to_rest_at_a_feasible_point(problem):
    objective = UnitObjective(problem, float(problem.temperature))
    found = unit_candidate(problem)
    z = np.zeros((objective.u + objective.n, found.means.shape[1] + objective.kinds))
    z[: objective.u], z[objective.u :, 0] = np.hstack([found.means, found.spreads]), found.scalars
    assert np.allclose(objective.feasible(z), z)
    _, gradient = objective.value_and_gradient(z)
    along = (gradient * z).sum(axis=1) / np.maximum((z * z).sum(axis=1), 1e-300)
    squares = (z * z).sum(axis=1)
    active = (objective.kind == "sphere") | ((objective.kind == "ball") & (squares > objective.bound * (1 - 1e-9)))
    at_rest = gradient - np.where(active, along, 0.0)[:, None] * z
    assert np.abs(at_rest * objective.free(z.shape[1])).max() < 1e-6


def test_a_free_temperature_is_the_best_of_its_interval():
    assert unit_candidate(UnitProblem(siglip(5, "free"), "free:1/2,4")).inverse == 2
    # smoothed targets are met exactly from 1/tau = 2/3 log 28 on (MATH N9), and colder ones cost no more
    smoothed = UnitProblem(cross_entropy((4, 4, 4), smoothing="1/10"), "free:1/9,9")
    found = unit_candidate(smoothed)
    objective = UnitObjective(smoothed, 1 / found.inverse)
    value = objective.value_and_gradient(np.hstack([found.means, found.spreads]))[0]
    assert 2.2214 < found.inverse <= 9 and value == pytest.approx(-12 * (28 / 30 * np.log(28 / 30) + 2 / 30 * np.log(1 / 30)), rel=1e-9)


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
