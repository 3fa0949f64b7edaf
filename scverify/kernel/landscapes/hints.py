"""Hints: plain floats that decide nothing. Where to look for a basis, a centre, an inverse; what uses them proves.

Everything is done entry by entry over N boxes, so that every machine finds the same floats; a library's eigenvectors would differ.
"""

from __future__ import annotations

import numpy as np

from .intervals import TINY, Floats, Intervals, float_total, largest


def weighted_mean(weights: Intervals, values: Intervals) -> Floats:
    """Where to centre the wedges, so that those with wide slopes count little."""
    weight = weights.high[0] * 0 + 1e-300
    moment = weight * values[0].middle() * 0
    for part in range(weights.shape[0]):
        width = weights.high[part] - weights.low[part]
        moment, weight = moment + width * values[part].middle(), weight + width
    mean: Floats = moment / weight
    return mean


def scale_of(s: Floats, n: int) -> Floats:
    """Positive factors that bring the largest entry of each row near 1; congruence changes no sign of an eigenvalue."""
    scale: Floats = (largest([abs(s[:, j]) for j in range(n)]) + 1e-280) ** -0.5
    return scale


def eigenvectors(matrix: Floats, sweeps: int = 5) -> Floats:
    """Eigenvectors (n, n, N), one per column, of symmetric matrices (n, n, N), by cyclic Jacobi rotations."""
    a, n = matrix.copy(), len(matrix)
    v = np.zeros_like(a)
    for i in range(n):
        v[i, i] = 1.0
    with np.errstate(all="ignore"):
        for p, q in [(row, column) for _ in range(sweeps) for row in range(n) for column in range(row + 1, n)]:
            difference, twice = a[q, q] - a[p, p], 2 * a[p, q]
            tangent = twice / (difference + np.copysign(np.sqrt(difference * difference + twice * twice) + TINY, difference))
            cosine = 1 / np.sqrt(1 + tangent * tangent)
            sine = tangent * cosine
            for table in (a, v):
                table[:, p], table[:, q] = cosine * table[:, p] - sine * table[:, q], sine * table[:, p] + cosine * table[:, q]
            a[p], a[q] = cosine * a[p] - sine * a[q], sine * a[p] + cosine * a[q]
    return v


@np.errstate(all="ignore")
def near_inverses(middle: Floats) -> Floats:
    """About the inverse of the middle of J (size, size, N), by its normal equations."""
    normal = float_total([middle[r][:, None] * middle[r][None] for r in range(len(middle))])
    v = eigenvectors(normal, 8)
    values = float_total([v[r] * float_total([normal[r, k][None] * v[k] for k in range(len(v))]) for r in range(len(v))])
    inner = float_total([v[:, None, k] * (v[None, :, k] / (abs(values[k]) + 1e-300)) for k in range(len(v))])
    return float_total([inner[:, r, None] * middle[None, :, r] for r in range(len(v))])
