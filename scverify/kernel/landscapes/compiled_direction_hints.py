"""The hints of `direction_hints` for one box at a time, compiled: plain floats that decide nothing, whatever the rounding.

As in all compiled code nothing is negated and nothing subtracted; m = -1.
"""

from __future__ import annotations

import math
from typing import Any

from .compiled_hints import middles
from .compiled_intervals import inlined
from .intervals import Floats

# of inverse iteration, and points added to a pole: poorer hints only leave more boxes undecided
ITERATIONS = 4
POLE_STEPS = 8


@inlined
def pole_of(sides: Floats, h: Floats, pole: Floats, m: float) -> bool:
    """A vector with a positive product with every s_i h_i at the middles: the furthest point is added; False if none is found."""
    d, n = h.shape[:2]
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
        if least > 0.0:
            return True
        for a in range(d):
            pole[a] += sides[furthest] * (h[a, furthest, 1] + h[a, furthest, 0] * m)
    return False


@inlined
def tangents(h: Floats, point: Floats, result: Floats, m: float) -> None:
    """d - 1 tangent vectors at each sample: axes without their part along h, all but the axis along which h is largest."""
    d, n = h.shape[:2]
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
def changes(p: Floats, weight: Floats, t: Floats, point: Floats, tables: Floats, of: Floats, mean: Floats, m: float) -> None:
    """For each tangent, of sample i: its products with all points, these times p_ri, and times w_r p_ri; their means under p_i.

    tables (3, n, n): the second is filled with the middles of p, the third with the pulls w_i p_ir + w_r p_ri (1 - p_ri).
    """
    chance, pull = tables[1], tables[2]
    n, each = t.shape[:2]
    middles(p, chance, m)
    for i in range(n):
        for r in range(n):
            back = chance[r, i] * (1.0 + chance[r, i] * m)
            pull[i, r] = 0.5 * ((weight[i, 1] + weight[i, 0] * m) * chance[i, r] + (weight[r, 1] + weight[r, 0] * m) * back)
        for b in range(each):
            k = i * each + b
            mean[k] = 0.0
            for r in range(n):
                along = 0.0
                for a in range(t.shape[2]):
                    along += t[i, b, a] * point[r, a]
                of[0, k, r], of[1, k, r] = along, chance[r, i] * along
                of[2, k, r] = 0.5 * (weight[r, 1] + weight[r, 0] * m) * chance[r, i] * along
                mean[k] += chance[i, r] * along


@inlined
def hessian(weight: Floats, rate: float, t: Floats, tables: Floats, of: Floats, mean: Floats, table: Floats, m: float) -> None:
    """The matrix of `hints._hessian`, its upper half."""
    second, chance = tables[0], tables[1]
    n, each = t.shape[:2]
    for i in range(n):
        w_i = 0.5 * (weight[i, 1] + weight[i, 0] * m)
        for b in range(each):
            k = i * each + b
            for c in range(b + 1):
                o = i * each + c
                table[o, k] = second[i, i] * product_of(t[i, b], t[i, c]) + rate * own_part(tables[2, i], of, mean, w_i, k, o, m)
            for j in range(i):
                w_j = 0.5 * (weight[j, 1] + weight[j, 0] * m)
                for c in range(each):
                    o, value = j * each + c, 0.0
                    for r in range(n):
                        value += of[2, k, r] * of[1, o, r]
                    own = w_i * chance[i, j] * (of[0, k, j] + mean[k] * m) * of[0, o, i]
                    value = value * m + own + w_j * chance[j, i] * (of[0, o, i] + mean[o] * m) * of[0, k, j]
                    table[o, k] = second[i, j] * product_of(t[i, b], t[j, c]) + rate * value


@inlined
def own_part(pull: Floats, of: Floats, mean: Floats, w_i: float, k: int, o: int, m: float) -> float:
    """What two tangents of one sample give the variances."""
    value: float = w_i * mean[k] * mean[o] * m
    for r in range(len(pull)):
        value += pull[r] * of[0, k, r] * of[0, o, r]
    return value


@inlined
def product_of(u: Floats, v: Floats) -> float:
    """The inner product."""
    total = 0.0
    for a in range(len(u)):
        total += u[a] * v[a]
    return total


@inlined
def factor(table: Floats, m: float) -> None:
    """L and D of L D L^T in place of an upper half: row k holds column k of L, and on the diagonal the pivot inverted."""
    size = len(table)
    for k in range(size):
        pivot = table[k, k]
        table[k, k] = 1.0 / (pivot if abs(pivot) > 1e-100 else 1e-100)
        for i in range(k + 1, size):
            along = table[k, i] * table[k, k] * m
            for j in range(i, size):
                table[i, j] += along * table[k, j]
        for i in range(k + 1, size):
            table[k, i] *= table[k, k]


@inlined
def solve(table: Floats, y: Floats, z: Floats, m: float) -> float:
    """y becomes x/|x| with L D L^T x = y; |x|."""
    size, norm = len(table), 1e-200
    for i in range(size):
        z[i] = y[i]
    for j in range(size):
        along = z[j] * m
        for i in range(j + 1, size):
            z[i] += table[j, i] * along
    for i in range(size - 1, -1, -1):
        even, odd = z[i] * table[i, i], 0.0
        for j in range(i + 1, size - 1, 2):
            even += table[i, j] * y[j] * m
            odd += table[i, j + 1] * y[j + 1] * m
        if (size + i) % 2 == 0 and i + 1 < size:
            even += table[i, size + -1] * y[size + -1] * m
        y[i] = even + odd
        norm += y[i] * y[i]
    norm = math.sqrt(norm)
    for k in range(size):
        y[k] /= norm
    return norm


@inlined
def negative_direction(h: Floats, s: Floats, p: Floats, weight: Floats, rate: float, v: Floats, work: Any, m: float) -> bool:
    """A direction v (d, n) near the lowest eigenvector of the Hessian over kappa; False where that seems not to be negative."""
    table, of, t, point, tables, room = work
    y, z, mean = room[0], room[1], room[2]
    n, each, d = t.shape
    tangents(h, point, t, m)
    middles(s, tables[0], m)
    changes(p, weight, t, point, tables, of, mean, m)
    hessian(weight, rate, t, tables, of, mean, table, m)
    shift = lowest_above(tables[0], m)
    for k in range(len(y)):
        table[k, k] += shift
        y[k] = (7 * k * k + 3 * k + 5) % 17 + 8.5 * m
    factor(table, m)
    norm = 1.0
    for _ in range(ITERATIONS):
        norm = solve(table, y, z, m)
    for i in range(n):
        for a in range(d):
            v[a, i] = 0.0
            for b in range(each):
                v[a, i] += t[i, b, a] * y[i * each + b]
            if not abs(v[a, i]) < 1e3:
                return False
    # the last norm is near 1/(lowest + shift)
    return shift * norm > 1.0


@inlined
def lowest_above(s: Floats, m: float) -> float:
    """Some shift > 0 with s + shift positive semidefinite (Gershgorin): the Hessian is s and variances, which are not negative."""
    shift = 1e-100
    for i in range(len(s)):
        row = s[i, i] * m
        for j in range(len(s)):
            if j != i:
                row += abs(s[i, j])
        shift = max(shift, row * 1.001)
    return shift
