"""The tests of the reasons on one box, compiled: whether a reason holds, from bounds (-low, high) that round to the safe side.

All bounds stay finite: coordinates lie in [-1, 1], p in [0, 1], c and q within 2^64, kappa within 2^512 (`rows`); a hint that is not of
moderate size is not used. A bound that is not a number satisfies no comparison here, and every test is a comparison that must hold.
"""

from __future__ import annotations

from typing import Any

from . import compiled_chances as chances
from . import compiled_direction_hints as direction_hints
from . import compiled_hints as hints
from .compiled_intervals import inlined, most, multiple, product, square
from .intervals import Floats, Integers

# beyond it the hint of a centre is not used, so that every bound stays finite
MODERATE = 1e60


@inlined
def is_copy(orderings: Integers, gram: Floats, m: float) -> bool:
    """See `equations.is_copy`."""
    found = False
    for k in range(len(orderings)):
        found = found or gram[orderings[k, 0], 1] < gram[orderings[k, 1], 0] * m
    return found


@inlined
def has_gradient(h: Floats, slope: Floats, bias: Floats, room: Any, searched: bool, m: float) -> bool:
    """See `equations.has_gradient`. A search tries what has a chance, and keeps in `best` the chance, a, b and i of the best one."""
    wedge, guess, best = room
    d, n = h.shape[:2]
    for a in range(d):
        for b in range(a + 1, d):
            known = False
            if searched:
                chances.wedges(h, a, b, guess, m)
            for i in range(n):
                if searched:
                    chance = chances.turning(slope, guess, i, m)
                    if chance > best[0]:
                        best[0], best[1], best[2], best[3] = chance, a, b, i
                    if not chance > chances.LEAST:
                        continue
                if not known:
                    wedges(h, a, b, wedge, m)
                    known = True
                if turns(slope, bias, wedge, i, m):
                    return True
    return False


@inlined
def turns(slope: Floats, bias: Floats, wedge: Floats, i: int, m: float) -> bool:
    """Whether a component of h_i wedge Sum_j 2 S_ij h_j is nowhere 0."""
    centre = hints.weighted_mean(slope, wedge, i, m)
    if not abs(centre) < MODERATE:
        return False
    tn, th = multiple(bias[i, 0], bias[i, 1], centre, m)
    for j in range(len(slope)):
        if j != i:
            low_n, low_h = bracket(slope, i, j, wedge[i, j, 0] * m, centre, m)
            high_n, high_h = bracket(slope, i, j, wedge[i, j, 1], centre, m)
            tn, th = tn + most(low_n, high_n), th + most(low_h, high_h)
    return tn < 0.0 or th < 0.0


@inlined
def wedges(h: Floats, a: int, b: int, wedge: Floats, m: float) -> None:
    """Component (a, b) of h_i wedge h_j (n, n, 2)."""
    n = len(wedge)
    for i in range(n):
        for j in range(i + 1, n):
            xn, xh = product(h[a, i, 0], h[a, i, 1], h[b, j, 0], h[b, j, 1], m)
            yn, yh = product(h[b, i, 0], h[b, i, 1], h[a, j, 0], h[a, j, 1], m)
            wedge[i, j, 0], wedge[i, j, 1] = xn + yh, xh + yn
            wedge[j, i, 0], wedge[j, i, 1] = wedge[i, j, 1], wedge[i, j, 0]


@inlined
def bracket(slope: Floats, i: int, j: int, end: float, centre: float, m: float) -> tuple[float, float]:
    """D_ij (W - c) + D_ji W for a float W."""
    xn, xh = product(slope[i, j, 0], slope[i, j, 1], centre + end * m, end + centre * m, m)
    yn, yh = multiple(slope[j, i, 0], slope[j, i, 1], end, m)
    return xn + yn, xh + yh


