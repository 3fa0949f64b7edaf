"""Linear systems in floats: one factor, many right-hand sides. Hints for Newton's method; nothing is proved by them."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# up to this size NumPy's inverse costs less than the import of SciPy, whose LU factor serves larger ones
_SMALL = 200


def lu_solver(matrix: Floats) -> Callable[[Floats], Floats]:
    """The function that solves with a square matrix (n, n); where the matrix is singular, entries of its answers are not finite."""
    if len(matrix) <= _SMALL:
        return _inverse(matrix)
    from scipy.linalg import LinAlgWarning, lu_factor, lu_solve

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)
        factors = lu_factor(matrix)

    def solve(right: Floats) -> Floats:
        with np.errstate(all="ignore"):
            answer: Floats = lu_solve(factors, right)
        return answer

    return solve


def _inverse(matrix: Floats) -> Callable[[Floats], Floats]:
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        inverse = np.full(matrix.shape, np.nan)
    return lambda right: inverse @ right
