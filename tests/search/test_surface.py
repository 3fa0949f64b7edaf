"""The surface that points move on, and the derivatives there."""

import numpy as np
import pytest

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Sphere
from scverify.model.problem import Problem
from scverify.search.surface import Surface
from scverify.symbolic.losses import LOSSES, two_tower
from tests.search.cases import CONSTRAINTS, placed, random_points


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


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
def test_frames_are_orthonormal_and_tangent(constraint):
    surface = Surface.of(placed(constraint=constraint), 3)
    points = random_points(surface, 6)
    frames = surface.frames(points)
    free = surface.radius is None
    assert frames.shape == (4, surface.height, surface.height - (not free), 6)
    products = np.einsum("spmi,spli->siml", frames, frames)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(frames.shape[2]), products.shape), atol=1e-14)
    if not free:
        lengths = np.linalg.norm(points, axis=1)
        np.testing.assert_allclose(lengths, np.broadcast_to(surface.radius, lengths.shape), rtol=1e-14)
        np.testing.assert_allclose(np.einsum("spmi,spi->smi", frames, points), 0, atol=1e-14)


def test_embeddings_that_must_be_non_negative_have_no_surface():
    with pytest.raises(InputError, match="H >= 0"):
        Surface.of(placed(constraint=NonNegative(Sphere())), 3)