@inlined
def congruent(s: Floats, basis: tuple[Floats, Floats, Floats], half: Floats, result: Floats, m: float) -> bool:
    """V^T (2 S) V (n, n, 2) for floats V of a hint; False where the hint is that no sign will be proved."""
    if not hints.eigenvectors(s, basis, m):
        return False
    v = basis[0]
    n = len(v)
    for i in range(n):
        for k in range(n):
            tn, th = 0.0, 0.0
            for j in range(n):
                xn, xh = multiple(s[i, j, 0], s[i, j, 1], v[j, k], m)
                tn, th = tn + xn, th + xh
            half[i, k, 0], half[i, k, 1] = tn, th
    for k in range(n):
        for o in range(k, n):
            tn, th = 0.0, 0.0
            for i in range(n):
                xn, xh = multiple(half[i, o, 0], half[i, o, 1], v[i, k], m)
                tn, th = tn + xn, th + xh
            result[k, o, 0], result[k, o, 1], result[o, k, 0], result[o, k, 1] = tn, th, tn, th
    return True


@inlined
def is_dominant(b: Floats, among: Integers, positive: bool, m: float) -> bool:
    """See `spectra._dominant`: |B_kk| > Sum_l |B_kl| over the rows `among`."""
    for k in range(len(b)):
        if among[k]:
            row = 0.0
            for o in range(len(b)):
                if among[o] and o != k:
                    row = row + most(b[k, o, 0], b[k, o, 1])
            if not (b[k, k, 0] * m > row or (not positive and b[k, k, 1] * m > row)):
                return False
    return True


@inlined
def has_eigenvalues(b: Floats, count: int, positive: bool, among: Integers, m: float) -> bool:
    """S has `count` positive eigenvalues, or as many other than 0; b encloses V^T (2 S) V."""
    hints.among_largest(b, count, positive, among, m)
    return is_dominant(b, among, positive, m)


@inlined
def is_sided(sides: Floats, h: Floats, slope: Floats, pole: Floats, m: float) -> bool:
    """See `patterns.is_sided`."""
    d, n = h.shape[:2]
    for i in range(n):
        for j in range(n):
            if i != j:
                if sides[i] != sides[j]:
                    if not slope[i, j, 0] + slope[j, i, 0] < 0.0:
                        return False
                elif not slope[i, j, 1] <= 0.0:
                    return False
    if not direction_hints.pole_of(sides, h, pole, m):
        return False
    for i in range(n):
        tn = 0.0
        for a in range(d):
            xn, _ = multiple(h[a, i, 0], h[a, i, 1], pole[a] * sides[i], m)
            tn = tn + xn
        if not tn < 0.0:
            return False
    return True


@inlined
def has_bent_sample(h: Floats, place: Integers, gram: Floats, s: Floats, p: Floats, weight: Floats, rate_h: float, m: float) -> bool:
    """See `curvatures.has_bent_sample`."""
    d, n = h.shape[:2]
    for i in range(n):
        if not s[i, i, 1] < 0.0:
            continue
        total, pulled_n, pulled_h = 0.0, 0.0, 0.0
        for j in range(n):
            if j != i:
                k = place[i, j]
                gn, _ = square(gram[k, 0], gram[k, 1], m)
                pull = p[j, i, 1] * (p[j, i, 0] + 1.0) * weight[j, 1]
                total = total + (p[i, j, 1] * weight[i, 1] + pull) * (gn + 1.0)
                xn, xh = product(p[i, j, 0], p[i, j, 1], gram[k, 0], gram[k, 1], m)
                pulled_n, pulled_h = pulled_n + xn, pulled_h + xh
        # -|Sum_j p_ij P h_j|^2 = (Sum_j p_ij G_ij)^2 - |Sum_j p_ij h_j|^2
        _, mean = square(pulled_n, pulled_h, m)
        for a in range(d):
            tn, th = 0.0, 0.0
            for j in range(n):
                if j != i:
                    xn, xh = product(p[i, j, 0], p[i, j, 1], h[a, j, 0], h[a, j, 1], m)
                    tn, th = tn + xn, th + xh
            xn, _ = square(tn, th, m)
            mean = mean + xn
        if mean < 0.0:
            total = total + mean * (weight[i, 0] * m)
        if rate_h * total + s[i, i, 1] * (d + m) < 0.0:
            return True
    return False


