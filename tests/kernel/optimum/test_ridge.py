"""Norms under a ridge, against a formula by hand."""

import math

import pytest
from flint import ctx

from scverify.kernel.level import level_of
from scverify.kernel.optimum.bounds import diagonal_bounds
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon


@pytest.mark.parametrize(("sizes", "weight"), [((5, 4, 3), "1/10"), ((9, 2, 2), "3")])
def test_the_norms_under_a_ridge_by_hand(sizes, weight):
    """A row is log(N - 1) at 0 and at least log(n - 1): where L <= L(0), weight/2 n_g X_gg is at most the sum of n log((N - 1)/(n - 1))."""
    problem = Problem(supcon, Classes(sizes), temperature="1/2", constraint=Ridge(weight))
    samples = sum(sizes)
    gained = sum(n * math.log((samples - 1) / (n - 1)) for n in sizes)
    groups = [[c for c, other in enumerate(sizes) if other == n] for n in sorted(set(sizes), reverse=True)]
    with ctx.workprec(100):
        bounds = diagonal_bounds(level_of(read_problem(problem_data(problem)), "groups", groups), None)
    shares = [2 * gained / (float(problem.constraint.weight) * sizes[group[0]]) for group in groups]
    assert [float(x) for x in bounds] == pytest.approx(shares, rel=1e-12)
