"""Candidates on units beyond float64."""

from dataclasses import replace

import numpy as np
from flint import ctx

from scverify.certify.precise import float_midpoints
from scverify.certify.unit_polish import polished_unit_candidate
from scverify.certify.units import unit_optimum
from scverify.model.batches import mini_batches
from scverify.model.named import mnrl
from scverify.model.supervised import ssem
from scverify.model.units import UnitProblem
from scverify.search.unit_candidate import unit_candidate


def test_an_optimum_that_no_float_holds_has_more_digits_than_floats():
    for loss in (mini_batches("fano", pairs=7), ssem(3, 2, "9/10"), mnrl(5, hard=2)):
        found = unit_optimum(UnitProblem(loss, 1))
        assert found.gap <= found.upper / 10**15, loss.name


def test_a_polished_point_stays_near_and_on_its_norms():
    problem = UnitProblem(mini_batches([(0, 1, 2), (1, 2, 3)], pairs=4), 1)
    candidate = unit_candidate(problem)
    moved = replace(candidate, means=candidate.means + 1e-9)
    polished = polished_unit_candidate(problem, moved, 128)
    assert np.abs(float_midpoints(polished.means) - candidate.means).max() < 1e-6
    with ctx.workprec(160):
        assert all(abs((row * row).sum() - 1) < 1e-30 for row in np.concatenate([polished.means, polished.spreads], axis=1))
