"""Hints are good, though nothing rests on them: eigenvectors, inverses."""

import numpy as np

from scverify.kernel.landscapes.hints import eigenvectors, near_inverses


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
