"""One factor and many right-hand sides; a singular matrix is no reason for a warning on somebody's terminal."""

import warnings

import numpy as np
import pytest

from scverify.search.linear import lu_solver


@pytest.mark.parametrize("size", [1, 30, 230])
def test_it_solves_small_and_large_systems(size):
    draws = np.random.default_rng(size)
    matrix, x = draws.standard_normal((size, size)) + size * np.eye(size), draws.standard_normal(size)
    np.testing.assert_allclose(lu_solver(matrix)(matrix @ x), x, rtol=1e-10)


@pytest.mark.parametrize("size", [2, 230])
def test_a_singular_matrix_gives_what_is_not_finite_and_no_warning(size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.isfinite(lu_solver(np.ones((size, size)))(np.arange(size) + 1.0)).all()
