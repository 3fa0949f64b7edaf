"""The two halves of an optimum's certificate."""

import numpy as np
import pytest
from flint import ctx

from scverify.certify.precise import as_array, float_midpoints, largest_exponent
from scverify.certify.refine import precise_point
from scverify.certify.witness import class_multipliers, dual_at, lower_witness, upper_witness
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.multipliers import multipliers
from scverify.search.objective import Objective
from scverify.search.solve import solve
from scverify.symbolic.losses import decoupled, spectral, supcon

SIZES = Classes((7, 3, 3, 2, 2))


@pytest.mark.parametrize(
    "problem",
    [
        Problem(supcon, SIZES, temperature="37/100"),
        Problem(supcon, SIZES, temperature="37/100", reduction="mean", constraint=Sphere("3/2")),
        Problem(decoupled, Classes((5, 4, 3, 2)), temperature="1/10"),
        Problem(supcon, Classes((5, 4, 1)), temperature="1/2", singletons="ignore"),
    ],
    ids=str,
)
def test_the_roots_say_the_same_dual_as_the_slopes(problem):
    level = group_level(problem)
    by_root = precise_point(solve(level, "rank-one"), 200)
    by_slopes = precise_point(solve(level, "factorised"), 200)
    assert by_root.roots is not None and by_slopes.roots is None
    one, two = dual_at(level, by_root, 200), dual_at(level, by_slopes, 200)
    weighted = np.array([weight != 0 for weight in level.weight])
    with ctx.workprec(300):
        assert largest_exponent(one.columns @ one.columns.T - two.columns @ two.columns.T) < -120
        assert largest_exponent((one.outcomes - two.outcomes)[weighted]) < -120
        assert largest_exponent(one.multipliers - two.multipliers) < -120
        assert largest_exponent(one.outcomes.sum(axis=1) - as_array(np.ones(level.nodes))) < -120


@pytest.mark.parametrize("constraint", [Sphere(), Ball("1/2"), NonNegative(), Ridge("1/10")], ids=str)
def test_multipliers_are_those_of_the_search(constraint):
    level = group_level(Problem(supcon, Classes((5, 4, 4, 2)), temperature="1/2", constraint=constraint))
    candidate = solve(level)
    point = precise_point(candidate, 120)
    found = class_multipliers(level, point, dual_at(level, point, 120))
    if isinstance(constraint, Ridge):
        assert found == ()
        return
    # the search counts a node's classes together
    wanted = multipliers(level, Objective.floats(level), candidate.means, candidate.spread).norms / np.array(level.multiplicity)
    np.testing.assert_allclose(found, wanted[level.nodes_of()], rtol=1e-9)


def test_a_row_without_a_log_sum_exp_has_the_tangent_form():
    level = smallest_level(Problem(spectral, Classes((3, 2)), constraint=Ball()))
    point = precise_point(solve(level), 80)
    dual = dual_at(level, point, 80)
    assert dual.outcomes is None
    witness = lower_witness(point, dual, 60)
    assert witness["form"] == "tangent"
    rows = np.array(witness["point"]["rows"], dtype=float) / 2.0**60
    np.testing.assert_allclose(rows, float_midpoints(point.rows), atol=1e-15)


def test_the_feasible_point_keeps_twice_the_bits_for_squared_norms():
    level = group_level(Problem(supcon, Classes((3, 3, 2)), temperature="1/2"))
    point = precise_point(solve(level), 80)
    witness = upper_witness(point, 50)
    assert (witness["means"]["bits"], witness["spread"]["bits"]) == (50, 100)
    means, spread = (np.array(witness[name]["rows"], dtype=float) / 2.0 ** witness[name]["bits"] for name in ("means", "spread"))
    np.testing.assert_allclose((means**2).sum(axis=1) + spread[:, 0], 1, rtol=1e-14)
