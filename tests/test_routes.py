"""Routes stand at a feasible point, whatever bounds its norms, and each gives the loss of the naive loop there."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.routes import Routes, to_mpf
from scverify.symbolic.losses import supcon
from tests.oracles import naive


def routes(constraint=None, seed=1):
    return Routes(Problem(supcon, Classes((3, 2)), dim=2, temperature="1/3", constraint=constraint), seed)


@pytest.mark.parametrize(("constraint", "norm"), [(Sphere("2"), 2), (Ball("1/4"), 0.25), (NonNegative(Sphere()), 1), (Ridge("1/3"), None)])
def test_a_point_is_feasible(constraint, norm):
    found = routes(constraint)
    assert found.point.shape == found.direction.shape == (5, 2)
    if norm is not None:
        np.testing.assert_allclose(np.linalg.norm(found.point, axis=1), norm)
    if isinstance(constraint, NonNegative):
        assert (found.point >= 0).all()


def test_every_route_gives_the_loss_and_the_gradient_of_the_naive_loop():
    found, labels = routes(), (0, 0, 0, 1, 1)
    at, along = found.point.T, found.direction.T
    slope = (naive.gradient(at + 1e-6 * along, labels, 1 / 3) - naive.gradient(at - 1e-6 * along, labels, 1 / 3)) / 2e-6
    for value, gradient, product in (found.numpy, found.batch, map(to_mpf, found.balls), found.written_out):
        assert float(value) == pytest.approx(naive.loss(at, labels, 1 / 3), rel=1e-12)
        np.testing.assert_allclose(gradient.astype(float), naive.gradient(at, labels, 1 / 3).T, atol=1e-12)
        np.testing.assert_allclose(product.astype(float), slope.T, atol=1e-7)
