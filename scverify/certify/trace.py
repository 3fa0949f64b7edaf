"""Under a ridge: the minorant that bounds the norms of every embedding no worse than 0, where the rows alone do not."""

from __future__ import annotations

from fractions import Fraction

from flint import ctx

from scverify.certify.claims import Data
from scverify.certify.refine import GUARD, bounded_candidate, precise_point
from scverify.certify.witness import dual_at, lower_witness
from scverify.kernel.optimum.bounds import diagonal_bounds
from scverify.model.constraints import NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel, smallest_level


def trace_witness(level: WorkingLevel, bits: int) -> Data | None:
    """The witness `trace` of a lower bound, None where the kernel needs none.

    At the optimum of a quarter of the ridge S is semidefinite; with half of the ridge it has a quarter to spare on its whole diagonal.
    """
    problem = level.problem
    norm = norm_constraint(problem.constraint)
    with ctx.workprec(bits + GUARD):
        if not isinstance(norm, Ridge) or None not in diagonal_bounds(level, None):
            return None
    quarter = Ridge(norm.weight * Fraction(1, 4))
    constraint = NonNegative(quarter) if isinstance(problem.constraint, NonNegative) else quarter
    quartered = smallest_level(problem.replace(dim=None, constraint=constraint))
    point = precise_point(bounded_candidate(quartered), bits)
    return lower_witness(point, dual_at(quartered, point, bits), bits)
