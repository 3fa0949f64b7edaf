"""Second-order walks: derivatives along the surface, spectra, and where they end."""

from itertools import pairwise

import numpy as np
import pytest

from scverify.search.surface import Surface
from scverify.search.walk import Spectrum, newton, walk
from tests.search.cases import alone, placed, random_points


def test_the_krylov_spectrum_holds_the_hessian_along_the_slope(monkeypatch):
    surface = Surface.of(placed((3, 3), 3), 3)
    local = surface.local(random_points(surface, 6))
    monkeypatch.setattr("scverify.search.walk._DENSE", 0)
    krylov = Spectrum.of(local, alone(local.points))
    slope, turns = local.slope.reshape(4, 12), local.rotations().reshape(4, 3, 12)
    matrix = local.hessian().reshape(4, 12, 12) + turns.transpose(0, 2, 1) @ turns
    for power in (0, 1, 3):
        wanted = (np.linalg.matrix_power(matrix, power) @ slope[:, :, None])[:, :, 0]
        there = np.einsum("skp,sp->sk", krylov.vectors, krylov.values**power * krylov.slope)
        np.testing.assert_allclose(there, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


def test_the_krylov_walk_ends_where_the_dense_one_does(monkeypatch):
    surface = Surface.of(placed((3, 3), 3), 3)
    points = random_points(surface, 6)
    sought = np.array([False, False, True, True])
    dense, _ = newton(surface, walk(surface, points, alone(points), sought, 200), alone(points), 10)
    monkeypatch.setattr("scverify.search.walk._DENSE", 0)
    monkeypatch.setattr("scverify.search.walk._KRYLOV", 8)
    krylov, step = newton(surface, walk(surface, points, alone(points), sought, 200), alone(points), 10)
    assert step[:2].max() < 1e-8
    np.testing.assert_allclose(surface.local(krylov).value[:2], surface.local(dense).value[:2], rtol=1e-12)


def test_tied_samples_stay_together_and_resolve_forces_far_below_rounding():
    # antipodal classes at tau = 1/50: the only forces are exp(-100); the angle between the classes is still found
    # though in classes of four the slopes within a class, log-sum-exp minus 1/3, leave a remainder of 1e-17
    given = placed((4, 4), 3, "1/50")
    surface = Surface.of(given, 3)
    points = surface.normalised(np.repeat(np.array([[1.0, -0.9], [0, 0.3], [0, 0.1]]), 4, axis=1)[None])
    together = np.array([[0] * 4 + [4] * 4])
    ended, step = newton(surface, walk(surface, points, together, np.array([False]), 100), together, 10)
    assert step[0] < 1e-12
    assert np.array_equal(ended[0, :, 0], ended[0, :, 3]) and np.array_equal(ended[0, :, 4], ended[0, :, 7])
    assert ended[0, :, 0] @ ended[0, :, 4] == pytest.approx(-1, abs=1e-15)


def test_descents_never_raise_the_value_and_end_critical():
    surface = Surface.of(placed((4, 2, 2), 3, "1/10"), 3)
    points = random_points(surface, 8, count=40)
    values = [surface.local(walk(surface, points, alone(points), np.zeros(40, dtype=bool), steps)) for steps in (0, 1, 2, 3, 5, 200)]
    for before, after in pairwise(values):
        assert (after.value <= before.value * (1 + 1e-14)).all()
    assert np.abs(values[-1].slope).max() < 1e-6
