"""Exact semidefiniteness against eigenvalues in floats, also of singular matrices."""

import numpy as np
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.semidefinite import positive_semidefinite


@given(st.integers(1, 5), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_semidefiniteness_is_that_of_the_eigenvalues(size, rank, seed):
    draws = np.random.default_rng(seed)
    factor = draws.integers(-3, 4, (size, rank))
    matrix = factor @ factor.T - np.diag(draws.integers(0, 2, size))
    exact = [[fmpq(int(x)) for x in row] for row in matrix]
    assert positive_semidefinite(exact) == bool(np.linalg.eigvalsh(matrix.astype(float)).min() > -1e-9)


def test_a_pivot_of_zero_needs_a_row_of_zeros():
    assert not positive_semidefinite([[fmpq(0), fmpq(1)], [fmpq(1), fmpq(5)]])
    assert positive_semidefinite([[fmpq(0), fmpq(0)], [fmpq(0), fmpq(5)]])
