"""The tests of `discards` on one box after another, compiled by Numba and run while the processor rounds upward.

An interval [low, high] is kept as two floats, n = -low and h = high, so that every bound is an upper bound and every operation errs to the
safe side. The mode is set outside compiled code (`directed`). What a compiler that believes in rounding to nearest may change: it sinks a
negation through a product or a quotient, and folds one into a constant; it folds operations on constants. So there is no negation in this
file: x is negated by x * m, with m = -1 an argument that no compiler knows; constants are positive, and no operation has two of them.
Contraction and reassociation are off (Numba's `fastmath` is). The tests read the code that comes out.

All bounds stay finite: coordinates lie in [-1, 1], p in [0, 1], c and q within 2^64, kappa within 2^512 (`rows`); a hint that is not of
moderate size is not used. A row whose sum of outcomes is not proved positive leaves its box undecided.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from . import compiled_hints as hints
from .intervals import DEGREE, EXP_RELATIVE_ERROR, LN2_HIGH, LN2_LOW, Floats, Integers

LESS, MORE = 1 - EXP_RELATIVE_ERROR, 1 + EXP_RELATIVE_ERROR
LAST_BIT = 2.0**-52
PER_LN2 = 1.4426950408889634
DEEP = 700.0
MODERATE = 1e60

inlined = njit(error_model="numpy")


def entry(function: Any) -> Any:
    """Compiled, and kept on disk where a folder for it can be written."""
    try:
        return njit(error_model="numpy", cache=True)(function)
    except RuntimeError:  # Numba found no such folder
        return inlined(function)


@inlined
def most(x: float, y: float) -> float:
    """The larger one."""
    return x if x > y else y


@inlined
def product(an: float, ah: float, bn: float, bh: float, m: float) -> tuple[float, float]:
    """Of two intervals: the largest of -xy and of xy over their ends."""
    al, bl, am = an * m, bn * m, ah * m
    return most(most(am * bh, al * bn), most(an * bh, ah * bn)), most(most(ah * bh, an * bn), most(al * bh, ah * bl))


@inlined
def multiple(an: float, ah: float, c: float, m: float) -> tuple[float, float]:
    """Of an interval by a float."""
    away = c * m
    return most(an * c, ah * away), most(ah * c, an * away)


@inlined
def square(an: float, ah: float, m: float) -> tuple[float, float]:
    """Never negative."""
    least = 0.0
    if an < 0:
        least = an * (an * m)
    elif ah < 0:
        least = ah * (ah * m)
    return least, most(ah * ah, an * an)


@inlined
def root_below(x: float, m: float) -> float:
    """A float <= sqrt(x): the root rounded up lies less than its last bit, 2^-52 of it, above."""
    root = math.sqrt(x)
    return (root * m + root * LAST_BIT) * m


@inlined
def exponential(x: float, coefficients: Floats, powers: Floats, m: float) -> tuple[float, float]:
    """Of one float x <= DEEP: (-lower, upper).

    The error of `Intervals.exp` with 2 u in place of u, as a directed rounding errs by less than 2 u: g = 56 u/(1 - 56 u), and relative to
    e^r in all less than (1.5 + 56 * 2.06 + 0.2) u < 2^-46.
    """
    deep = x < DEEP * m
    t = DEEP * m if deep else x
    k = math.floor(t * PER_LN2 + 0.5)
    high = k * LN2_HIGH
    r = (t + high * m) + (k * LN2_LOW) * m
    e = coefficients[DEGREE]
    for i in range(DEGREE - 1, -1, -1):
        e = e * r + coefficients[i]
    e = e * powers[int(k) + 1023]
    return (0.0 if deep else (e * m) * LESS), e * MORE


@inlined
def quotient_above(y: float, x_plus: float, x_below: float) -> float:
    """A float >= y/x for any x in [x_below, x_plus], x_below > 0."""
    return y / x_below if y >= 0 else y / x_plus


@inlined
def end_above(y: float, least_n: float, most_h: float, m: float) -> float:
    """A float >= y/sqrt(y^2 + rest), which is largest at the least rest where y >= 0 and at the largest where y < 0."""
    if y >= 0:
        return y / root_below(((y * m) * y + least_n) * m, m)
    return y / math.sqrt(y * y + most_h)


@inlined
def vectors(face: Integers, low: Floats, high: Floats, b: int, n: int, d: int, h: Floats, m: float) -> None:
    """h (d, n, 2): the unit vectors of `boxes.embedded`."""
    for i in range(n):
        axis, at = face[i, b] >> 1, i * (d - 1)
        tn, th = m, 1.0
        for j in range(d - 1):
            sn, sh = square(low[at + j, b] * m, high[at + j, b], m)
            tn, th = tn + sn, th + sh
        mn, mh = m / math.sqrt(th), 1.0 / root_below(tn * m, m)
        if face[i, b] & 1:
            mn, mh = mh, mn
        h[axis, i, 0], h[axis, i, 1] = mn, mh
        for j in range(d - 1):
            rn, rh = m, 1.0
            for o in range(d - 1):
                if o != j:
                    sn, sh = square(low[at + o, b] * m, high[at + o, b], m)
                    rn, rh = rn + sn, rh + sh
            a = j if j < axis else j + 1
            h[a, i, 0] = end_above(low[at + j, b] * m, rn, rh, m)
            h[a, i, 1] = end_above(high[at + j, b], rn, rh, m)
        for a in range(d):
            for end in range(2):
                if h[a, i, end] > 1.0:
                    h[a, i, end] = 1.0


@inlined
def similarities(pairs: Integers, h: Floats, gram: Floats, d: int, m: float) -> None:
    """G (pairs, 2), as in `Enclosures.gram`: h_i.h_j = 1 - |h_i - h_j|^2/2 = |h_i + h_j|^2/2 - 1."""
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        gn, gh, an, ah, tn, th = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for a in range(d):
            xn, xh, yn, yh = h[a, i, 0], h[a, i, 1], h[a, j, 0], h[a, j, 1]
            zn, zh = product(xn, xh, yn, yh, m)
            gn, gh = gn + zn, gh + zh
            zn, zh = square(xn + yh, xh + yn, m)
            an, ah = an + zn, ah + zh
            zn, zh = square(xn + yn, xh + yh, m)
            tn, th = tn + zn, th + zh
        # halves are exact
        gn = least3(gn, ah * 0.5 + m, tn * 0.5 + 1.0)
        gh = least3(gh, an * 0.5 + 1.0, th * 0.5 + m)
        gram[k, 0], gram[k, 1] = gn if gn < 1.0 else 1.0, gh if gh < 1.0 else 1.0


@inlined
def least3(x: float, y: float, z: float) -> float:
    """The least of three."""
    x = y if y < x else x
    return z if z < x else x


@inlined
def slopes_of(place: Integers, gram: Floats, rate: tuple[float, float], rows: Any, series: Any, work: Any, n: int, m: float) -> bool:
    """p and D (n, n, 2), as in `Enclosures`, with zero diagonals; whether every sum of outcomes is positive."""
    weight, c, q, complement, _bias = rows
    coefficients, powers = series
    e, p, slope = work
    rate_n, rate_h = rate
    for i in range(n):
        for j in range(i + 1, n):
            k = place[i, j]
            xn, xh = product(gram[k, 0] + 1.0, gram[k, 1] + m, rate_n, rate_h, m)
            if xn != xn or xh > DEEP:
                return False
            low, _ = exponential(xn * m, coefficients, powers, m)
            _, high = exponential(xh, coefficients, powers, m)
            e[i, j, 0], e[i, j, 1] = low * (c[i, j, 0] * m), high * c[i, j, 1]
            e[j, i, 0], e[j, i, 1] = low * (c[j, i, 0] * m), high * c[j, i, 1]
    for i in range(n):
        wl, wh = weight[i, 0] * m, weight[i, 1]
        for j in range(n):
            if j == i:
                continue
            rn, rh = 0.0, 0.0
            for a in range(n):
                if a != i and a != j:
                    rn, rh = rn + e[i, a, 0], rh + e[i, a, 1]
            # at the lower end x = e.low, y = rest.high; at the upper one x = e.high, y = rest.low
            xn, x, yn = e[i, j, 0], e[i, j, 0] * m, rh * m
            above, below = x + rh, (xn + yn) * m
            if not below > 0.0:
                return False
            p[i, j, 0] = xn / above
            dn = quotient_above(x * complement[i, j, 0] + rh * q[i, j, 1], above, below)
            x, xn, y = e[i, j, 1], e[i, j, 1] * m, rn * m
            above, below = x + y, (xn + rn) * m
            if not below > 0.0:
                return False
            high = x / below
            p[i, j, 1] = high if high < 1.0 else 1.0
            dh = quotient_above(x * complement[i, j, 1] + y * q[i, j, 0], above, below)
            slope[i, j, 0], slope[i, j, 1] = most(dn * wl, dn * wh), most(dh * wl, dh * wh)
    return True


@inlined
def is_copy(orderings: Integers, gram: Floats, m: float) -> bool:
    """See `discards.is_copy`."""
    found = False
    for k in range(len(orderings)):
        found = found or gram[orderings[k, 0], 1] < gram[orderings[k, 1], 0] * m
    return found


@inlined
def has_gradient(place: Integers, h: Floats, slope: Floats, bias: Floats, n: int, d: int, wedge: Floats, m: float) -> bool:
    """See `discards.has_gradient`."""
    for a in range(d):
        for b in range(a + 1, d):
            for i in range(n):
                for j in range(i + 1, n):
                    xn, xh = product(h[a, i, 0], h[a, i, 1], h[b, j, 0], h[b, j, 1], m)
                    yn, yh = product(h[b, i, 0], h[b, i, 1], h[a, j, 0], h[a, j, 1], m)
                    wedge[i, j, 0], wedge[i, j, 1] = xn + yh, xh + yn
                    wedge[j, i, 0], wedge[j, i, 1] = wedge[i, j, 1], wedge[i, j, 0]
            for i in range(n):
                centre = hints.weighted_mean(slope[i], wedge[i], i, m)
                if not abs(centre) < MODERATE:
                    continue
                tn, th = multiple(bias[i, 0], bias[i, 1], centre, m)
                for j in range(n):
                    if j == i:
                        continue
                    low_n, low_h = bracket(slope[i, j], slope[j, i], wedge[i, j, 0] * m, centre, m)
                    high_n, high_h = bracket(slope[i, j], slope[j, i], wedge[i, j, 1], centre, m)
                    tn, th = tn + most(low_n, high_n), th + most(low_h, high_h)
                if tn < 0.0 or th < 0.0:
                    return True
    return False


@inlined
def bracket(own: Floats, back: Floats, end: float, centre: float, m: float) -> tuple[float, float]:
    """D_ij (W - c) + D_ji W for a float W."""
    xn, xh = product(own[0], own[1], centre + end * m, end + centre * m, m)
    yn, yh = multiple(back[0], back[1], end, m)
    return xn + yn, xh + yh


@inlined
def second_slopes(place: Integers, gram: Floats, slope: Floats, n: int, s: Floats, m: float) -> None:
    """2 S (n, n, 2)."""
    for i in range(n):
        s[i, i, 0], s[i, i, 1] = 0.0, 0.0
    for i in range(n):
        for j in range(i + 1, n):
            xn, xh = slope[i, j, 0] + slope[j, i, 0], slope[i, j, 1] + slope[j, i, 1]
            s[i, j, 0], s[i, j, 1], s[j, i, 0], s[j, i, 1] = xn, xh, xn, xh
            yn, yh = product(xn, xh, gram[place[i, j], 0], gram[place[i, j], 1], m)
            s[i, i, 0], s[i, i, 1] = s[i, i, 0] + yh, s[i, i, 1] + yn
            s[j, j, 0], s[j, j, 1] = s[j, j, 0] + yh, s[j, j, 1] + yn


@inlined
def congruence(s: Floats, v: Floats, n: int, half: Floats, result: Floats, m: float) -> None:
    """V^T (2 S) V (n, n, 2) for floats V."""
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


@inlined
def is_dominant(b: Floats, among: Integers, n: int, positive: bool, m: float) -> bool:
    """See `discards._dominant`: |B_kk| > Sum_l |B_kl| over the rows `among`."""
    for k in range(n):
        if not among[k]:
            continue
        row = 0.0
        for o in range(n):
            if among[o] and o != k:
                row = row + most(b[k, o, 0], b[k, o, 1])
        if not (b[k, k, 0] * m > row or (not positive and b[k, k, 1] * m > row)):
            return False
    return True


@inlined
def has_eigenvalues(s: Floats, n: int, count: int, positive: bool, work: Any, m: float) -> bool:
    """S has `count` positive eigenvalues, or as many other than 0."""
    v, middle, scale, half, b, among = work
    if not hints.eigenvectors(s, n, (v, middle, scale), m):
        return False
    congruence(s, v, n, half, b, m)
    hints.among_largest(b, n, count, positive, among, m)
    return is_dominant(b, among, n, positive, m)


@inlined
def is_sided(sides: Floats, h: Floats, slope: Floats, n: int, d: int, pole: Floats, m: float) -> bool:
    """See `discards.is_sided`."""
    for i in range(n):
        for j in range(n):
            if i != j:
                if sides[i] != sides[j]:
                    if not slope[i, j, 0] + slope[j, i, 0] < 0.0:
                        return False
                elif slope[i, j, 1] > 0.0:
                    return False
    hints.pole_of(sides, h, n, d, pole, m)
    for i in range(n):
        tn = 0.0
        for a in range(d):
            xn, _ = multiple(h[a, i, 0], h[a, i, 1], pole[a] * sides[i], m)
            tn = tn + xn
        if not tn < 0.0:
            return False
    return True


@inlined
def has_bent_sample(
    h: Floats, place: Integers, gram: Floats, s: Floats, p: Floats, weight: Floats, rate_h: float, n: int, d: int, m: float
) -> bool:
    """See `discards.has_bent_sample`."""
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
def is_collapsing(classes: Integers, s: Floats, n: int) -> bool:
    """See `discards.is_collapsing`."""
    if classes[0] < 0:
        return False
    for i in range(n):
        for j in range(i + 1, n):
            if classes[i] == classes[j] and not s[i, i, 0] + s[j, j, 0] <= 0.0:
                return False
    return True


@inlined
def has_negative_curvature(
    place: Integers,
    h: Floats,
    gram: Floats,
    s: Floats,
    p: Floats,
    weight: Floats,
    rate: tuple[float, float],
    n: int,
    d: int,
    work: Any,
    m: float,
) -> bool:
    """See `discards.has_negative_curvature`."""
    v, u, x = work[0], work[1], work[2]
    rate_n, rate_h = rate
    if not hints.negative_direction(h, s, p, weight, 0.5 * (rate_n * m + rate_h), n, d, v, work[3], m):
        return False
    for i in range(n):
        tn, th = 0.0, 0.0
        for a in range(d):
            xn, xh = multiple(h[a, i, 0], h[a, i, 1], v[a, i], m)
            tn, th = tn + xn, th + xh
        for a in range(d):
            xn, xh = product(h[a, i, 0], h[a, i, 1], tn, th, m)
            u[a, i, 0], u[a, i, 1] = xh + v[a, i] * m, xn + v[a, i]
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
            tn, th, yn, yh = 0.0, 0.0, 0.0, 0.0
            for a in range(d):
                xn, xh = product(u[a, i, 0], u[a, i, 1], u[a, j, 0], u[a, j, 1], m)
                tn, th = tn + xn, th + xh
                xn, xh = product(h[a, i, 0], h[a, i, 1], u[a, j, 0], u[a, j, 1], m)
                yn, yh = yn + xn, yh + xh
                xn, xh = product(u[a, i, 0], u[a, i, 1], h[a, j, 0], h[a, j, 1], m)
                yn, yh = yn + xn, yh + xh
            x[i, j, 0], x[i, j, 1], x[j, i, 0], x[j, i, 1] = yn, yh, yn, yh
            _, xh = product(s[i, j, 0], s[i, j, 1], tn * 2.0, th * 2.0, m)
            value = value + xh
    varied = 0.0
    for i in range(n):
        centre = hints.mean_of(p[i], x[i], i, m)
        row = 0.0
        for j in range(n):
            if j != i:
                _, yh = square(x[i, j, 0] + centre, x[i, j, 1] + centre * m, m)
                row = row + p[i, j, 1] * yh
        varied = varied + row * weight[i, 1]
    return rate_h * varied + value < 0.0


@entry
def probe(x: Floats, y: Floats, series: tuple[Floats, Floats], result: Floats, m: float) -> None:
    """What the operations give for x and y >= 1: sum, product, quotient, root, and the intervals made of them (15, N)."""
    for k in range(len(x)):
        a, b = x[k], y[k]
        result[0, k], result[1, k], result[2, k], result[3, k] = a + b, a * b, a / b, math.sqrt(b)
        result[4, k], result[5, k] = product(a * m, a, b * m, b, m)
        result[6, k], result[7, k] = multiple(a * m, a, b, m)
        result[8, k], result[9, k] = square(a * m, a, m)
        result[10, k] = root_below(b, m)
        result[11, k], result[12, k] = exponential(a if a < DEEP else DEEP, series[0], series[1], m)
        result[13, k], result[14, k] = quotient_above(a, b, b), end_above(a, b * m, b, m)


@entry
def decide(
    boxes: tuple[Integers, Floats, Floats],
    reasons: Integers,
    rows: tuple[Floats, ...],
    tables: tuple[Integers, Integers, Floats, Integers],
    series: tuple[Floats, Floats],
    d: int,
    m: float,
    result: Integers,
) -> None:
    """For every box the first of the reasons that is proved, or -1."""
    face, low, high = boxes
    weight, _c, _q, _complement, bias = rows
    place, orderings, sides, classes = tables
    n, count = len(place), len(low)
    h, gram, wedge = np.zeros((d, n, 2)), np.zeros((n * (n - 1) // 2, 2)), np.zeros((n, n, 2))
    pairs = np.array([(i, j) for i in range(n) for j in range(i + 1, n)])
    e, p, slope, s = np.zeros((n, n, 2)), np.zeros((n, n, 2)), np.zeros((n, n, 2)), np.zeros((n, n, 2))
    spectrum = (np.zeros((n, n)), np.zeros((n, n)), np.zeros(n), np.zeros((n, n, 2)), np.zeros((n, n, 2)), np.zeros(n, np.int64))
    size = n * (d - 1)
    vectors_of = (np.zeros((size, size)), np.zeros((size, n)), np.zeros(size), np.zeros((n, d - 1, d)), np.zeros((n, d)))
    bent = (
        np.zeros((d, n)),
        np.zeros((d, n, 2)),
        np.zeros((n, n, 2)),
        (*vectors_of, np.zeros((n, n)), np.zeros((n, n)), np.zeros(size), np.zeros(size)),
    )
    pole = np.zeros(d)
    for b in range(low.shape[1]):
        result[b] = -1
        vectors(face, low, high, b, n, d, h, m)
        similarities(pairs, h, gram, d, m)
        rate = (low[count - 1, b] * m, high[count - 1, b])
        known = 0
        for reason in reasons:
            if reason != 0 and known == 0:
                known = 1 if slopes_of(place, gram, rate, rows, series, (e, p, slope), n, m) else -1
            if reason > 1 and reason != 4 and known == 1:
                second_slopes(place, gram, slope, n, s, m)
                known = 2
            if known < 0:
                break
            if reason == 0:
                granted = is_copy(orderings, gram, m)
            elif reason == 1:
                granted = has_gradient(place, h, slope, bias, n, d, wedge, m)
            elif reason == 2:
                granted = has_eigenvalues(s, n, n - d, True, spectrum, m)
            elif reason == 3:
                granted = has_eigenvalues(s, n, n - d + 1, False, spectrum, m)
            elif reason == 4:
                granted = len(sides) > 0 and is_sided(sides, h, slope, n, d, pole, m)
            elif reason == 5:
                granted = has_negative_curvature(place, h, gram, s, p, weight, rate, n, d, bent, m)
            elif reason == 8:
                granted = has_bent_sample(h, place, gram, s, p, weight, rate[1], n, d, m)
            else:
                granted = reason == 9 and is_collapsing(classes, s, n)
            if granted:
                result[b] = reason
                break
