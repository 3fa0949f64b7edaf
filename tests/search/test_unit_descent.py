"""Descent on units: fewer directions, Newton's steps, and scalars at the ends of their intervals."""

import numpy as np

from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.search.unit_candidate import unit_candidate
from scverify.search.unit_descent import descended, finished, narrowed, newton_step
from scverify.search.units import UnitObjective


def test_a_point_under_a_ridge_has_no_empty_directions():
    """Three of five classes stay apart: the means keep as many directions as their Gram matrix has rank."""
    found = unit_candidate(UnitProblem(cross_entropy((50, 30, 20, 4, 4)), 1, Ridge("201/100")))
    sizes = np.linalg.svd(found.means, compute_uv=False)
    assert found.means.shape[1] == 3 and sizes.min() > 1e-2 * sizes.max()


def test_newtons_steps_find_what_descent_has_begun():
    objective = UnitObjective(UnitProblem(siglip(5, "free:-1,3"), 1), 1.0)
    start = objective.feasible(np.random.default_rng(0).standard_normal((3, 4)) * objective.free(4))
    z = descended(objective, start)
    narrow = narrowed(objective, z)
    assert narrow.shape[1] <= 4 and np.isclose(objective.value_and_gradient(narrow)[0], objective.value_and_gradient(z)[0])
    at = finished(objective, objective.feasible(narrow))
    assert objective.scalars(at).tolist() == [-1.0]
    step = newton_step(objective, at, objective.value_and_gradient(at)[1])
    assert np.abs(step).max() < 1e-9 and step[2, 0] == 0
