"""Hints are good, though nothing rests on them: eigenvectors, inverses, directions of negative curvature."""

import numpy as np
import pytest

from scverify.kernel.landscapes.discards import Enclosures, has_negative_curvature
from scverify.kernel.landscapes.hints import eigenvectors, near_inverses
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of, random_boxes


def test_eigenvectors_diagonalise():
    matrix = np.random.default_rng(9).standard_normal((5, 5, 40))
    matrix = matrix + matrix.swapaxes(0, 1)
    v = eigenvectors(matrix)
    product = np.einsum("jkn,jmn,mln->kln", v, matrix, v)
    off = product * (1 - np.eye(5))[:, :, None]
    assert np.abs(off).max() < 1e-9
    expected = np.linalg.eigvalsh(np.moveaxis(matrix, 2, 0))
    assert np.allclose(np.sort(np.einsum("kkn->nk", product)), expected)


def test_inverses_are_near():
    matrices = np.random.default_rng(10).standard_normal((4, 4, 30)) + 4 * np.eye(4)[:, :, None]
    product = np.einsum("ijn,jkn->ikn", near_inverses(matrices), matrices)
    assert np.abs(product - np.eye(4)[:, :, None]).max() < 1e-9


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tau", ["1/1000", "1/100000"])
def test_no_warning_reaches_the_user_at_low_temperatures(tau):
    problem, level, rows = of((2, 2), 3, tau)
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(0), 200, 0.1)
    assert has_negative_curvature(Enclosures(rows, boxes)).shape == (200,)
