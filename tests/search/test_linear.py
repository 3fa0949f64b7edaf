"""Factors of matrices, small and large."""

import numpy as np
import pytest

from scverify.search.linear import solver_of


@pytest.mark.parametrize("size", [1, 30, 230])
def test_it_solves_what_it_was_made_for(size):
    draws = np.random.default_rng(size)
    matrix, x = draws.standard_normal((size, size)) + size * np.eye(size), draws.standard_normal(size)
    np.testing.assert_allclose(solver_of(matrix)(matrix @ x), x, rtol=1e-10)


def test_a_singular_matrix_gives_no_number():
    assert np.isnan(solver_of(np.zeros((3, 3)))(np.ones(3))).all()
