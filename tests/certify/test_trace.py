"""The minorant that bounds the norms of embeddings under a ridge."""

import pytest
from flint import ctx

from scverify.certify.refine import precise_point
from scverify.certify.trace import trace_witness
from scverify.kernel.certificate import Rejected
from scverify.kernel.optimum.bounds import diagonal_bounds
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Ridge, Sphere
from scverify.model.level import smallest_level
from scverify.model.problem import Problem
from scverify.search.solve import solve
from scverify.symbolic.losses import spectral, supcon


def level_of(loss, constraint):
    return smallest_level(Problem(loss, Classes((3, 2)), temperature="1/2", constraint=constraint))


@pytest.mark.parametrize(("loss", "constraint"), [(spectral, Sphere()), (supcon, Ridge("1/10"))], ids=str)
def test_where_the_rows_or_the_constraint_bound_the_norms_there_is_none(loss, constraint):
    assert trace_witness(level_of(loss, constraint), 60) is None


@pytest.mark.parametrize("constraint", [Ridge("1/10"), NonNegative(Ridge("1/10"))], ids=str)
def test_with_it_the_kernel_bounds_the_norms_and_the_optimum_keeps_the_bounds(constraint):
    level = level_of(spectral, constraint)
    witness = trace_witness(level, 80)
    optimum = precise_point(solve(level), 80)
    with ctx.workprec(120):
        assert diagonal_bounds(level, None) == [None] * level.nodes
        bounds = diagonal_bounds(level, witness)
        assert all(bound > norm for bound, norm in zip(bounds, optimum.rows[:, -1], strict=True))
        assert all(bound.is_finite() for bound in bounds)


def test_for_another_constraint_it_is_refused():
    witness = trace_witness(level_of(spectral, Ridge("1/10")), 60)
    with ctx.workprec(100), pytest.raises(Rejected, match="for a ridge"):
        diagonal_bounds(level_of(spectral, Sphere()), witness)
