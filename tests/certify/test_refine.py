"""From a float candidate to any number of digits."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.precise import as_array, float_midpoints, largest_exponent
from scverify.certify.refine import bounded_candidate, precise_point, semidefinite_factor, vector_bits
from scverify.errors import Undecided
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.solve import solve
from scverify.symbolic.losses import Loss, supcon, supcon_rule
from scverify.symbolic.row import RowFormula, c, q, row_sum, s
from scverify.symbolic.row import a as entry


@pytest.mark.parametrize("rank", [0, 1, 3])
@pytest.mark.parametrize("spread", [1.0, 1e-40])
def test_a_semidefinite_matrix_has_its_columns_to_many_digits(rank, spread):
    with ctx.workprec(400):
        exact = as_array(np.random.default_rng(rank).standard_normal((5, rank)))
        exact[0] = exact[0] * arb(spread)
        target = exact @ exact.T if rank else as_array(np.zeros((5, 5)))
        columns = semidefinite_factor(target, rank, 300)
        assert columns.shape == (5, rank)
        left = target - columns @ columns.T if rank else target
        assert largest_exponent(left) < -290


@pytest.mark.parametrize(
    "problem",
    [
        Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100"),
        Problem(supcon, Classes((600, 600, 3, 3)), temperature="1/2"),
        Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/10", constraint=Ball()),
    ],
    ids=str,
)
@pytest.mark.parametrize("solver", ["rank-one", "factorised"])
def test_both_ways_lead_to_one_point_near_the_candidate(problem, solver):
    level = group_level(problem)
    candidate = solve(level, solver)
    point, other = precise_point(candidate, 200), precise_point(solve(level, "rank-one"), 400)
    with ctx.workprec(500):
        assert largest_exponent(point.rows - other.rows) < -180
        again = point.means @ point.means.T
        off = again[~np.eye(level.nodes, dtype=bool)] - point.rows[:, :-1][~np.eye(level.nodes, dtype=bool)]
        # where the root gives the dual, vectors need half the bits: their error costs its square
        assert largest_exponent(off) < -95
    np.testing.assert_allclose(float_midpoints(point.spread), candidate.spread, atol=1e-6)
    assert (point.roots is not None) == (solver == "rank-one" and not candidate.merged)


def test_vectors_need_half_the_bits_but_on_a_ball():
    levels = {
        constraint: group_level(Problem(supcon, Classes((3, 2)), constraint=constraint)) for constraint in (Sphere(), Ball(), Ridge(1))
    }
    bits = {constraint: vector_bits(level, 200) for constraint, level in levels.items()}
    assert bits[Ball()] == 200
    assert bits[Sphere()] == bits[Ridge(1)] < 120


def test_a_search_that_runs_away_is_undecided():
    unbounded = Loss("unbounded", RowFormula("unbounded", row_sum(c[entry] * s[entry]) - 3 * row_sum(q[entry] * s[entry])), supcon_rule)
    level = smallest_level(Problem(unbounded, Classes((3, 2)), constraint=Ridge("1/1000000")))
    with pytest.raises(Undecided, match="unbounded below"):
        bounded_candidate(level)
