"""Whether a costly reason has a chance on a box, compiled: hints that keep a search from trying in vain. They decide nothing.

A reason that a certificate states is tried whatever its chance. As in all compiled code nothing is negated and nothing subtracted; m = -1.
"""

from __future__ import annotations

import math

from .compiled_intervals import inlined
from .intervals import Floats

# of the widths of a row of S: with less, one in a hundred of the boxes that signs of eigenvalues settle would not be tried
SHARE = 0.5
# S so wide against its magnitudes: of the boxes that a direction settles, one in twenty is as wide, and more than half of those it does not
BLUR = 0.45
# of the width of a torque: with less at its middle, one in two hundred of those that are shown not to be 0 would not be tried
LEAST = 0.75
# of what the radii of S may add to a second derivative, whose other parts are as wide: of those that are shown, one in a hundred bends less
BEND = 1.6


@inlined
def is_blurred(s: Floats, m: float) -> bool:
    """Whether S is so wide that a direction of negative curvature would be of no use."""
    width, size = 0.0, 0.0
    for i in range(len(s)):
        for j in range(len(s)):
            width += s[i, j, 1] + s[i, j, 0]
            size += abs(s[i, j, 1] + s[i, j, 0] * m)
    return not width < BLUR * size


@inlined
def may_have_signs(s: Floats, count: int, table: Floats, m: float) -> bool:
    """Whether `count` positive eigenvalues of S may be proved, or count + 1 other than 0."""
    positive = pivots(s, 1.0, table, m)
    return positive >= count or positive + pivots(s, m, table, m) > count


@inlined
def pivots(s: Floats, side: float, table: Floats, m: float) -> int:
    """How many pivots of side * M - SHARE * diag(r) are positive, M the middle of S and r the row sums of its radii."""
    n, found = len(s), 0
    for i in range(n):
        spread = 0.0
        for j in range(n):
            table[i, j] = side * 0.5 * (s[i, j, 1] + s[i, j, 0] * m)
            spread += 0.5 * (s[i, j, 1] + s[i, j, 0])
        table[i, i] += SHARE * spread * m
    for k in range(n):
        pivot = table[k, k]
        found += 1 if pivot > 0 else 0
        inverse = m / (pivot if abs(pivot) > 1e-100 else 1e-100)
        for i in range(k + 1, n):
            along = table[i, k] * inverse
            for j in range(k + 1, i + 1):
                table[i, j] += along * table[j, k]
    return found


@inlined
def wedges(h: Floats, a: int, b: int, guess: Floats, m: float) -> None:
    """Middles and radii of component (a, b) of h_i wedge h_j (n, n, 2), to first order."""
    n = len(guess)
    for i in range(n):
        xa, xb = 0.5 * (h[a, i, 1] + h[a, i, 0] * m), 0.5 * (h[b, i, 1] + h[b, i, 0] * m)
        ra, rb = 0.5 * (h[a, i, 1] + h[a, i, 0]), 0.5 * (h[b, i, 1] + h[b, i, 0])
        for j in range(i + 1, n):
            ya, yb = 0.5 * (h[a, j, 1] + h[a, j, 0] * m), 0.5 * (h[b, j, 1] + h[b, j, 0] * m)
            sa, sb = 0.5 * (h[a, j, 1] + h[a, j, 0]), 0.5 * (h[b, j, 1] + h[b, j, 0])
            middle, radius = xa * yb + xb * ya * m, abs(xa) * sb + abs(yb) * ra + abs(xb) * sa + abs(ya) * rb
            guess[i, j, 0], guess[i, j, 1], guess[j, i, 0], guess[j, i, 1] = middle, radius, middle * m, radius


@inlined
def turning(slope: Floats, guess: Floats, i: int, m: float) -> float:
    """How far a component of h_i wedge Sum_j 2 S_ij h_j is from 0 at the middle, over its width: above about 1 it is shown not to be 0."""
    n = len(guess)
    torque, wide, moment, weight = 0.0, 0.0, 0.0, 1e-300
    for j in range(n):
        if j != i:
            own, back = slope[i, j, 1] + slope[i, j, 0], slope[j, i, 1] + slope[j, i, 0]
            twice = slope[i, j, 1] + slope[j, i, 1] + (slope[i, j, 0] + slope[j, i, 0]) * m
            torque += twice * guess[i, j, 0]
            wide += back * abs(guess[i, j, 0]) + abs(twice) * guess[i, j, 1]
            moment, weight = moment + own * guess[i, j, 0], weight + own
    centre = moment / weight
    for j in range(n):
        if j != i:
            wide += (slope[i, j, 1] + slope[i, j, 0]) * abs(guess[i, j, 0] + centre * m)
    return abs(torque) / (wide + 1e-300)


@inlined
def may_bend(s: Floats, v: Floats, bend: float, m: float) -> bool:
    """Whether a direction v (d, n) of second derivative `bend` at the middle may have a negative one on the whole box."""
    d, n = v.shape
    wide = 0.0
    for i in range(n):
        own = 0.0
        for a in range(d):
            own += v[a, i] * v[a, i]
        row = 0.25 * (s[i, i, 1] + s[i, i, 0]) * own
        for j in range(i):
            other = 0.0
            for a in range(d):
                other += v[a, j] * v[a, j]
            row += 0.5 * (s[i, j, 1] + s[i, j, 0]) * math.sqrt(own * other)
        wide += 2.0 * row
    return bend < BEND * wide * m
