"""Linear systems in floats: one LU factor, many right-hand sides. Hints for Newton's method; nothing is proved by them."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lu_solver(matrix: Floats) -> Callable[[Floats], Floats]:
    """The function that solves with a square matrix (n, n); where the matrix is singular, entries of its answers are not finite."""
    from scipy.linalg import LinAlgWarning, lu_factor, lu_solve

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)
        factors = lu_factor(matrix)

    def solve(right: Floats) -> Floats:
        with np.errstate(all="ignore"):
            answer: Floats = lu_solve(factors, right)
        return answer

    return solve
