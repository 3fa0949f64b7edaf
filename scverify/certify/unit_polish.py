"""Newton's method for a candidate on units beyond float64: gradients in balls, steps by floats in units of the gradient's size.

Nothing here is trusted: a step that does not help is not taken.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import arb, ctx

from scverify.certify.precise import BallArray, as_array, choose, float_midpoints, largest_exponent, midpoints
from scverify.certify.refine import GUARD
from scverify.kernel.certificate import Unresolved
from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.search.unit_descent import newton_step
from scverify.search.units import UnitCandidate, UnitObjective

# a step gains the digits that MINRES solves for, of a float's 53 bits
STEPS, BITS_OF_STEP = 12, 20
# bits: a step that gains fewer is at the end of what floats can solve
GAIN = 4.0


def polished_unit_candidate(problem: UnitProblem, candidate: UnitCandidate, bits: int) -> UnitCandidate:
    """The candidate as balls, closer to a critical point of its rank where Newton's method leads to one."""
    level, objective = problem.level, UnitObjective(problem, 1 / candidate.inverse)
    r = candidate.means.shape[1]
    with ctx.workprec(bits + GUARD):
        held = _held(level, candidate)
        z = best = _on_norms(level, as_array(np.concatenate([candidate.means, candidate.spreads], axis=1)), held)
        size = np.inf
        for _ in range(max(STEPS, bits // BITS_OF_STEP)):
            try:
                residual = _residual(level, z, held)
            except Unresolved:
                break
            now = largest_exponent(residual)
            if not now < size - GAIN:
                break
            best, size = z, now
            if size < -bits:
                break
            step = newton_step(objective, float_midpoints(z), float_midpoints(residual * arb(2) ** -int(size)))
            z = _on_norms(level, z + as_array(step) * arb(2) ** int(size), held)
        return replace(candidate, means=best[:, :r], spreads=best[:, r:])


def _held(level: UnitLevel, candidate: UnitCandidate) -> list[bool]:
    """Which nodes lie on a norm that their constraint fixes."""
    squares = (candidate.means**2).sum(axis=1) + (candidate.spreads**2).sum(axis=1)
    kinds = [norm.kind for norm in level.constraint]
    full = [float(x) >= float(norm.bound) * (1 - 1e-9) for x, norm in zip(squares, level.constraint, strict=True)]
    return [kind == "sphere" or (kind == "ball" and reached) for kind, reached in zip(kinds, full, strict=True)]


def _on_norms(level: UnitLevel, z: BallArray, held: list[bool]) -> BallArray:
    squares = (z * z).sum(axis=1)
    factors = [(arb(norm.bound) / x).sqrt() if fixed else arb(1) for norm, x, fixed in zip(level.constraint, squares, held, strict=True)]
    return midpoints(z * as_array(factors)[:, None])


def _residual(level: UnitLevel, z: BallArray, held: list[bool]) -> BallArray:
    """The gradient by means and spreads, less its part along the vectors whose norms are held (MATH 2, 9)."""
    across, own = _symmetrised_slopes(level, z)
    r, m, of = z.shape[1] - level.kinds, level.multiplicity, np.arange(level.nodes) // level.kinds
    apart = as_array([arb(0) if n == 1 else arb(1) / (n - 1) for n in m])[:, None]
    single = np.array([n == 1 for n in m])
    inner = choose((of[:, None] == of) & ~single[:, None], own - across * apart, 0.0)
    gradient = np.concatenate([(across + own) @ z[:, :r], inner @ z[:, r:]], axis=1)
    ridge = as_array([arb(norm.weight) * n * copies for norm, n, copies in zip(level.constraint, m, level.copies, strict=True)])
    gradient = gradient + ridge[:, None] * z
    gradient[[norm.kind == "fixed" for norm in level.constraint]] *= 0
    along = as_array(
        [x / y if fixed else arb(0) for x, y, fixed in zip((gradient * z).sum(axis=1), (z * z).sum(axis=1), held, strict=True)]
    )
    return midpoints(gradient - along[:, None] * z)


def _symmetrised_slopes(level: UnitLevel, z: BallArray) -> tuple[BallArray, BallArray]:
    """Slopes of the loss across units and within them, each with its transpose (u, u)."""
    r, of = z.shape[1] - level.kinds, np.arange(level.nodes) // level.kinds
    means, spreads = as_array(z[:, :r] @ z[:, :r].T), as_array(z[:, r:] @ z[:, r:].T)
    apart = as_array([arb(0) if n == 1 else arb(1) / (n - 1) for n in level.multiplicity])[:, None]
    same = of[:, None] == of
    across = means - choose(same, spreads * apart, 0.0)
    own = means + choose(same, spreads, 0.0)
    out, inside = as_array(np.zeros((level.nodes, level.nodes))), as_array(np.zeros((level.nodes, level.nodes)))
    for row in level.rows:
        i, unit = row.anchor, list(level.unit(row.anchor))
        _, slopes = row.evaluated([*across[i], *own[i, unit]])
        weighted = as_array([row.weight * x for x in slopes])
        out[i] += weighted[: level.nodes]
        inside[i, unit] += weighted[level.nodes :]
    return out + out.T, inside + inside.T
