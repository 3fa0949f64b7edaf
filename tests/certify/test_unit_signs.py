"""Features after a ReLU: values against SciPy over explicit vectors, and the multipliers of H >= 0."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize

from scverify.certify.precise import as_array
from scverify.certify.unit_signs import entrywise_multipliers
from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.kernel.units.nodes import constrained_level
from scverify.kernel.verify import verify_data
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem


def least_cross_entropy(sizes, tau, weight_ridge, feature_ridge, dim=4):
    """By L-BFGS-B over weights, and over one feature >= 0 per class; on spheres where there is no ridge."""
    k = len(sizes)

    def loss(x):
        weights, features = x.reshape(2, k, dim)
        value = (weight_ridge * (weights**2).sum() + feature_ridge * (np.array(sizes)[:, None] * features**2).sum()) / 2
        if not weight_ridge:
            weights = weights / np.linalg.norm(weights, axis=1, keepdims=True)
            features = features / np.linalg.norm(features, axis=1, keepdims=True)
        logits = features @ weights.T / tau
        return value + sum(n * np.log(np.exp(logits[c] - logits[c, c]).sum()) for c, n in enumerate(sizes))

    draws = np.random.default_rng(2)
    starts = [np.concatenate([draws.standard_normal((k, dim)), np.abs(draws.standard_normal((k, dim)))]).ravel() for _ in range(4)]
    bounds = [(None, None)] * (k * dim) + [(0, None)] * (k * dim)
    return min(minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 3000, "ftol": 1e-15}).fun for start in starts)


@pytest.mark.parametrize(
    ("sizes", "tau", "constraint", "ridges"),
    [
        ((4, 4, 4), "1/2", {"weight": Sphere(), "feature": NonNegative()}, (0, 0)),
        ((7, 4, 4), "1/2", {"weight": Sphere(), "feature": NonNegative()}, (0, 0)),
        ((6, 3), "1", {"weight": Ridge("1/10"), "feature": NonNegative(Ridge("1/5"))}, (0.1, 0.2)),
    ],
)
def test_cross_entropy_of_features_after_a_relu(sizes, tau, constraint, ridges):
    found = unit_optimum(UnitProblem(cross_entropy(sizes), tau, constraint))
    wanted = least_cross_entropy(sizes, float(Fraction(tau)), *ridges)
    assert float(found.lower) == pytest.approx(wanted, rel=1e-6)
    assert float(found.lower) <= wanted + 1e-9
    assert found.gap <= found.upper / 10**9
    assert verify_data(found.certificate).word == "VERIFIED" and found.certificate["version"] == 2
    assert found.minimizers is None


@pytest.mark.parametrize("constraint", [NonNegative(), NonNegative(Ball())])
def test_signed_pairs_are_orthogonal(constraint):
    found = unit_optimum(UnitProblem(clip(5), "1/2", constraint))
    assert float(found.lower) == pytest.approx(10 * np.log(1 + 4 * np.exp(-2)), rel=1e-13)
    assert found.rank == 5


def test_one_signed_modality_is_enough_for_less_than_a_simplex():
    free, one, both = (
        unit_optimum(UnitProblem(clip(4), "1/2", {"image": first, "text": second}))
        for first, second in ((Sphere(), Sphere()), (NonNegative(), Sphere()), (NonNegative(), NonNegative()))
    )
    assert free.upper < one.lower < one.upper < both.lower


def test_signed_nodes_that_are_stated_one_by_one():
    batches = mini_batches([[0, 1, 2], [0, 1], [1, 2]], pairs=3)
    found = unit_optimum(UnitProblem(batches, 1, NonNegative()))
    wanted = 6 * np.log(1 + 2 * np.exp(-1)) + 8 * np.log(1 + np.exp(-1))
    assert float(found.lower) == pytest.approx(wanted, rel=1e-12)


def test_signs_beside_a_sigmoid_loss():
    found = unit_optimum(UnitProblem(siglip(4, -2), 1, NonNegative()))
    wanted = 4 * np.log1p(np.exp(1)) + 12 * np.log1p(np.exp(-2))
    assert float(found.upper) <= wanted + 1e-12 and found.gap <= found.upper / 10**12


def test_multipliers_of_an_orthogonal_frame_are_its_slopes():
    """Two nodes at a right angle: S = 1 between them needs N = 1 there, and none where they are not signed."""
    level = constrained_level(UnitProblem(mini_batches([[0, 1]], pairs=2), 1, NonNegative()).data)
    similar = np.concatenate([np.eye(4), np.ones((4, 1))], axis=1)
    between = as_array(np.ones((4, 4)) - np.eye(4))
    inside, across = entrywise_multipliers(level, similar, np.ones(4), as_array(np.zeros((4, 4))), between)
    assert np.allclose(across, np.ones((4, 4)) - np.eye(4)) and np.allclose(inside, 0)


def test_a_dimension_is_refused_beside_signs():
    """The rank of a Gram matrix may be smaller than the number of coordinates >= 0 that it needs."""
    with pytest.raises(InputError, match="H >= 0 in dimension 3"):
        unit_optimum(UnitProblem(clip(3), "1/2", NonNegative(), dim=3))
