"""The two halves of an optimum's certificate, made from a precise point: minorant and factor, and feasible point (MATH 4.1, 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb, ctx, fmpq

from scverify.certify.claims import Data
from scverify.certify.dyadics import matrix, probabilities
from scverify.certify.precise import BallArray, as_array, as_matrix, choose, exponent, float_midpoints
from scverify.certify.refine import GUARD, PrecisePoint, RootDual, semidefinite_factor
from scverify.kernel.level import ExponentialPart
from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.level import SharedTable, WorkingLevel, ball
from scverify.search.objective import Objective

# of the largest eigenvalue, the diagonal scaled to 1: zeros are rounding. From 1e-15 to 1e-9 14 optima were certified alike
NOT_ZERO = 1e-12


@dataclass(frozen=True)
class DualPoint:
    """What optimality says at a point, in balls.

    columns (u, r): F with S = F F^T between nodes. outcomes (u, u+1): the probabilities of the Gibbs form; None where only the tangent
    form serves. multipliers (u,): lambda of the norm constraint for a class (sample) of each node.
    """

    columns: BallArray
    outcomes: BallArray | None
    multipliers: BallArray


def dual_at(level: WorkingLevel, point: PrecisePoint, bits: int) -> DualPoint:
    """The dual at a point: known already with the roots of the rank-one system, else made of the slopes there."""
    with ctx.workprec(bits + GUARD):
        part = level.exponential_part
        return _of_roots(level, point.roots) if part is not None and point.roots is not None else _of_slopes(level, point, bits)


def _of_roots(level: WorkingLevel, roots: RootDual) -> DualPoint:
    """S = v v'/2 and p_gh = c_gh e_gh / Z_g; a class has S_gg = lambda_g + the slope of its self entry, w (kappa p + r) / m."""
    weight, m = (as_array([ball(fmpq(x)) for x in values]) for values in (level.weight, level.multiplicity))
    outcomes = _with_any_where_idle(level, roots.outcomes)
    own = weight * (roots.kappa * outcomes[:, -1] + roots.own_slopes) / m
    return DualPoint(roots.v[:, None] / arb(2).sqrt(), outcomes, roots.v * roots.v / 2 - own)


def _of_slopes(level: WorkingLevel, point: PrecisePoint, bits: int) -> DualPoint:
    objective = Objective.balls(level)
    slopes = objective.value_and_gradient(point.rows)[1]
    t, m = dual_matrix(level, slopes, point), as_array(np.array(level.multiplicity))
    columns = semidefinite_factor(t, dual_rank(level, point, t), bits)
    part = level.exponential_part
    outcomes = None if part is None else _outcomes(level, part, objective, slopes)
    # S_gg = m T_gg - (m - 1) O_g, and lambda_g is what it has beyond the slope of the self entry; O_g is 0 where H >= 0 is orthogonal
    orthogonal = isinstance(level.problem.constraint, NonNegative) & (point.spread != 0)
    off = choose((np.array(level.multiplicity) > 1) & ~orthogonal, np.diagonal(slopes) / m, 0.0)
    return DualPoint(columns=columns, outcomes=outcomes, multipliers=m * np.diagonal(t) - off - slopes[:, -1] / m)


def lower_witness(point: PrecisePoint, dual: DualPoint, bits: int) -> Data:
    """The affine minorants at the point, and F with S = F F^T: Gibbs form for a log-sum-exp row, else the tangent."""
    columns = matrix(dual.columns, bits)
    if dual.outcomes is not None:
        return {"form": "gibbs", "p": probabilities(dual.outcomes, bits), "factor": columns}
    return {"form": "tangent", "point": matrix(point.rows, bits), "factor": columns}


def upper_witness(point: PrecisePoint, bits: int) -> Data:
    """The feasible point; an error of 2^-bits in its vectors costs its square."""
    return {"means": matrix(point.means, bits), "spread": matrix(point.spread[:, None], 2 * bits)}


