"""Object arrays of balls beside float arrays and flint matrices: the conversions that makers of certificates need."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

BallArray = NDArray[np.object_]
Floats = NDArray[np.float64]


def as_array(values: Any) -> BallArray:
    """An object array of balls from nested lists or a float array."""
    array = np.array(values, dtype=object)
    flat = [x if type(x) is arb else arb(float(x)) for x in array.ravel().tolist()]  # an empty product is the integer 0
    result = np.empty(array.shape, dtype=object)
    result.ravel()[:] = flat
    return result


def as_matrix(array: Floats | BallArray) -> arb_mat:
    """A flint matrix from a two-dimensional array of floats or balls."""
    return arb_mat(array.shape[0], array.shape[1], array.ravel().tolist())


def float_midpoints(balls: BallArray) -> Floats:
    """Midpoints in float64, of the same shape."""
    return np.array([float(x.mid()) for x in balls.ravel().tolist()]).reshape(balls.shape)


def midpoints(balls: BallArray) -> BallArray:
    """The exact midpoints of balls, of the same shape."""
    result = np.empty(balls.shape, dtype=object)
    result.ravel()[:] = [x.mid() if type(x) is arb else arb(x) for x in balls.ravel().tolist()]  # an empty product is the integer 0
    return result


def exponent(value: arb) -> int:
    """An e with |midpoint| <= 2^e; 0 for 0."""
    mantissa, shift = value.mid().man_exp()
    return int(shift) + int(abs(mantissa)).bit_length() if mantissa != 0 else 0


def choose(mask: NDArray[np.bool_], balls: BallArray, otherwise: float) -> BallArray:
    """The balls where the mask holds, a constant elsewhere."""
    result = as_array(np.full(mask.shape, otherwise))
    result[mask] = balls[mask]
    return result


def largest_exponent(balls: BallArray) -> float:
    """log2 of the largest magnitude; -inf for zeros."""
    return max((float(exponent(x)) for x in balls.ravel() if x.mid() != 0), default=float("-inf"))
