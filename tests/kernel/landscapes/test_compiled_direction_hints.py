"""Compiled hints of directions find what they look for; they decide nothing."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_direction_hints as hints


def test_a_pole_lies_on_the_side_of_every_point():
    h = np.random.default_rng(1).normal(size=(3, 4))
    h[0] = np.abs(h[0]) + 0.5
    pole, sides = np.zeros(3), np.array([1.0, 1.0, -1.0, -1.0])
    hints.pole_of(sides, np.stack([-h * sides, h * sides], axis=-1), pole, -1.0)
    assert (pole @ h > 0).all()


def test_a_factorisation_solves_its_system():
    a = np.random.default_rng(2).normal(size=(6, 6))
    a = a + a.T + 12 * np.eye(6)
    y, table = np.arange(1.0, 7.0), np.triu(a)
    expected = np.linalg.solve(a, y)
    hints.factor(table, -1.0)
    norm = hints.solve(table, y, np.zeros(6), -1.0)
    np.testing.assert_allclose(norm * y, expected, rtol=1e-12)
