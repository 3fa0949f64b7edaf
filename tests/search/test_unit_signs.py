"""The search under H >= 0: its coordinates, and what it finds."""

import numpy as np
import pytest

from scverify.errors import InputError
from scverify.model.constraints import NonNegative
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem
from scverify.search.unit_candidate import unit_candidate
from scverify.search.unit_signs import SignedObjective, spread_types


def objective_of(problem):
    return SignedObjective(problem, float(problem.temperature), problem.level)


def test_turning_is_its_own_inverse_and_keeps_products():
    objective = objective_of(UnitProblem(cross_entropy((5, 5, 2)), 1, {"weight": "sphere", "feature": NonNegative()}))
    z = np.random.default_rng(0).standard_normal((4, 8))
    turned = objective.turned(z)
    assert not np.allclose(turned, z) and np.allclose(objective.turned(turned), z)
    assert np.allclose((turned**2).sum(axis=1), (z**2).sum(axis=1))
    assert np.allclose(turned[0], z[0])  # a weight has no sign
    assert spread_types(objective.level) == [0]


def test_orthogonal_units_have_one_coordinate_each():
    objective = objective_of(UnitProblem(clip(4), 1, NonNegative()))
    y = np.zeros((2, 6))
    y[0, 0] = y[1, 0] = 1.0  # at their own place
    across, own = objective.similarities(objective.turned(y), objective.turned(y))
    assert np.allclose(across, 0) and np.allclose(own, 1)


def test_what_is_found_is_feasible():
    problem = UnitProblem(cross_entropy((5, 3, 3)), "1/2", {"weight": "sphere", "feature": NonNegative()})
    found = unit_candidate(problem)
    objective = objective_of(problem)
    z = np.concatenate([found.means, found.spreads], axis=1)
    assert objective.turned(z)[objective.signed].min() > -1e-12
    assert np.allclose((z * z).sum(axis=1), 1)
    assert np.linalg.norm(objective.allowed(objective.feasible(z) - z, z)) < 1e-10


def test_a_free_temperature_is_refused():
    with pytest.raises(InputError, match="free temperature"):
        unit_candidate(UnitProblem(siglip(3, -1), "free:1/2,1", NonNegative()))
