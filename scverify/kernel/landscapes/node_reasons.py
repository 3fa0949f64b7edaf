"""Reasons that see the rows, for rows on nodes: the same theorems as in `equations` and `curvatures`, for any number of rows an anchor.

Nothing here supposes that the probabilities of a row add up to 1, or that an anchor does not see itself: outcomes that do not move are in
`NodeEnclosures.shares`. Reasons that see S alone are those of `spectra`.
"""

from __future__ import annotations

from math import inf
from typing import Any

from .deciding import Decider
from .enclosures import Enclosures
from .hints import weighted_mean
from .intervals import Intervals, Mask, stacked, summed
from .node_enclosures import NodeEnclosures
from .node_hints import lowest_direction
from .reasons import REASONS, Test, decision_of
from .rows import BoxRows, others


def has_gradient_on_nodes(given: Enclosures) -> Mask:
    """No critical point: h_i wedge Sum_j 2 S_ij h_j is nowhere 0 for some i and some component.

    Sum_j D_ij = Sum_r w_r (1 - Sum q - F_r/(F_r + ...)) =: r_i over the rows of i, so with any float c the wedge is c r_i + Sum_j [D_ij
    (W_ij - c) + D_ji W_ij]. A bracket is affine in W_ij: its range is that of the two ends of W_ij.
    """
    at: Any = given
    n, found = at.rows.n, given.nowhere
    for i in range(n):
        wedge = at.wedges[:, [at.rows.place[i, j] for j in others(i, n)]]
        wedge = stacked([-wedge[:, j] if j < i else wedge[:, j] for j in range(n - 1)])
        # (n - 1, components, N) from here on
        own = stacked([at.slope(i, j) for j in others(i, n)])[:, None]
        back = stacked([at.slope(j, i) for j in others(i, n)])[:, None]
        total = _total(at, i)
        for centre in (weighted_mean(own, wedge), wedge.low[0] * 0.0):
            low, high = (own.times_difference(end, centre) + back * end for end in (wedge.low, wedge.high))
            torque = summed(low.hull(high)) + total * centre
            for component in range(torque.shape[0]):
                found = found | torque[component].has_no_zero()
    return found


def _total(at: Any, i: int) -> Intervals:
    """Sum_j D_ij (N,)."""
    own = at.rows.of(i)
    if not own:
        return Intervals.exact(at.boxes.low[0] * 0)
    return summed((at.rows.rest[own][:, None] - at.shares[own]) * at.rows.weight[own][:, None])


def has_negative_curvature_on_nodes(given: Enclosures) -> Mask:
    """No local minimum: the Riemannian Hessian over kappa is negative in one direction on the whole box.

    For any v the directions u_i = v_i - (h_i.v_i) h_i are tangent. Their second derivative over kappa is
    Sum_ij 2 S_ij u_i.u_j + kappa Sum_r w_r Var_r(x), x_j = h_i.u_j + u_i.h_j for the anchor i of r and 0 for what does not move (MATH 2;
    this Hessian is the one of a critical point), and a variance is at most Sum_j p_rj (x_j - c)^2 + (1 - Sum_j p_rj) c^2 for any float c.
    """
    at: Any = given
    n, h = at.rows.n, at.h
    v = lowest_direction(at)
    u = Intervals.exact(v) - h * summed(h * v)
    value = summed(stacked([at.twice_s[i, i] * summed(u[:, i].square()) for i in range(n)]))
    firsts, seconds = ([pair[end] for pair in at.rows.pairs] for end in (0, 1))
    products = summed(u[:, firsts] * u[:, seconds]) * 2.0
    moved = summed(h[:, firsts] * u[:, seconds]) + summed(u[:, firsts] * h[:, seconds])
    for place, (i, j) in enumerate(at.rows.pairs):
        value = value + at.twice_s[i, j] * products[place]
    variances = []
    for r, places in enumerate(at.rows.table):
        x = moved[places]
        centre = weighted_mean(Intervals(-at.p[r].high, at.p[r].low), x)
        spread = summed(at.p[r] * (x - centre).square()) + at.shares[r] * Intervals.exact(centre).square()
        variances.append(spread * at.rows.weight[r])
    value = value + summed(stacked(variances)) * at.boxes.rate
    result: Mask = value.high < 0
    return result


def has_bent_node(given: Enclosures) -> Mask:
    """No local minimum: moving one node alone, the Hessian over kappa has a negative trace on the whole box (MATH 10, N17, box by box).

    For u orthogonal to h_i it is 2 S_ii |u|^2 + kappa (Sum over rows r of i of w_r Var_r(h_j.u) + Sum over other rows of w_r p_ri (1 -
    p_ri) (h_j.u)^2, j their anchor). Over d - 1 orthonormal u, with P the projection along h_i, |P h_j|^2 = 1 - G_ij^2; what does not
    move adds 0 to both parts of the covariance of P h_j, whose trace is Sum_j p_rj (1 - G_ij^2) - |Sum_j p_rj P h_j|^2, and |P v|^2 =
    |v|^2 - (h_i.v)^2.
    """
    at: Any = given
    n, d = at.rows.n, at.rows.d
    found = given.nowhere
    for i in range(n):
        bend = at.twice_s[i, i] * float(d - 1)
        for r, j in enumerate(at.rows.anchors):
            there = [at.rows.place[i, a] for a in others(i, n)]
            if j == i:
                gram, own = at.gram[there], at.p[r]
                mean = summed(stacked([own[place] * at.h[:, a] for place, a in enumerate(others(i, n))]))
                square = (summed(mean.square()) - summed(own * gram).square()).clipped(0.0, inf)
                pull = summed(own * (-gram.square() + 1.0)) - square
            else:
                p = at.p[r, i - (i > j)]
                pull = p * (Intervals.exact(1.0) - p) * (-at.gram[at.rows.place[i, j]].square() + 1.0)
            bend = bend + pull * at.rows.weight[r] * at.boxes.rate
        found = found | (bend.high < 0)
    return found


TESTS: dict[str, Test] = {
    "has_gradient": has_gradient_on_nodes,
    "has_negative_curvature": has_negative_curvature_on_nodes,
    "has_bent_sample": has_bent_node,
}


def node_test_of(number: int) -> Test:
    """The test of a reason on nodes."""
    return TESTS.get(REASONS[number].name) or decision_of(number)


def node_decider(rows: BoxRows) -> Decider:
    """Decides boxes of rows on nodes, by arrays: there is no compiled code for them."""
    return Decider(rows, NodeEnclosures, node_test_of)
