"""The hints of `direction_hints` for one box at a time, compiled: plain floats that decide nothing, whatever the rounding.

As in all compiled code nothing is negated and nothing subtracted; m = -1. Tables are passed whole with the numbers of their rows: a row
taken out as an array of its own costs more than what is done with it.
"""

from __future__ import annotations

import math
from typing import Any

from .compiled_hints import middles
from .compiled_intervals import inlined
from .intervals import Floats

# steps of inverse iteration, how many more while the second derivative is not negative, and points added to a pole: poorer hints only
# leave more boxes undecided
ITERATIONS, MORE = 3, 13
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
def changes(weight: Floats, t: Floats, point: Floats, chance: Floats, pull: Floats, of: Floats, mean: Floats, m: float) -> None:
    """For each tangent, of sample i: its products with all points, these times p_ri, and times w_r p_ri; their means under p_i.

    chance (n, n) holds the middles of p; pull (n, n) is filled with the pulls w_i p_ir + w_r p_ri (1 - p_ri).
    """
    n, each = t.shape[:2]
    for i in range(n):
        for r in range(n):
            back = chance[r, i] * (1.0 + chance[r, i] * m)
            pull[i, r] = 0.5 * ((weight[i, 1] + weight[i, 0] * m) * chance[i, r] + (weight[r, 1] + weight[r, 0] * m) * back)
        for b in range(each):
            k, total = i * each + b, 0.0
            for r in range(n):
                along = 0.0
                for a in range(t.shape[2]):
                    along += t[i, b, a] * point[r, a]
                back = chance[r, i] * along
                of[0, k, r], of[1, k, r], of[2, k, r] = along, back, 0.5 * (weight[r, 1] + weight[r, 0] * m) * back
                total += chance[i, r] * along
            mean[k] = total


@inlined
def hessian(weight: Floats, rate: float, t: Floats, tables: Any, of: Floats, mean: Floats, table: Floats, m: float) -> None:
    """The matrix of `direction_hints._hessian`, its upper half; tables: the middles of 2 S and of p, and the pulls."""
    second, chance, pull = tables
    n, each = t.shape[:2]
    for i in range(n):
        w_i = 0.5 * (weight[i, 1] + weight[i, 0] * m)
        for b in range(each):
            k = i * each + b
            for c in range(b + 1):
                o = i * each + c
                value = w_i * mean[k] * mean[o] * m
                for r in range(n):
                    value += pull[i, r] * of[0, k, r] * of[0, o, r]
                table[o, k] = second[i, i] * product_of(t, i, b, i, c) + rate * value
            for j in range(i):
                w_j = 0.5 * (weight[j, 1] + weight[j, 0] * m)
                own, back = w_i * chance[i, j] * (of[0, k, j] + mean[k] * m), w_j * chance[j, i] * of[0, k, j]
                for c in range(each):
                    o, value = j * each + c, 0.0
                    for r in range(n):
                        value += of[2, k, r] * of[1, o, r]
                    value = value * m + own * of[0, o, i] + back * (of[0, o, i] + mean[o] * m)
                    table[o, k] = second[i, j] * product_of(t, i, b, j, c) + rate * value


@inlined
def product_of(t: Floats, i: int, b: int, j: int, c: int) -> float:
    """The inner product of two tangents."""
    total = 0.0
    for a in range(t.shape[2]):
        total += t[i, b, a] * t[j, c, a]
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
    """y becomes x/|x| with M x = y, M = L D L^T; x.(M x)/|x|^2."""
    size, squared, along = len(table), 1e-300, 0.0
    for i in range(size):
        z[i] = y[i]
    for j in range(size):
        back = z[j] * m
        for i in range(j + 1, size):
            z[i] += table[j, i] * back
    for i in range(size - 1, -1, -1):
        even, odd = z[i] * table[i, i], 0.0
        for j in range(i + 1, size - 1, 2):
            even += table[i, j] * y[j] * m
            odd += table[i, j + 1] * y[j + 1] * m
        if (size + i) % 2 == 0 and i + 1 < size:
            even += table[i, size + -1] * y[size + -1] * m
        x = even + odd
        squared, along = squared + x * x, along + x * y[i]
        y[i] = x
    inverse = 1.0 / math.sqrt(squared)
    for k in range(size):
        y[k] *= inverse
    return along / squared


@inlined
def negative_direction(h: Floats, s: Floats, p: Floats, weight: Floats, rate: float, v: Floats, work: Any, m: float) -> float:
    """A direction v (d, n) near the lowest eigenvector of the Hessian over kappa; its second derivative, 0 where v is none."""
    table, of, t, point, tables, vectors = work
    y, z, mean = vectors
    n, each, d = t.shape
    tangents(h, point, t, m)
    middles(s, tables[0], m)
    middles(p, tables[1], m)
    changes(weight, t, point, tables[1], tables[2], of, mean, m)
    hessian(weight, rate, t, tables, of, mean, table, m)
    shift = lowest_above(tables[0], m)
    for k in range(len(y)):
        table[k, k] += shift
        y[k] = (7 * k * k + 3 * k + 5) % 17 + 8.5 * m
    factor(table, m)
    bend, step = 0.0, 0
    while step < ITERATIONS or (step < ITERATIONS + MORE and not bend < 0.0):
        bend = solve(table, y, z, m) + shift * m
        step += 1
    for i in range(n):
        for a in range(d):
            v[a, i] = 0.0
            for b in range(each):
                v[a, i] += t[i, b, a] * y[i * each + b]
            if not abs(v[a, i]) < 1e3:
                return 0.0
    return bend


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
