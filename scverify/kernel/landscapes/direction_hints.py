"""Hints: plain floats that decide nothing. A direction along which the loss may fall, a pole of a hemisphere that may hold all points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .intervals import Floats, float_total, largest

# a poorer direction or pole only leaves more boxes undecided
ITERATIONS = 16
POLE_STEPS = 20


def pole_of(points: Sequence[Floats]) -> Floats:
    """A vector with a positive product with every point, where there is one: until it is found the point that is furthest is added."""
    pole = float_total(points)
    for _ in range(POLE_STEPS):
        products = [float_total(pole * point) for point in points]
        furthest = -largest([-product for product in products])
        pole = pole + (furthest <= 0) * float_total(
            [point * (product == furthest) for point, product in zip(points, products, strict=True)]
        )
    return pole


@np.errstate(all="ignore")
def negative_direction(h: Floats, twice_s: Floats, p: Floats, weight: Floats, rate: Floats) -> Floats:
    """A direction (d, n, N) near the lowest eigenvector of the Hessian over kappa.

    h (d, n, N), twice_s and p (n, n, N), weight (n,), rate (N,). The Hessian is 2 S, which is above -s, plus variances, which are not
    negative: inverse iteration with the shift -s finds its lowest part, however large kappa is.
    """
    h = h / float_total(h * h) ** 0.5
    tangents = tangents_of(h)
    return lowest_part(h, tangents, _hessian(h, tangents, twice_s, p * weight[:, None, None], p, rate), twice_s)


@np.errstate(all="ignore")
def lowest_part(h: Floats, tangents: list[list[Floats]], hessian: list[list[Floats]], twice_s: Floats) -> Floats:
    """A direction (d, n, N) near the lowest eigenvector of a Hessian in the coefficients of the tangents, which is above 2 S."""
    d, n = h.shape[:2]
    size = len(hessian)
    shift = largest([float_total(abs(twice_s[i])) for i in range(n)]) * 1.001 + 1e-280
    for k in range(size):
        hessian[k][k] = hessian[k][k] + shift
    lower, pivots = _factor(hessian)
    y = [h[0, 0] * 0 + ((7 * k * k + 3 * k + 5) % 17 - 8.5) for k in range(size)]
    for _ in range(ITERATIONS):
        y = _solved(lower, pivots, y)
        norm = float_total([x * x for x in y]) ** 0.5 + 1e-280
        y = [x / norm for x in y]
    result = h * 0
    for i in range(n):
        for b in range(d - 1):
            result[:, i] += tangents[i][b] * y[i * (d - 1) + b]
    return result


def tangents_of(h: Floats) -> list[list[Floats]]:
    """d - 1 tangent vectors (d, N) at each sample: axes without their part along h, all but an axis along which h is largest."""
    d, n = h.shape[:2]
    found = []
    for i in range(n):
        projected = []
        for b in range(d):
            vector = -h[:, i] * h[b, i]
            vector[b] += 1.0
            projected.append(vector)
        size = [abs(h[a, i]) for a in range(d)]
        passed = size[0] < 0
        kept = []
        for b in range(d - 1):
            passed = passed | (size[b] >= largest(size) * (1 - 1e-9))
            kept.append(projected[b] * ~passed + projected[b + 1] * passed)
        found.append(kept)
    return found


def _hessian(h: Floats, tangents: list[list[Floats]], s: Floats, wp: Floats, p: Floats, rate: Floats) -> list[list[Floats]]:
    """Sum 2 S_ij u_i.u_j + kappa Sum_i w_i Var_{p_i}(x_i), x_ij = h_i.u_j + u_i.h_j, as a matrix in the coefficients of the tangents."""
    d, n = h.shape[:2]
    index = [(i, b) for i in range(n) for b in range(d - 1)]
    change = {(i, b, j): _dot(tangents[i][b], h[:, j]) for i, b in index for j in range(n)}
    mean = {(i, b): sum(p[i, j] * change[i, b, j] for j in range(n)) for i, b in index}
    table: list[list[Floats]] = [[rate] * len(index) for _ in index]
    for k, (i, b) in enumerate(index):
        for m, (j, c) in enumerate(index[: k + 1]):
            if i == j:
                own = (
                    sum(wp[i, r] * change[i, b, r] * change[i, c, r] for r in range(n))
                    - sum(wp[i, r] for r in range(n)) * mean[i, b] * mean[i, c]
                )
                back = sum((wp[r, i] - wp[r, i] * p[r, i]) * change[i, b, r] * change[i, c, r] for r in range(n) if r != i)
            else:
                own = (
                    wp[i, j] * (change[i, b, j] - mean[i, b]) * change[j, c, i]
                    + wp[j, i] * (change[j, c, i] - mean[j, c]) * change[i, b, j]
                )
                back = -sum((wp[r, i] * p[r, j] * change[i, b, r] * change[j, c, r] for r in range(n) if r not in (i, j)), 0.0)
            table[k][m] = table[m][k] = s[i, j] * _dot(tangents[i][b], tangents[j][c]) + rate * (own + back)
    return table


def _factor(matrix: list[list[Floats]]) -> tuple[list[list[Floats]], list[Floats]]:
    """L and D of L D L^T, pivots kept away from 0."""
    size = len(matrix)
    lower = [row[:] for row in matrix]
    pivots = []
    for k in range(size):
        pivot = lower[k][k]
        pivot = pivot + (abs(pivot) < 1e-280) * 1e-280
        pivots.append(pivot)
        column = [row[k] for row in lower]
        for i in range(k + 1, size):
            lower[i][k] = column[i] / pivot
            for j in range(k + 1, i + 1):
                lower[i][j] = lower[i][j] - lower[i][k] * column[j]
    return lower, pivots


def _solved(lower: list[list[Floats]], pivots: list[Floats], right: list[Floats]) -> list[Floats]:
    """x with L D L^T x = right."""
    x, size = right[:], len(right)
    for i in range(size):
        for j in range(i):
            x[i] = x[i] - lower[i][j] * x[j]
    x = [entry / pivot for entry, pivot in zip(x, pivots, strict=True)]
    for i in range(size - 1, -1, -1):
        for j in range(i + 1, size):
            x[i] = x[i] - lower[j][i] * x[j]
    return x


def _dot(u: Floats, v: Floats) -> Floats:
    return float_total(u * v)
