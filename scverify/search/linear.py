"""One float factor of a matrix for many right-hand sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# up to this size NumPy's inverse costs less than the import of SciPy, whose LU factor serves larger ones
_SMALL = 200


def solver_of(matrix: NDArray[Any]) -> Callable[[Floats], Floats]:
    """The function b -> x with matrix x = b, for a matrix (n, n) of float64; NaN where it is singular. Its answers are hints."""
    if len(matrix) <= _SMALL:
        try:
            inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            inverse = np.full(matrix.shape, np.nan)
        return lambda b: inverse @ b
    from scipy.linalg import lu_factor, lu_solve

    factor = lu_factor(matrix)
    return lambda b: np.asarray(lu_solve(factor, b), dtype=np.float64)
