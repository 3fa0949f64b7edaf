"""Intervals in compiled code: two floats each, n = -low and h = high, and every operation rounded upward.

Every bound is an upper bound, so that one rounding mode errs to the safe side. The mode is set outside compiled code (`directed`). What a
compiler that believes in rounding to nearest may change: it sinks a negation through a product or a quotient, and folds one into a
constant; it folds operations on constants. So there is no negation in compiled code: x is negated by x * m, with m = -1 an argument that
no compiler knows; constants are positive, and no operation has two of them. Contraction and reassociation are off (Numba's `fastmath` is).
The tests read the code that comes out.

An end that is not a number stays one: it satisfies no comparison and so decides nothing.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from .intervals import DEGREE, EXP_RELATIVE_ERROR, LN2_HIGH, LN2_LOW, Floats

# times the computed exponential: a number below the exact one, and one above
LESS, MORE = 1 - EXP_RELATIVE_ERROR, 1 + EXP_RELATIVE_ERROR
# more than the relative distance of a float to the next
LAST_BIT = 2.0**-52
# 1/ln 2, by which k is chosen; a neighbour would serve too
PER_LN2 = 1.4426950408889634
# below e^-700 the lower bound is 0
DEEP = 700.0

inlined = njit(error_model="numpy", forceinline=True)


def entry(function: Any) -> Any:
    """Compiled, and kept on disk where a folder for it can be written."""
    try:
        return njit(error_model="numpy", cache=True)(function)
    except RuntimeError:  # Numba found no such folder
        return njit(error_model="numpy")(function)


@inlined
def most(x: float, y: float) -> float:
    """The larger one; not a number where one of them is none."""
    return x if x > y or x != x else y


@inlined
def least_of(x: float, y: float) -> float:
    """The smaller one of two bounds of one number: x where y says nothing, being no number."""
    return y if y < x else x


@inlined
def product(an: float, ah: float, bn: float, bh: float, m: float) -> tuple[float, float]:
    """Of two intervals: the largest of -xy and of xy over their ends."""
    al, bl, am = an * m, bn * m, ah * m
    return most(most(am * bh, al * bn), most(an * bh, ah * bn)), most(most(ah * bh, an * bn), most(al * bh, ah * bl))


@inlined
def multiple(an: float, ah: float, c: float, m: float) -> tuple[float, float]:
    """Of an interval by a float: for c < 0 that of -x by -c."""
    size = c if c >= 0 else c * m
    return (an if c >= 0 else ah) * size, (ah if c >= 0 else an) * size


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
