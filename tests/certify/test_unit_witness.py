"""The witnesses of a candidate on units: the dual vanishes on the point."""

import numpy as np
from flint import arb, ctx

from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.unit_witness import Margin, sparse_cholesky, unit_lower_witness, unit_upper_witness
from scverify.kernel.units.bounds import unit_lower_bound, unit_point, unit_upper_bound
from scverify.model.named import clip
from scverify.model.units import UnitProblem
from scverify.search.unit_candidate import unit_candidate


def test_bounds_of_a_candidate_meet_and_its_dual_is_across_it():
    problem = UnitProblem(clip(4), "1/2")
    with ctx.workprec(160):
        upper = unit_upper_witness(problem.level, unit_candidate(problem), 128)
        point = unit_point(problem.level, upper)
        lower = unit_lower_witness(problem.level, point, 128, Margin(0.0, 0.0))
        value, bound = unit_upper_bound(problem.level, point), unit_lower_bound(problem.level, lower)
        assert 0 <= float(value - bound) < 1e-14
        assert abs(float(bound) - 8 * np.log(1 + 3 * np.exp(-8 / 3))) < 1e-12
    halves = (lower["spreads"][0], upper["spreads"][0])
    dual, spread = (np.array([[x / 2 ** half["bits"] for x in row] for row in half["rows"]]) for half in halves)
    assert np.abs(dual.T @ spread).max() < 1e-7
    assert float_midpoints(as_array(point.similar)).shape == (2, 4)


def test_rows_that_see_each_other_not_come_first_and_leave_zeros():
    draws = np.random.default_rng(0)
    cross = draws.standard_normal((4, 4))
    # interleaved, as the nodes of units are: even places see odd ones alone
    table = np.zeros((8, 8))
    table[::2, 1::2], table[1::2, ::2] = cross, cross.T
    table += np.diag(np.full(8, 9.0))
    with ctx.workprec(200):
        factor = sparse_cholesky(as_array(table))
        product = float_midpoints(as_array(factor @ factor.T))
    assert np.allclose(product, table, atol=1e-14)
    assert sum(x != arb(0) for x in factor.ravel()) == 4 + 16 + 10
