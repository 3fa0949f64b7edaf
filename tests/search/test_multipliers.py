"""Multipliers at a point, in floats."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.search.merging import rank_one_candidate
from scverify.search.multipliers import multipliers
from scverify.search.objective import Objective
from scverify.symbolic.losses import supcon
from tests.search.levels import class_level


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
