"""The hints of `hints` for one box at a time, compiled: plain floats that decide nothing, whatever the rounding.

As in `compiled` nothing is negated and nothing subtracted, so that no such operation meets a bound in the optimiser; m = -1.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from .intervals import Floats, Integers

SWEEPS = 4
ITERATIONS = 8
POLE_STEPS = 20
# wider than this share of its magnitudes, S has no eigenvalue of a proved sign
BLURRED = 0.4

inlined = njit(error_model="numpy")


@inlined
def weighted_mean(weights: Floats, values: Floats, i: int, m: float) -> float:
    """Where to centre the wedges of row i, so that those with wide slopes count little."""
    moment, weight = 0.0, 1e-300
    for j in range(len(weights)):
        if j != i:
            width = weights[j, 0] + weights[j, 1]
            moment = moment + width * 0.5 * (values[j, 1] + values[j, 0] * m)
            weight = weight + width
    return moment / weight


@inlined
def mean_of(p: Floats, x: Floats, i: int, m: float) -> float:
    """The mean of x under p."""
    moment, weight = 0.0, 1e-300
    for j in range(len(p)):
        if j != i:
            chance = p[j, 1] + p[j, 0] * m
            moment = moment + chance * 0.5 * (x[j, 1] + x[j, 0] * m)
            weight = weight + chance
    return moment / weight


@inlined
def middles(s: Floats, n: int, result: Floats, m: float) -> None:
    """The middles of a table of intervals."""
    for i in range(n):
        for j in range(n):
            result[i, j] = 0.5 * (s[i, j, 1] + s[i, j, 0] * m)


@inlined
def eigenvectors(s: Floats, n: int, work: tuple[Floats, Floats, Floats], m: float) -> bool:
    """V that nearly diagonalises s between positive factors, the factors included; False where it is hopeless, or not of moderate size."""
    v, a, scale = work
    middles(s, n, a, m)
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
                rotate(a, v, k, o, n, m)
    for i in range(n):
        for k in range(n):
            v[i, k] = v[i, k] * scale[i]
            if not abs(v[i, k]) < 1e60:
                return False
    return True


@inlined
def rotate(a: Floats, v: Floats, p: int, q: int, n: int, m: float) -> None:
    """One Jacobi rotation."""
    twice, difference = 2 * a[p, q], a[q, q] + a[p, p] * m
    if abs(twice) < 1e-14:
        return
    root = math.sqrt(difference * difference + twice * twice)
    tangent = twice / (difference + (root if difference >= 0 else root * m))
    cosine = 1 / math.sqrt(1 + tangent * tangent)
    sine = tangent * cosine
    back = sine * m
    for k in range(n):
        x, y = a[k, p], a[k, q]
        a[k, p], a[k, q] = cosine * x + back * y, sine * x + cosine * y
        x, y = v[k, p], v[k, q]
        v[k, p], v[k, q] = cosine * x + back * y, sine * x + cosine * y
    for k in range(n):
        x, y = a[p, k], a[q, k]
        a[p, k], a[q, k] = cosine * x + back * y, sine * x + cosine * y


@inlined
def among_largest(b: Floats, n: int, count: int, positive: bool, among: Integers, m: float) -> None:
    """Which rows of b have the `count` largest diagonal entries, or the largest in magnitude; ties in order."""
    for k in range(n):
        own = b[k, k, 1] + b[k, k, 0] * m
        own = own if positive else abs(own)
        larger = 0
        for j in range(n):
            other = b[j, j, 1] + b[j, j, 0] * m
            other = other if positive else abs(other)
            if other > own or (other == own and j < k):
                larger += 1
        among[k] = 1 if larger < count else 0


@inlined
def pole_of(sides: Floats, h: Floats, n: int, d: int, pole: Floats, m: float) -> None:
    """A vector with a positive product with every s_i h_i, where there is one: the point that is furthest is added, again and again."""
    for a in range(d):
        pole[a] = 0.0
        for i in range(n):
            pole[a] += sides[i] * (h[a, i, 1] + h[a, i, 0] * m)
    for _ in range(POLE_STEPS):
        furthest, least = 0, 1e300
        for i in range(n):
            along = 0.0
            for a in range(d):
                along += pole[a] * sides[i] * (h[a, i, 1] + h[a, i, 0] * m)
            if along < least:
                furthest, least = i, along
        for a in range(d):
            pole[a] += sides[furthest] * (h[a, furthest, 1] + h[a, furthest, 0] * m)


@inlined
def tangents(h: Floats, n: int, d: int, point: Floats, result: Floats, m: float) -> None:
    """d - 1 tangent vectors at each sample: axes without their part along h, all but the axis along which h is largest."""
    for i in range(n):
        size, largest = 1e-300, 0
        for a in range(d):
            point[i, a] = 0.5 * (h[a, i, 1] + h[a, i, 0] * m)
            size += point[i, a] * point[i, a]
        size = 1.0 / math.sqrt(size)
        for a in range(d):
            point[i, a] *= size
            if abs(point[i, a]) > abs(point[i, largest]):
                largest = a
        for b in range(d - 1):
            axis = b if b < largest else b + 1
            for a in range(d):
                result[i, b, a] = point[i, axis] * point[i, a] * m + (1.0 if a == axis else 0.0)


@inlined
def fill_hessian(s: Floats, p: Floats, weight: Floats, rate: float, n: int, d: int, work: Any, m: float) -> None:
    """The matrix of `hints._hessian`, its lower half."""
    table, change, mean, t, point, second, chance, _y, _z = work
    middles(s, n, second, m)
    middles(p, n, chance, m)
    for i in range(n):
        for b in range(d - 1):
            k = i * (d - 1) + b
            mean[k] = 0.0
            for j in range(n):
                along = 0.0
                for a in range(d):
                    along += t[i, b, a] * point[j, a]
                change[k, j] = along
                if j != i:
                    mean[k] += chance[i, j] * along
    for k in range(n * (d - 1)):
        i = k // (d - 1)
        w_i = 0.5 * (weight[i, 1] + weight[i, 0] * m)
        for o in range(k + 1):
            j = o // (d - 1)
            w_j = 0.5 * (weight[j, 1] + weight[j, 0] * m)
            value = 0.0
            if i == j:
                value = w_i * mean[k] * mean[o] * m
                for r in range(n):
                    if r != i:
                        w_r = 0.5 * (weight[r, 1] + weight[r, 0] * m)
                        pull = w_i * chance[i, r] + w_r * chance[r, i] * (1.0 + chance[r, i] * m)
                        value += pull * change[k, r] * change[o, r]
            else:
                value = w_i * chance[i, j] * (change[k, j] + mean[k] * m) * change[o, i]
                value += w_j * chance[j, i] * (change[o, i] + mean[o] * m) * change[k, j]
                for r in range(n):
                    if r != i and r != j:
                        w_r = 0.5 * (weight[r, 1] + weight[r, 0] * m)
                        value += w_r * chance[r, i] * chance[r, j] * change[k, r] * change[o, r] * m
            along = 0.0
            for a in range(d):
                along += t[i, k % (d - 1), a] * t[j, o % (d - 1), a]
            table[k, o] = second[i, j] * along + rate * value


@inlined
def factor(table: Floats, size: int, m: float) -> None:
    """L and D of L D L^T in place, the pivots inverted."""
    for k in range(size):
        pivot = table[k, k]
        table[k, k] = 1.0 / (pivot if abs(pivot) > 1e-100 else 1e-100)
        for i in range(k + 1, size):
            along = table[i, k] * table[k, k] * m
            for j in range(k + 1, i + 1):
                table[i, j] += along * table[j, k]
        for i in range(k + 1, size):
            table[i, k] *= table[k, k]


@inlined
def negative_direction(
    h: Floats, s: Floats, p: Floats, weight: Floats, rate: float, n: int, d: int, v: Floats, work: Any, m: float
) -> bool:
    """A direction v (d, n) near the lowest eigenvector of the Hessian over kappa; False where that seems not to be negative."""
    table, _change, _mean, t, point, second, _chance, y, z = work
    tangents(h, n, d, point, t, m)
    fill_hessian(s, p, weight, rate, n, d, work, m)
    size, shift = n * (d - 1), 1e-100
    for i in range(n):
        row = 0.0
        for j in range(n):
            row += abs(second[i, j])
        shift = max(shift, row * 1.001)
    for k in range(size):
        table[k, k] += shift
        y[k] = (7 * k * k + 3 * k + 5) % 17 + 8.5 * m
    factor(table, size, m)
    norm = 1.0
    for _ in range(ITERATIONS):
        norm = 1e-200
        for i in range(size):
            z[i] = y[i]
            for j in range(i):
                z[i] += table[i, j] * z[j] * m
        for i in range(size - 1, -1, -1):
            y[i] = z[i] * table[i, i]
            for j in range(i + 1, size):
                y[i] += table[j, i] * y[j] * m
            norm += y[i] * y[i]
        norm = math.sqrt(norm)
        for k in range(size):
            y[k] /= norm
    for i in range(n):
        for a in range(d):
            v[a, i] = 0.0
            for b in range(d - 1):
                v[a, i] += t[i, b, a] * y[i * (d - 1) + b]
            if not abs(v[a, i]) < 1e3:
                return False
    # the last norm is near 1/(lowest + shift)
    return shift * norm > 1.0
