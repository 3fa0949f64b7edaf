"""Signs of eigenvalues that a reason states for a box, against those of floats at random points of it."""

import numpy as np
import pytest

from scverify.kernel.landscapes.spectra import is_of_low_rank, is_positive
from tests.kernel.landscapes.instances import CASES, where_granted


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_as_many_eigenvalues_are_positive_as_is_said(sizes, d, tau):
    for rows, _, _, s, _ in where_granted(is_positive, sizes, d, tau):
        assert (np.linalg.eigvalsh(s) > 0).sum() >= rows.n - d


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_as_many_eigenvalues_are_not_0_as_is_said(sizes, d, tau):
    for rows, _, _, s, _ in where_granted(is_of_low_rank, sizes, d, tau):
        assert (np.linalg.eigvalsh(s) != 0).sum() >= rows.n - d + 1
