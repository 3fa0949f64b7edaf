"""What is known of every configuration in one box, compiled: as `enclosures.Enclosures`, bounds (-low, high) along the last axis."""

from __future__ import annotations

import math
from typing import Any

from .compiled_intervals import DEEP, end_above, exponential, inlined, least_of, most, product, quotient_above, root_below, square
from .enclosures import UNSHIFTED
from .intervals import Floats, Integers


@inlined
def vectors(face: Integers, low: Floats, high: Floats, b: int, h: Floats, m: float) -> None:
    """h (d, n, 2): the unit vectors of `boxes.embedded`."""
    d, n = h.shape[:2]
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
            a, rn, rh = j if j < axis else j + 1, m, 1.0
            if low[at + j, b] == 0.0 and high[at + j, b] == 0.0:  # as a gauge fixes it
                h[a, i, 0], h[a, i, 1] = 0.0, 0.0
                continue
            for o in range(d - 1):
                if o != j:
                    sn, sh = square(low[at + o, b] * m, high[at + o, b], m)
                    rn, rh = rn + sn, rh + sh
            h[a, i, 0] = end_above(low[at + j, b] * m, rn, rh, m)
            h[a, i, 1] = end_above(high[at + j, b], rn, rh, m)
        for a in range(d):
            for end in range(2):
                if h[a, i, end] > 1.0:
                    h[a, i, end] = 1.0


@inlined
def similarities(pairs: Integers, h: Floats, gram: Floats, m: float) -> None:
    """G (pairs, 2), as in `Enclosures.gram`: h_i.h_j = 1 - |h_i - h_j|^2/2 = |h_i + h_j|^2/2 - 1."""
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        gn, gh, an, ah, tn, th = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for a in range(h.shape[0]):
            xn, xh, yn, yh = h[a, i, 0], h[a, i, 1], h[a, j, 0], h[a, j, 1]
            zn, zh = product(xn, xh, yn, yh, m)
            gn, gh = gn + zn, gh + zh
            zn, zh = square(xn + yh, xh + yn, m)
            an, ah = an + zn, ah + zh
            zn, zh = square(xn + yn, xh + yh, m)
            tn, th = tn + zn, th + zh
        # halves are exact; a similarity is at most 1
        gram[k, 0] = least_of(least_of(1.0, gn), least_of(ah * 0.5 + m, tn * 0.5 + 1.0))
        gram[k, 1] = least_of(least_of(1.0, gh), least_of(an * 0.5 + 1.0, th * 0.5 + m))


@inlined
def outcomes(place: Integers, gram: Floats, rate: tuple[float, float], c: Floats, series: Any, e: Floats, m: float) -> bool:
    """e (n, n, 2), as in `Enclosures.outcomes`: c_ij e^(kappa (G_ij - t_i)); whether every exponent is one that `exponential` takes."""
    near = rate[1] <= UNSHIFTED
    for i in range(len(place)):
        top = 1.0 if near else m
        for j in range(len(place)):
            if not near and j != i:
                top = most(top, gram[place[i, j], 1])
        for j in range(i + 1 if near else 0, len(place)):
            if j != i:
                k = place[i, j]
                xn, xh = product(gram[k, 0] + top, gram[k, 1] + top * m, rate[0], rate[1], m)
                if not (xn * m <= DEEP and xh <= DEEP):
                    return False
                low, _ = exponential(xn * m, series[0], series[1], m)
                _, high = exponential(xh, series[0], series[1], m)
                e[i, j, 0], e[i, j, 1] = low * (c[i, j, 0] * m), high * c[i, j, 1]
                if near:
                    e[j, i, 0], e[j, i, 1] = low * (c[j, i, 0] * m), high * c[j, i, 1]
    return True


@inlined
def slopes_of(rows: Any, e: Floats, p: Floats, slope: Floats, m: float) -> bool:
    """p and D (n, n, 2), as in `Enclosures`, with zero diagonals; whether every sum of outcomes is positive."""
    weight, _c, q, complement, _bias = rows
    n = len(weight)
    for i in range(n):
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
            p[i, j, 1] = least_of(1.0, x / below)
            dh = quotient_above(x * complement[i, j, 1] + y * q[i, j, 0], above, below)
            wl, wh = weight[i, 0] * m, weight[i, 1]
            slope[i, j, 0], slope[i, j, 1] = most(dn * wl, dn * wh), most(dh * wl, dh * wh)
    return True


@inlined
def second_slopes(place: Integers, gram: Floats, slope: Floats, s: Floats, m: float) -> None:
    """2 S (n, n, 2)."""
    n = len(place)
    for i in range(n):
        s[i, i, 0], s[i, i, 1] = 0.0, 0.0
    for i in range(n):
        for j in range(i + 1, n):
            xn, xh = slope[i, j, 0] + slope[j, i, 0], slope[i, j, 1] + slope[j, i, 1]
            s[i, j, 0], s[i, j, 1], s[j, i, 0], s[j, i, 1] = xn, xh, xn, xh
            yn, yh = product(xn, xh, gram[place[i, j], 0], gram[place[i, j], 1], m)
            s[i, i, 0], s[i, i, 1] = s[i, i, 0] + yh, s[i, i, 1] + yn
            s[j, j, 0], s[j, j, 1] = s[j, j, 0] + yh, s[j, j, 1] + yn