@inlined
def is_collapsing(classes: Integers, s: Floats) -> bool:
    """See `patterns.is_collapsing`."""
    if classes[0] < 0:
        return False
    for i in range(len(classes)):
        for j in range(i + 1, len(classes)):
            if classes[i] == classes[j] and not s[i, i, 0] + s[j, j, 0] <= 0.0:
                return False
    return True


@inlined
def has_negative_curvature(
    h: Floats, s: Floats, p: Floats, weight: Floats, rate: tuple[float, float], room: Any, searched: bool, m: float
) -> bool:
    """See `curvatures.has_negative_curvature`. A search tries what has a chance."""
    (v, u, x), work = room
    d, n = h.shape[:2]
    bend = direction_hints.negative_direction(h, s, p, weight, 0.5 * (rate[0] * m + rate[1]), v, work, m)
    if not bend < 0.0 or (searched and not chances.may_bend(s, v, bend, m)):
        return False
    tangent_part(h, v, u, m)
    value = 0.0
    for i in range(n):
        tn, th = 0.0, 0.0
        for a in range(d):
            xn, xh = square(u[a, i, 0], u[a, i, 1], m)
            tn, th = tn + xn, th + xh
        _, xh = product(s[i, i, 0], s[i, i, 1], tn, th, m)
        value = value + xh
    for i in range(n):
        for j in range(i + 1, n):
            tn, th, yn, yh = along_pair(h, u, i, j, m)
            x[i, j, 0], x[i, j, 1], x[j, i, 0], x[j, i, 1] = yn, yh, yn, yh
            _, xh = product(s[i, j, 0], s[i, j, 1], tn * 2.0, th * 2.0, m)
            value = value + xh
    return rate[1] * variances(p, x, weight, m) + value < 0.0


@inlined
def tangent_part(h: Floats, v: Floats, u: Floats, m: float) -> None:
    """u_i = v_i - (h_i.v_i) h_i (d, n, 2)."""
    d, n = h.shape[:2]
    for i in range(n):
        tn, th = 0.0, 0.0
        for a in range(d):
            xn, xh = multiple(h[a, i, 0], h[a, i, 1], v[a, i], m)
            tn, th = tn + xn, th + xh
        for a in range(d):
            xn, xh = product(h[a, i, 0], h[a, i, 1], tn, th, m)
            u[a, i, 0], u[a, i, 1] = xh + v[a, i] * m, xn + v[a, i]


@inlined
def along_pair(h: Floats, u: Floats, i: int, j: int, m: float) -> tuple[float, float, float, float]:
    """u_i.u_j and h_i.u_j + u_i.h_j."""
    tn, th, yn, yh = 0.0, 0.0, 0.0, 0.0
    for a in range(h.shape[0]):
        xn, xh = product(u[a, i, 0], u[a, i, 1], u[a, j, 0], u[a, j, 1], m)
        tn, th = tn + xn, th + xh
        xn, xh = product(h[a, i, 0], h[a, i, 1], u[a, j, 0], u[a, j, 1], m)
        yn, yh = yn + xn, yh + xh
        xn, xh = product(u[a, i, 0], u[a, i, 1], h[a, j, 0], h[a, j, 1], m)
        yn, yh = yn + xn, yh + xh
    return tn, th, yn, yh


@inlined
def variances(p: Floats, x: Floats, weight: Floats, m: float) -> float:
    """An upper bound of Sum_i w_i Var_{p_i}(x_i)."""
    total = 0.0
    for i in range(len(p)):
        centre = hints.mean_of(p, x, i, m)
        row = 0.0
        for j in range(len(p)):
            if j != i:
                _, yh = square(x[i, j, 0] + centre, x[i, j, 1] + centre * m, m)
                row = row + p[i, j, 1] * yh
        total = total + row * weight[i, 1]
    return total
