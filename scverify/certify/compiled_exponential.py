"""`exponential.exp_nonpositive` compiled: one pass in place of twenty, with the same operations in the same order, so the same floats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scverify.certify.exponential import LOG2_HIGH, LOG2_LOW, PER_LOG2, ROOTS, TAYLOR

Floats = NDArray[np.float64]

_PER, _HIGH, _LOW = 128 * PER_LOG2, LOG2_HIGH / 128, LOG2_LOW / 128
_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH = TAYLOR[1:]
# k of x = -700 is -129,270, and of 2^-10 less than 1; beyond, and for what is no number, k is held within the table of powers
_LEAST, _MOST, _OFFSET = -130_000.0, 128.0, 1016
_POWERS = np.ldexp(1.0, np.arange(-_OFFSET, 2))
_PARTS = ROOTS.view(np.float64)


def _kept(function: Any) -> Any:
    """Compiled without any freedom to fuse or reorder, and kept on disk where a folder for it can be written."""
    try:
        return njit(error_model="numpy", nogil=True, cache=True)(function)
    except RuntimeError:  # Numba found no such folder
        return njit(error_model="numpy", nogil=True)(function)


@_kept
def _replace(x: Floats, parts: Floats, powers: Floats) -> None:
    for i in range(len(x)):
        r = x[i]
        k = np.rint(r * _PER)
        k = k if k > _LEAST else _LEAST
        k = k if k < _MOST else _MOST
        r -= k * _HIGH
        r -= k * _LOW
        value = r * _FIFTH
        value = (value + _FOURTH) * r
        value = (value + _THIRD) * r
        value = (value + _SECOND) * r
        value = (value + _FIRST) * r
        value += 1.0
        steps = int(k)
        x[i] = value * (parts[steps & 127] * powers[(steps >> 7) + _OFFSET])


def exp_compiled(x: Floats) -> None:
    """Replace x (contiguous) by exp(x) for -700 <= x <= 2^-10. A power of two changes no digit of a root: their product is exact."""
    _replace(x.reshape(-1), _PARTS, _POWERS)
