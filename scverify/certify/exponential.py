"""The exponential of many floats with a proved bound of its error, from operations that IEEE 754 fixes: NumPy's, or compiled ones."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CHUNK = 1 << 15  # longer pieces leave the cache, shorter ones pay for more calls
PER_LOG2 = 1.4426950408889634  # 1/log 2
LOG2_HIGH = float.fromhex("0x1.62e42fefap-1")  # 36 bits of log 2: its product with an integer below 2^17 is exact
LOG2_LOW = float.fromhex("0x1.cf79abc9e3b3ap-40")  # the next 53
TAYLOR = [1 / factorial(n) for n in range(6)]
ROOTS = np.array([2.0 ** (j / 128) for j in range(128)]).view(np.int64)  # k added at bit 52 multiplies by 2^k
EXP_ERROR = 2.0**-48  # 32u: see `exp_nonpositive`
# so many samples take seconds, of which compiled code saves half; for fewer its import takes longer
_WORTH_COMPILING = 8192


def exp_nonpositive(x: Floats) -> None:
    """Replace x (contiguous) by exp(x) for -700 <= x <= 2^-10, with a relative error of at most EXP_ERROR.

    x = k log 2 / 128 + r, |r| < 0.0028: r is off by less than u/50, as k times the high part of log 2 is exact and so is the first
    difference; the Taylor polynomial of degree 5 is off by 0.0028^6/6! < u/100 and its evaluation by Horner's rule by less than 2u;
    2^((k mod 128)/128) is off by at most 2u and its product with the polynomial by u; scaling by 2^(k div 128) is exact. That is less
    than 6u; EXP_ERROR is 32u.
    """
    flat = x.reshape(-1)
    for begin in range(0, flat.size, _CHUNK):
        r = flat[begin : begin + _CHUNK]
        k = np.rint(r * (128 * PER_LOG2))
        r -= k * (LOG2_HIGH / 128)
        r -= k * (LOG2_LOW / 128)
        value = r * TAYLOR[-1]
        for coefficient in TAYLOR[-2:0:-1]:
            value += coefficient
            value *= r
        value += 1.0
        steps = k.astype(np.int64)
        power = ROOTS.take(steps & 127)
        power += (steps >> 7) << 52
        np.multiply(value, power.view(np.float64), out=r)


def exponential_for(samples: int) -> Callable[[Floats], None]:
    """`exp_nonpositive` for the pairs of so many samples: where they are many and Numba is installed, compiled; the floats are the same."""
    if samples < _WORTH_COMPILING:
        return exp_nonpositive
    try:
        from scverify.certify.compiled_exponential import exp_compiled
    except ImportError:  # Numba is an extra
        return exp_nonpositive
    return exp_compiled
