"""Float points refined on the kernel's own system."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.stationary import stationary
from scverify.kernel.points.orbit import gram_of, orbit_equations
from scverify.kernel.points.slopes import first_slopes
from scverify.model import named
from scverify.model.points import point_level_of
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.search.critical import critical_candidates

PROBLEMS = [
    Problem("supcon", (3, 2), dim=2, temperature="1/2"),
    Problem("supcon", (2, 2), dim=2, temperature="1/2", constraint="ridge:1/2"),
    UnitProblem(named.clip(3), "1/2", dim=2),
    UnitProblem(named.siglip(2, bias=-1), "1/2", "ball", dim=2),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_residual_falls_to_the_precision_that_is_asked(problem):
    level = point_level_of(problem)
    found = critical_candidates(problem, starts=8).points[0]
    with ctx.workprec(320):
        layout, at = stationary(level, found.embeddings, 256)
        left = orbit_equations(level.norms, layout, at, first_slopes(level, gram_of(layout, at)))
    assert layout.r == found.rank and max(abs(x) for x in left) < arb(2) ** -240
    moved = np.array([[float(x) for x in row] for row in at.h])
    np.testing.assert_allclose(moved.T @ moved, found.embeddings.T @ found.embeddings, atol=1e-6)


def test_zero_has_no_gauge_and_no_equations():
    problem = PROBLEMS[1]
    layout, at = stationary(point_level_of(problem), np.zeros((2, 4)), 64)
    assert layout.r == 0 and at.h == []