def dual_rank(level: WorkingLevel, point: PrecisePoint, dual: BallArray) -> int:
    """Columns of F: what the rank of the means leaves of u, or fewer where S has more zero eigenvalues than that."""
    if not any(dual[g, g] > 0 for g in range(level.nodes)):
        return 0
    scale = as_array([arb(2) ** (exponent(dual[g, g]) // 2) for g in range(level.nodes)])
    values = np.linalg.eigvalsh(float_midpoints(dual / np.outer(scale, scale)))
    return min(level.nodes - int(point.means.shape[1]), int((values > NOT_ZERO * values.max()).sum()))


def dual_matrix(level: WorkingLevel, slopes: BallArray, point: PrecisePoint) -> BallArray:
    """T (u, u): the matrix of the slopes between classes, constant on pairs of nodes, with the diagonal that complementarity asks for.

    T_gg = (D_g + (m_g - 1) O_g)/m_g of the diagonal and off-diagonal entries D, O of S. Sphere, and ball where the norm is active: D_g
    is free, and sum_h m_h T_gh <w_h, w_g> = 0 settles it; with an active spread D_g = O_g. Otherwise D_g is what the slopes say.
    With H >= 0 the entries of orthogonal means are left to the entrywise multipliers, and a private direction has no S at all.
    """
    m = as_array(np.array(level.multiplicity))
    square = slopes[:, :-1]
    result: BallArray = (square + square.T) / (2 * np.outer(m, m))
    means = as_matrix(point.means)
    gram = as_array((means * means.transpose()).tolist())
    signs = isinstance(level.problem.constraint, NonNegative)
    if signs:
        result = choose(np.array([[x != 0 for x in row] for row in gram]), result, 0.0)
    for g in range(level.nodes):
        within, own = square[g, g], slopes[g, -1]
        if signs and point.spread[g] != 0:
            result[g, :], result[:, g] = arb(0), arb(0)
        elif not _norm_is_active(level, point, g):
            result[g, g] = (within + own) / (m[g] * m[g])
        elif level.multiplicity[g] > 1 and point.spread[g] != 0:
            result[g, g] = within / (m[g] * (m[g] - 1))
        else:
            others = [m[h] * result[g, h] * gram[h, g] for h in range(level.nodes) if h != g]
            result[g, g] = -sum(others, arb(0)) / (m[g] * gram[g, g]) if gram[g, g] != 0 else arb(0)
    return result


def class_multipliers(level: WorkingLevel, point: PrecisePoint, dual: DualPoint) -> tuple[float, ...]:
    """lambda of the norm constraint for each class (sample), in floats; empty for a ridge."""
    if isinstance(norm_constraint(level.problem.constraint), Ridge):
        return ()
    values = [float(x.mid()) if _norm_is_active(level, point, g) else 0.0 for g, x in enumerate(dual.multipliers)]
    return tuple(values[g] for g in level.nodes_of())


def _norm_is_active(level: WorkingLevel, point: PrecisePoint, g: int) -> bool:
    norm = norm_constraint(level.problem.constraint)
    if isinstance(norm, Ridge):
        return False
    return not isinstance(norm, Ball) or float(point.rows[g, -1].mid()) > float(norm.rho) ** 2 * (1 - 1e-7)


def _outcomes(level: WorkingLevel, part: ExponentialPart, at: Objective, slopes: BallArray) -> BallArray:
    """p = (slope / weight - slope of the affine remainder) / kappa, the probabilities of the exponential part."""
    weight = choose(at.anchors, at.weight, 1.0)
    p: BallArray = (slopes / weight[:, None] - SharedTable.of(part.slopes).array(ball, object)) / ball(part.kappa)
    return choose(at.c > 0, _with_any_where_idle(level, p), 0.0)


def _with_any_where_idle(level: WorkingLevel, outcomes: BallArray) -> BallArray:
    """The probabilities, with any that serve where a node is not an anchor: all on one of its outcomes."""
    idle = [g for g, weight in enumerate(level.weight) if weight == 0]
    result = outcomes.copy()
    for g in idle:
        result[g] = as_array(np.eye(level.nodes + 1)[int(np.argmax([float(x) for x in level.c[g]]))])
    return result
