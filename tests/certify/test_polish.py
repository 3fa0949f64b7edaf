"""Newton in balls on the conditions of optimality."""

import numpy as np
import pytest
from flint import ctx

from scverify.certify.polish import Unknowns, derivative, left_sides, polished
from scverify.certify.precise import as_array, float_midpoints, largest_exponent
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.factorised import factorised_candidate
from scverify.search.objective import Objective
from scverify.symbolic.losses import spectral, supcon

PROBLEMS = [
    Problem(supcon, Classes((5, 3, 3, 2)), temperature="1/2"),
    Problem(supcon, Classes((5, 3, 3, 2)), temperature="1/2", constraint=Ball("3/4")),
    Problem(supcon, Classes((5, 3, 3, 2)), temperature="1/2", constraint=Ridge("1/10")),
    Problem(supcon, Classes((5, 3, 3, 2)), temperature="1/2", constraint=NonNegative()),
    Problem(spectral, Classes((3, 2)), constraint=Sphere("1/2")),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_equations_vanish_to_as_many_bits_as_asked_near_the_candidate(problem):
    level = smallest_level(problem)
    candidate = factorised_candidate(level)
    with ctx.workprec(300):
        system, at = polished(level, candidate.means, candidate.spread, 200)
        assert largest_exponent(left_sides(system, Objective.balls(level), at)) < -190
        gram = float_midpoints(at.means @ at.means.T) if at.means.size else np.zeros((level.nodes, level.nodes))
    np.testing.assert_allclose(gram, candidate.means @ candidate.means.T, atol=1e-5)
    np.testing.assert_allclose(float_midpoints(at.spread), candidate.spread, atol=1e-5)
    assert largest_exponent(at.means[system.gauge]) < -190


@pytest.mark.parametrize("problem", PROBLEMS[:3], ids=str)
def test_the_jacobian_agrees_with_differences(problem):
    level = group_level(problem)
    candidate = factorised_candidate(level)
    with ctx.workprec(200):
        system, at = polished(level, candidate.means, candidate.spread, 100)
        objective = Objective.balls(level)
        matrix = derivative(system, objective, at)
        step = as_array(np.random.default_rng(0).standard_normal(matrix.shape[1]) * 2.0**-40)
        move = system.scatter(step)
        moved = Unknowns(at.means + move.means, at.spread + move.spread, at.multipliers + move.multipliers, at.omega + move.omega)
        change = left_sides(system, objective, moved) - left_sides(system, objective, at)
        assert largest_exponent(change - matrix @ step) < largest_exponent(change) - 30


def test_a_start_far_off_comes_back_without_an_error():
    level = group_level(PROBLEMS[0])
    rng = np.random.default_rng(1)
    with ctx.workprec(120):
        _, at = polished(level, rng.standard_normal((level.nodes, 2)) * 5, np.ones(level.nodes), 80)
    assert at.means.shape[0] == level.nodes
