"""Second-order walks: derivatives along the surface, spectra, and where they end."""

from itertools import pairwise

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.walk import Spectrum, Surface, newton, walk
from scverify.symbolic.losses import LOSSES, two_tower
from tests.search.cases import CONSTRAINTS, alone, placed, random_points


def distinct_losses():
    return [*LOSSES.values(), two_tower(3)]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("loss", distinct_losses(), ids=lambda loss: loss.name)
def test_slope_and_hessian_are_derivatives_along_the_surface(loss, constraint):
    given = Problem(loss, Classes((3, 2, 1)), 3, "1/2", constraint, reduction="mean", singletons="ignore")
    surface = Surface.of(given, 3)
    points = random_points(surface, 6)
    local = surface.local(points)
    step = np.random.default_rng(1).normal(size=local.slope.shape)
    product = np.einsum("smilj,slj->smi", local.hessian(), step)
    np.testing.assert_allclose(local.product(step), product, rtol=1e-11, atol=1e-11)

    def value(t):
        return surface.local(local.moved(t * step)).value

    slope = (value(1e-5) - value(-1e-5)) / 2e-5
    np.testing.assert_allclose((local.slope * step).sum(axis=(1, 2)), slope, rtol=1e-6, atol=1e-6)
    curvature = (value(1e-4) - 2 * local.value + value(-1e-4)) / 1e-8
    np.testing.assert_allclose((product * step).sum(axis=(1, 2)), curvature, rtol=1e-4, atol=1e-3)


def test_many_points_together_are_each_point_alone():
    surface = Surface.of(placed(), 3)
    points = random_points(surface, 6, count=7)
    whole = surface.local(points)
    for row in range(7):
        single = surface.local(points[row : row + 1])
        np.testing.assert_allclose(single.value[0], whole.value[row], rtol=1e-13)
        np.testing.assert_allclose(single.hessian()[0], whole.hessian()[row], rtol=1e-11, atol=1e-11)


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
