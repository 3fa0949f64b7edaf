"""One LU factor and many right-hand sides; a singular matrix is no reason for a warning on somebody's terminal."""

import warnings

import numpy as np

from scverify.search.linear import lu_solver


def test_it_solves():
    matrix = np.array([[2.0, 1], [1, 3]])
    assert np.allclose(matrix @ lu_solver(matrix)(np.array([1.0, 2])), [1, 2])


def test_a_singular_matrix_gives_what_is_not_finite_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.isfinite(lu_solver(np.ones((2, 2)))(np.array([1.0, 2]))).all()
