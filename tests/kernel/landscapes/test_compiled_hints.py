"""Compiled hints find what they look for; they decide nothing."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_hints as hints


def test_eigenvectors_nearly_diagonalise():
    rng = np.random.default_rng(0)
    for _ in range(20):
        a = rng.normal(size=(5, 5))
        a = a + a.T
        s, v = np.stack([-a, a], axis=-1), np.zeros((5, 5))
        assert hints.eigenvectors(s, (v, np.zeros((5, 5)), np.zeros(5)), -1.0)
        b = v.T @ a @ v
        assert np.abs(b - np.diag(np.diag(b))).max() < 5e-2
        assert not hints.eigenvectors(s + 100.0, (v, np.zeros((5, 5)), np.zeros(5)), -1.0)


def test_the_largest_are_counted_with_ties_in_order():
    b, among = np.zeros((4, 4, 2)), np.zeros(4, np.int64)
    for k, value in enumerate((1.0, -3.0, 2.0, 2.0)):
        b[k, k] = -value, value
    hints.among_largest(b, 1, True, among, -1.0)
    assert among.tolist() == [0, 0, 1, 0]
    hints.among_largest(b, 2, False, among, -1.0)
    assert among.tolist() == [0, 1, 1, 0]
