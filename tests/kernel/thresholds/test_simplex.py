"""The simplex: slopes and duals against differences of the loss, and the hypotheses without which there is no such question."""

import numpy as np
import pytest
from flint import ctx

from scverify import Ball, Classes, Problem, Ridge, UnitProblem, losses, supcon
from scverify.kernel.certificate import Rejected
from scverify.kernel.thresholds.simplex import check_simplex, dual_at_simplex, slope_at_simplex
from scverify.model.data import problem_data
from scverify.model.level import group_level


def test_the_slope_is_that_of_the_loss():
    k, n, tau = 4, 3, 0.5

    def loss(a):
        return k * n * np.log(n - 1 + (k - 1) * n * np.exp((a - 1) / tau))

    level = group_level(Problem(supcon, Classes.balanced(k, n), temperature="1/2"))
    step = 1e-6
    assert float(slope_at_simplex(level)) == pytest.approx((loss(-1 / 3 + step) - loss(-1 / 3 - step)) / (2 * step), rel=1e-6)


@pytest.mark.parametrize(("t", "bias"), [(0.5, -0.5), (2.0, -3.0)])
def test_the_dual_of_siglip_is_that_of_its_derivation(t, bias):
    """On (v, v): t psi' N/2 on the mean; on (v, -v): t (phi' + psi') - t psi' N/2, phi', psi' the slopes of pull and push."""
    pairs = 5
    with ctx.workprec(64):
        apart, matrix = dual_at_simplex(UnitProblem(losses.siglip(pairs, str(bias)), str(1 / t)).level)
    pull, push = 1 / (1 + np.exp(t + bias)), 1 / (1 + np.exp(-(bias - t / (pairs - 1))))
    m = np.array([[float(x) for x in row] for row in matrix])
    assert np.array([1, 1]) @ m @ np.array([1, 1]) == pytest.approx(t * push * pairs)
    assert np.array([1, -1]) @ m @ np.array([1, -1]) == pytest.approx(2 * t * (pull + push) - t * push * pairs)
    assert float(apart) == pytest.approx(-t * (pull + push) / 2)


def claim(problem):
    return {"type": "", "problem": problem.data if isinstance(problem, UnitProblem) else problem_data(problem)}


@pytest.mark.parametrize(
    ("problem", "groups", "why"),
    [
        (Problem(supcon, Classes((3, 2))), [[0], [1]], "interchangeable"),
        (Problem(supcon, Classes((2, 2)), constraint=Ball()), [[0, 1]], "not a sphere"),
        (Problem(supcon, Classes((2, 2)), dim=3), [[0, 1]], "dimension"),
    ],
)
def test_other_problems_of_classes_are_refused(problem, groups, why):
    with pytest.raises(Rejected, match=why):
        check_simplex(claim(problem), {"level": "groups", "groups": groups}, optimal=True)


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (UnitProblem(losses.clip(4), "1/2", Ball()), "spheres"),
        (UnitProblem(losses.cross_entropy((3, 3), "1/10"), 1, {"weight": Ridge(1), "feature": Ridge(2)}), "differ"),
        (UnitProblem(losses.cross_entropy((3, 3, 2)), 1), "several types"),
    ],
)
def test_other_problems_on_units_are_refused(problem, why):
    with pytest.raises(Rejected, match=why):
        check_simplex(claim(problem), {}, optimal=True)


def test_both_answers_are_not_given_at_once():
    problem = UnitProblem(losses.siglip(5, "-1/2"), 2)
    with pytest.raises(Rejected):
        check_simplex(claim(problem), {}, optimal=True)
    check_simplex(claim(problem), {}, optimal=False)
