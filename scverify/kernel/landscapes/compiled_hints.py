"""The hints of `hints` for one box at a time, compiled: plain floats that decide nothing, whatever the rounding.

As in all compiled code nothing is negated and nothing subtracted, so that no such operation meets a bound in the optimiser; m = -1.
"""

from __future__ import annotations

import math

from .compiled_intervals import inlined
from .intervals import Floats, Integers

# of Jacobi rotations: poorer hints only leave more boxes undecided
SWEEPS = 3
# wider than this share of its magnitudes, S has no eigenvalue of a proved sign
BLURRED = 0.4
MODERATE = 1e60


@inlined
def weighted_mean(weights: Floats, values: Floats, i: int, m: float) -> float:
    """Where to centre the wedges of row i, so that those with wide slopes count little."""
    moment, weight = 0.0, 1e-300
    for j in range(len(weights)):
        if j != i:
            width = weights[i, j, 0] + weights[i, j, 1]
            moment = moment + width * 0.5 * (values[i, j, 1] + values[i, j, 0] * m)
            weight = weight + width
    return moment / weight


@inlined
def mean_of(p: Floats, x: Floats, i: int, m: float) -> float:
    """The mean of x_i under p_i."""
    moment, weight = 0.0, 1e-300
    for j in range(len(p)):
        if j != i:
            chance = p[i, j, 1] + p[i, j, 0] * m
            moment = moment + chance * 0.5 * (x[i, j, 1] + x[i, j, 0] * m)
            weight = weight + chance
    return moment / weight


@inlined
def middles(s: Floats, result: Floats, m: float) -> None:
    """The middles of a table of intervals."""
    for i in range(len(result)):
        for j in range(len(result)):
            result[i, j] = 0.5 * (s[i, j, 1] + s[i, j, 0] * m)


@inlined
def eigenvectors(s: Floats, work: tuple[Floats, Floats, Floats], m: float) -> bool:
    """V that nearly diagonalises s between positive factors, the factors included; False where it is hopeless, or not of moderate size."""
    v, a, scale = work
    n = len(v)
    middles(s, a, m)
    wide, large = 0.0, 0.0
    for i in range(n):
        top = 1e-100
        for j in range(n):
            top = max(top, abs(a[i, j]))
        scale[i] = 1.0 / math.sqrt(top)
    for i in range(n):
        for j in range(n):
            factor = scale[i] * scale[j]
            a[i, j] = a[i, j] * factor
            width = 0.5 * (s[i, j, 1] + s[i, j, 0]) * factor
            wide, large = wide + width * width, large + a[i, j] * a[i, j]
            v[i, j] = 1.0 if i == j else 0.0
    if not wide < BLURRED * large:
        return False
    for _ in range(SWEEPS):
        for k in range(n):
            for o in range(k + 1, n):
                rotate(a, v, k, o, m)
    for i in range(n):
        for k in range(n):
            v[i, k] = v[i, k] * scale[i]
            if not abs(v[i, k]) < MODERATE:
                return False
    return True


@inlined
def rotate(a: Floats, v: Floats, p: int, q: int, m: float) -> None:
    """One Jacobi rotation."""
    twice, difference = 2 * a[p, q], a[q, q] + a[p, p] * m
    if abs(twice) < 1e-14:
        return
    root = math.sqrt(difference * difference + twice * twice)
    tangent = twice / (difference + (root if difference >= 0 else root * m))
    cosine = 1 / math.sqrt(1 + tangent * tangent)
    sine = tangent * cosine
    back = sine * m
    for k in range(len(a)):
        x, y = a[k, p], a[k, q]
        a[k, p], a[k, q] = cosine * x + back * y, sine * x + cosine * y
        x, y = v[k, p], v[k, q]
        v[k, p], v[k, q] = cosine * x + back * y, sine * x + cosine * y
    for k in range(len(a)):
        x, y = a[p, k], a[q, k]
        a[p, k], a[q, k] = cosine * x + back * y, sine * x + cosine * y


@inlined
def among_largest(b: Floats, count: int, positive: bool, among: Integers, m: float) -> None:
    """Which rows of b have the `count` largest diagonal entries, or the largest in magnitude; ties in order."""
    for k in range(len(b)):
        own = b[k, k, 1] + b[k, k, 0] * m
        own = own if positive else abs(own)
        larger = 0
        for j in range(len(b)):
            other = b[j, j, 1] + b[j, j, 0] * m
            other = other if positive else abs(other)
            if other > own or (other == own and j < k):
                larger += 1
        among[k] = 1 if larger < count else 0
