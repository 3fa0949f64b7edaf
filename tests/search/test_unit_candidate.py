"""The float search on units: where it comes to rest."""

import numpy as np
import pytest

from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.search.unit_candidate import unit_candidate
from scverify.search.units import UnitObjective
from tests.search.test_units import PROBLEMS


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
