"""Sums over all pairs of nodes in float64, every rounding error bounded beforehand (MATH 12).

Of NumPy the kernel trusts here only what IEEE 754 fixes to the last bit, entry by entry: +, -, *, / round to nearest, u = 2^-53. No
function of a mathematical library, no matrix product and no reduction decides anything: sums are folded in halves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# u of the error bounds: half the distance from 1 to the next float
UNIT = 2.0**-53
# what a caller may hand on differs from the exact number by at most this, relatively
INPUT_ERROR = 2.0**-52
# within these no operation below over- or underflows
LEAST, MOST = 2.0**-300, 2.0**300
# as in landscapes/intervals.py: 33 significant bits, and |ln 2 - LN2_HIGH - LN2_LOW| < 2^-85
LN2_HIGH = 0.6931471804855391
LN2_LOW = float.fromhex("0x1.473de6af278edp-34")
# 2 atanh(z) = 2z (1 + z^2/3 + ... ), |z| <= 0.1716: what is left out after z^18/19 is below 2^-56
TERMS = 10
SQRT2 = 1.4142135623730951
# this many entries of a block stay in a processor's cache
BLOCK = 1 << 15


class PairSums(NamedTuple):
    """sum_h b_gh / (y_g + y_h) for each g, off by `relative` of itself at most; sum_h b_gh log(y_g + y_h), off by `absolute` at most."""

    quotients: list[float]
    relative: float
    logarithms: list[float]
    absolute: float


def pair_sums(y: list[float], weights: list[float], own: list[float]) -> PairSums | None:
    """Both sums with b_gh = weights_h for h != g and own_g for h = g; None where a number leaves the range of the error bounds.

    All given numbers are positive (own may be 0) and known to INPUT_ERROR = 2u. With d folds of a sum, to first order in u (the bounds
    are rounded up by far more than the rest): y_g + y_h errs by 3u, a quotient by 3u + 2u + u, a sum of positive terms by d u more. The
    logarithm errs by (3 + 2|l|) u + 3u, a product b l by b (8 + 6|l|) u, their sum by d u sum b |l| more.
    """
    ys, ws, os = (np.array(values, dtype=np.float64) for values in (y, weights, own))
    ranges = [within(ys, LEAST, MOST), within(ws, LEAST, MOST), within(os[os != 0], LEAST, MOST)]
    if not all(ranges):
        return None
    size = len(y)
    folds = (size - 1).bit_length()
    quotients, logarithms, largest = np.empty(size), np.empty(size), 0.0
    step = max(1, BLOCK // size)
    for first in range(0, size, step):
        rows = np.arange(first, min(first + step, size))
        b = np.repeat(ws[None, :], len(rows), axis=0)
        b[np.arange(len(rows)), rows] = os[rows]
        sums = ys[rows][:, None] + ys
        quotients[rows] = folded(b / sums)
        logs = log(sums)
        largest = max(largest, float(np.abs(logs).max()))
        logarithms[rows] = folded(b * logs)
    mass = float(folded(ws[None, :])[0])
    error = UNIT * (10 + (folds + 9) * largest) * mass
    return PairSums(quotients=quotients.tolist(), relative=(10 + folds) * UNIT, logarithms=logarithms.tolist(), absolute=1.001 * error)


def within(values: Floats, least: float, most: float) -> bool:
    """Whether every entry lies in [least, most]; nan does not."""
    return bool(np.all((values >= least) & (values <= most)))


def folded(terms: Floats) -> Floats:
    """The sum of each row, its halves added entry by entry; the terms are overwritten."""
    width = terms.shape[1]
    while width > 1:
        half = (width + 1) // 2
        terms[:, : width - half] += terms[:, half:width]
        width = half
    return terms[:, 0].copy()


def log(x: Floats) -> Floats:
    """Natural logarithms l of positive normal floats, off by at most (3 + 2|l|) u.

    x = 2^e m with m in [sqrt(1/2), sqrt(2)], read off the bits; m - 1 is exact (Sterbenz), z = (m - 1)/(m + 1) errs by 2u relatively, the
    polynomial of z^2 by less than 1.5 u, its product with 2z by u: 4.6 u |log m| <= 1.6 u. e LN2_HIGH is exact for |e| < 2^20; the two
    additions err by 0.5 u and |l| u.
    """
    bits = x.view(np.int64)
    exponent = (bits >> 52) - 1023
    mantissa = ((bits & ((1 << 52) - 1)) | (1023 << 52)).view(np.float64)
    high = mantissa > SQRT2
    mantissa = np.where(high, 0.5 * mantissa, mantissa)
    e = (exponent + high).astype(np.float64)
    z = (mantissa - 1.0) / (mantissa + 1.0)
    square = z * z
    result = np.full_like(z, 1.0 / (2 * TERMS - 1))
    for i in range(TERMS - 2, -1, -1):
        result *= square
        result += 1.0 / (2 * i + 1)
    result *= z
    result *= 2.0
    result += e * LN2_LOW
    result += e * LN2_HIGH
    return result
