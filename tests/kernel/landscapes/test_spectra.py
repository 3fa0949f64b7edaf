"""Signs of eigenvalues that a reason states for a box, against those of floats at random points of it."""

import numpy as np
import pytest

from scverify.kernel.landscapes.spectra import is_of_low_rank, is_positive
from tests.kernel.landscapes.instances import CASES, where_granted


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_as_many_eigenvalues_are_positive_as_is_said(sizes, d, tau):
    found = [(np.linalg.eigvalsh(s) > 0).sum() - rows.n + d for rows, _, _, s, _ in where_granted(is_positive, sizes, d, tau)]
    assert found and min(found) >= 0


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_as_many_eigenvalues_are_not_0_as_is_said(sizes, d, tau):
    found = []
    for rows, _, _, s, _ in where_granted(is_of_low_rank, sizes, d, tau):
        # between positive diagonal factors S has the same signs at one magnitude, where floats tell 0 from what is small
        scale = 1 / np.sqrt(np.abs(s).max(axis=0))
        found.append((np.abs(np.linalg.eigvalsh(s * np.outer(scale, scale))) > 1e-2).sum() - rows.n + d)
    assert found and min(found) >= 1
