"""The two halves of an optimum's certificate, made from a precise point: minorant and factor, and feasible point (MATH 4.1, 4.2)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb, ctx

from scverify.certify.claims import Data
from scverify.certify.dyadics import matrix, probabilities
from scverify.certify.precise import Balls, as_array, as_matrix, choose, exponent, floats
from scverify.certify.refine import GUARD, PrecisePoint, factor
from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.reduction import Level
from scverify.search.objective import Objective, ball
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.row import RowFormula, a, c, s, tau

NOT_ZERO = 1e-12


def lower_witness(level: Level, point: PrecisePoint, bits: int) -> Data:
    """The affine minorants at the point, and F with S = F F^T: Gibbs form for a log-sum-exp row, else the tangent."""
    with ctx.workprec(bits + GUARD):
        slopes = Objective.balls(level).value_and_gradient(point.rows)[1]
        dual = dual_matrix(level, slopes, point)
        columns = factor(dual, dual_rank(level, point, dual), bits)
        witness: Data = {"factor": matrix(columns, bits)}
        split = level.problem.loss.formula.log_sum_exp
        if split is not None and split.coefficient == c[a]:
            return {"form": "gibbs", "p": probabilities(_gibbs(level, slopes, point), bits), **witness}
        return {"form": "tangent", "point": matrix(point.rows, bits), **witness}


def upper_witness(point: PrecisePoint, bits: int) -> Data:
    """The feasible point; an error of 2^-bits in its vectors costs its square."""
    return {"means": matrix(point.means, bits), "spread": matrix(point.spread[:, None], 2 * bits)}


def dual_rank(level: Level, point: PrecisePoint, dual: Balls) -> int:
    """Columns of F: what the rank of the means leaves of u, or fewer where S has more zero eigenvalues than that."""
    if not any(dual[g, g] > 0 for g in range(level.size)):
        return 0
    scale = as_array([arb(2) ** (exponent(dual[g, g]) // 2) for g in range(level.size)])
    values = np.linalg.eigvalsh(floats(dual / np.outer(scale, scale)))
    return min(level.size - int(point.means.shape[1]), int((values > NOT_ZERO * values.max()).sum()))


def dual_matrix(level: Level, slopes: Balls, point: PrecisePoint) -> Balls:
    """T (u, u): the matrix of the slopes between classes, constant on pairs of nodes, with the diagonal that complementarity asks for.

    T_gg = (D_g + (m_g - 1) O_g)/m_g of the diagonal and off-diagonal entries D, O of S. Sphere, and ball where the norm is active: D_g
    is free, and sum_h m_h T_gh <w_h, w_g> = 0 settles it; with an active spread D_g = O_g. Otherwise D_g is what the slopes say.
    With H >= 0 the entries of orthogonal means are left to the entrywise multipliers, and a private direction has no S at all.
    """
    m = as_array(np.array(level.multiplicity))
    square = slopes[:, :-1]
    result: Balls = (square + square.T) / (2 * np.outer(m, m))
    means = as_matrix(point.means)
    gram = as_array((means * means.transpose()).tolist())
    signs = isinstance(level.problem.constraint, NonNegative)
    if signs:
        result = choose(np.array([[x != 0 for x in row] for row in gram]), result, 0.0)
    for g in range(level.size):
        within, own = square[g, g], slopes[g, -1]
        if signs and point.spread[g] != 0:
            result[g, :], result[:, g] = arb(0), arb(0)
        elif not _norm_is_active(level, point, g):
            result[g, g] = (within + own) / (m[g] * m[g])
        elif level.multiplicity[g] > 1 and point.spread[g] != 0:
            result[g, g] = within / (m[g] * (m[g] - 1))
        else:
            others = [m[h] * result[g, h] * gram[h, g] for h in range(level.size) if h != g]
            result[g, g] = -sum(others, arb(0)) / (m[g] * gram[g, g]) if gram[g, g] != 0 else arb(0)
    return result


def multipliers(level: Level, point: PrecisePoint) -> tuple[float, ...]:
    """lambda of the norm constraint for each class (sample), in floats; empty for a ridge."""
    if isinstance(norm_constraint(level.problem.constraint), Ridge):
        return ()
    _, slopes = Objective.balls(level).value_and_gradient(point.rows)
    dual = dual_matrix(level, slopes, point)
    m = level.multiplicity
    values = []
    for g in range(level.size):
        if not _norm_is_active(level, point, g):
            values.append(0.0)
            continue
        # D_g = m T_gg - (m - 1) O_g, and lambda_g is what D_g has beyond the slope of the self entry
        off = slopes[g, g] / m[g] if m[g] > 1 else arb(0)
        values.append(float((m[g] * dual[g, g] - off - slopes[g, -1] / m[g]).mid()))
    return tuple(values[g] for g in level.nodes_of())


def _norm_is_active(level: Level, point: PrecisePoint, g: int) -> bool:
    norm = norm_constraint(level.problem.constraint)
    if isinstance(norm, Ridge):
        return False
    return not isinstance(norm, Ball) or float(point.rows[g, -1].mid()) > float(norm.rho) ** 2 * (1 - 1e-7)


def _gibbs(level: Level, slopes: Balls, point: PrecisePoint) -> Balls:
    """p = (slope / weight - slope of the affine remainder) / kappa, the probabilities of the exponential part."""
    formula = level.problem.loss.formula
    split = formula.log_sum_exp
    assert split is not None
    value = split.kappa.subs(tau, level.problem.temperature)
    kappa = ball(Fraction(value.p, value.q))
    c_table, q_table = (as_array([[ball(x) for x in row] for row in table]) for table in (level.c, level.q))
    rest: Balls = slopes * 0
    if split.remainder.has(s):
        remainder = evaluators(RowFormula(f"{formula.name}, affine part", split.remainder))
        rest = remainder.value_and_gradient(point.rows, c_table, q_table, ball(level.problem.temperature))[1]
    weight = as_array([ball(w) if w else arb(1) for w in level.weight])
    p: Balls = (slopes / weight[:, None] - rest) / kappa
    for g in np.flatnonzero([w == 0 for w in level.weight]):
        # a node that is no anchor: any probability on its outcomes serves
        p[g] = as_array(np.eye(level.size + 1)[int(np.argmax(floats(c_table[g])))])
    return choose(np.array([[x > 0 for x in row] for row in level.c]), p, 0.0)
