"""No critical point in a box: all its configurations have copies elsewhere, or an equation of a critical point fails on all of it.

A critical point has H S = 0 (MATH 2), so h_i wedge Sum_j S_ij h_j = 0 for every i.
"""

from __future__ import annotations

from .enclosures import Enclosures
from .hints import weighted_mean
from .intervals import Mask, stacked, summed
from .rows import others


def is_copy(at: Enclosures) -> Mask:
    """No configuration of the box satisfies all orderings, so each has a copy elsewhere (`copies.orderings`)."""
    gram, place = at.gram, at.rows.place
    found = at.nowhere
    for first, second in at.rows.orderings:
        found |= gram.high[place[first]] < gram.low[place[second]]
    return found


def has_gradient(at: Enclosures) -> Mask:
    """No critical point: h_i wedge Sum_j 2 S_ij h_j is nowhere 0 for some i and some component.

    Sum_j D_ij = w_i (1 - Sum q) =: r_i, so with any float c the sum is c r_i + Sum_j [D_ij (W_ij - c) + D_ji W_ij]. A bracket is affine
    in W_ij: its range is that of the two ends of W_ij.
    """
    n = at.rows.n
    found = at.nowhere
    for i in range(n):
        there = [at.rows.place[i, j] for j in others(i, n)]
        wedge = at.wedges[:, there]
        wedge = stacked([-wedge[:, j] if j < i else wedge[:, j] for j in range(n - 1)])
        # (n - 1, components, N) from here on
        own = at.slopes[i][:, None]
        back = stacked([at.slope(j, i) for j in others(i, n)])[:, None]
        centre = weighted_mean(own, wedge)
        low, high = (own.times_difference(end, centre) + back * end for end in (wedge.low, wedge.high))
        torque = summed(low.hull(high)) + (at.rows.weight[i] * at.rows.rest[i]) * centre
        for component in range(torque.shape[0]):
            found |= torque[component].has_no_zero()
    return found


TESTS = {"is_copy": is_copy, "has_gradient": has_gradient}
