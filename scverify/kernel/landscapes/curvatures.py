"""No local minimum in a box: a second derivative, or the trace of a few, is negative on all of it."""

from __future__ import annotations

from math import inf

from .direction_hints import negative_direction
from .enclosures import Enclosures, full_table
from .hints import weighted_mean
from .intervals import Intervals, Mask, stacked, summed
from .rows import others


def has_negative_curvature(at: Enclosures) -> Mask:
    """No local minimum: the Riemannian Hessian over kappa is negative in one direction on the whole box.

    For any v the directions u_i = v_i - (h_i.v_i) h_i are tangent. Their second derivative over kappa is
    Sum_ij 2 S_ij u_i.u_j + kappa Sum_i w_i Var_{p_i}(x_i), x_ij = h_i.u_j + u_i.h_j (MATH 2; this Hessian is the one of a critical point),
    and a variance is at most Sum_j p_ij (x_ij - c)^2 for any float c.
    """
    n, h = at.rows.n, at.h
    p = full_table(at.p.middle(), n)
    v = negative_direction(h.middle(), at.twice_s.middle(), p, at.rows.weight.middle(), at.boxes.rate.middle())
    u = Intervals.exact(v) - h * summed(h * v)
    value = summed(stacked([at.twice_s[i, i] * summed(u[:, i].square()) for i in range(n)]))
    firsts, seconds = ([pair[end] for pair in at.rows.pairs] for end in (0, 1))
    products = summed(u[:, firsts] * u[:, seconds]) * 2.0
    moved = summed(h[:, firsts] * u[:, seconds]) + summed(u[:, firsts] * h[:, seconds])
    for place, (i, j) in enumerate(at.rows.pairs):
        value = value + at.twice_s[i, j] * products[place]
    variances = []
    for i in range(n):
        x = moved[at.rows.table[i]]
        centre = weighted_mean(Intervals(-at.p[i].high, at.p[i].low), x)
        variances.append(summed(at.p[i] * (x - centre).square()) * at.rows.weight[i])
    value = value + summed(stacked(variances)) * at.boxes.rate
    return value.high < 0


def has_bent_sample(at: Enclosures) -> Mask:
    """No local minimum: moving one sample alone, the Hessian over kappa has a negative trace on the whole box (MATH 10, N17, box by box).

    For u orthogonal to h_i it is 2 S_ii |u|^2 + kappa (w_i Var_{p_i}(h_j.u) + Sum_{j != i} w_j p_ji (1 - p_ji) (h_j.u)^2). Over d - 1
    orthonormal u, with P the projection along h_i, |P h_j|^2 = 1 - G_ij^2 and the trace of the covariance of P h_j is
    Sum_j p_ij (1 - G_ij^2) - |Sum_j p_ij P h_j|^2, where |P v|^2 = |v|^2 - (h_i.v)^2.
    """
    n, d = at.rows.n, at.rows.d
    found = at.nowhere
    for i in range(n):
        there = [at.rows.place[i, j] for j in others(i, n)]
        gram, own = at.gram[there], at.p[i]
        apart = -gram.square() + 1.0
        back = stacked([at.p[j, i - (i > j)] for j in others(i, n)])
        pulls = back * (Intervals.exact(1.0) - back)
        weights = stacked([at.rows.weight[j] * pulls[place] for place, j in enumerate(others(i, n))])
        mean = summed(stacked([own[place] * at.h[:, j] for place, j in enumerate(others(i, n))]))
        spread = summed(own * apart) - (summed(mean.square()) - summed(own * gram).square()).clipped(0.0, inf)
        bend = (spread * at.rows.weight[i] + summed(weights * apart)) * at.boxes.rate + at.twice_s[i, i] * float(d - 1)
        found |= bend.high < 0
    return found


TESTS = {"has_negative_curvature": has_negative_curvature, "has_bent_sample": has_bent_sample}
