"""Whether a costly reason has a chance on a box, compiled: hints that keep a search from trying in vain. They decide nothing.

A reason that a certificate states is tried whatever its chance. As in all compiled code nothing is negated and nothing subtracted; m = -1.
"""

from __future__ import annotations

from .compiled_intervals import inlined
from .intervals import Floats

# of the widths of a row of S: with less, one in a hundred of the boxes that signs of eigenvalues settle would not be tried
SHARE = 0.5
# S so wide against its magnitudes: of the boxes that a direction settles, one in fifty is as wide, and half of those it does not
BLUR = 0.5


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
