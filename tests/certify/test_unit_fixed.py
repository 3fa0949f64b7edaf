"""Frozen classifiers against explicit vectors: features are minimised class by class, by SciPy and in closed form."""

import numpy as np
import pytest
from scipy.optimize import minimize

from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.unit_fixed import beside_fixed, in_fixed_nodes
from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.fixed import Fixed
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem
from tests.oracles.written_out import simplex


def least_loss(weights, label, tau, ridge=0.0, norm=None):
    """The least cross-entropy of one feature beside given weight vectors."""

    def loss(h):
        at = h / np.linalg.norm(h) if norm == "sphere" else h / max(1.0, np.linalg.norm(h)) if norm == "ball" else h
        logits = weights @ at / tau
        return np.log(np.exp(logits - logits[label]).sum()) + ridge / 2 * at @ at

    starts = np.random.default_rng(0).standard_normal((4, weights.shape[1]))
    return min(minimize(loss, start, tol=1e-14, options={"gtol": 1e-9}).fun for start in starts)


@pytest.mark.parametrize(
    ("sizes", "norm", "constraint", "ridge"),
    [((5, 3, 3), "sphere", Sphere(), 0.0), ((6, 2), "ball", Ball(), 0.0), ((4, 4, 1, 1), None, Ridge("1/10"), 0.1)],
)
def test_a_frozen_simplex_of_weights(sizes, norm, constraint, ridge):
    found = unit_optimum(UnitProblem(cross_entropy(sizes), "1/2", {"weight": Fixed(), "feature": constraint}))
    weights = simplex(len(sizes))
    wanted = sum(n * least_loss(weights, c, 0.5, ridge, norm) for c, n in enumerate(sizes))
    assert float(found.lower) == pytest.approx(wanted, rel=1e-8)
    assert found.gap <= found.upper / 10**12 and found.rank == len(sizes) - 1
    assert verify_data(found.certificate).word == "VERIFIED" and found.certificate["version"] == 2


def test_a_table_of_weights_that_no_symmetry_helps():
    gram = np.array([[1, 0.5, 0], [0.5, 1, -1 / 3], [0, -1 / 3, 2]])
    fixed = Fixed(own=[1, 1, 2], others=[[0, "1/2", 0], ["1/2", 0, "-1/3"], [0, "-1/3", 0]])
    found = unit_optimum(UnitProblem(cross_entropy((4, 3, 2)), "1/3", {"weight": fixed, "feature": Ball()}))
    wanted = sum(n * least_loss(np.linalg.cholesky(gram), c, 1 / 3, norm="ball") for c, n in enumerate((4, 3, 2)))
    assert float(found.lower) == pytest.approx(wanted, rel=1e-8)


def test_texts_beside_a_simplex_of_images_are_where_they_would_go_anyway():
    free, fixed = (unit_optimum(UnitProblem(clip(5), "1/2", {"image": norm, "text": Sphere()})) for norm in (Sphere(), Fixed()))
    assert abs(free.lower - fixed.lower) < 1e-15
    assert unit_optimum(UnitProblem(clip(5), "1/2", {"image": Fixed(others="1/2"), "text": Sphere()})).lower > free.upper


def test_a_bias_is_free_beside_fixed_images():
    problem = UnitProblem(siglip(4, "free"), "1/2", {"image": Fixed(), "text": Sphere()})
    found = unit_optimum(problem)
    logits = [[2 * (1.0 if i == j else -1 / 3) for j in range(4)] for i in range(4)]

    def loss(b):
        return sum(np.log1p(np.exp(-(x + b) if i == j else x + b)) for i, row in enumerate(logits) for j, x in enumerate(row))

    assert float(found.lower) == pytest.approx(min(loss(b) for b in np.linspace(-3, 3, 60001)), rel=1e-7)


def test_coefficients_and_a_free_block():
    draws = np.random.default_rng(1)
    vectors = draws.standard_normal((4, 3))
    moved = float_midpoints(in_fixed_nodes(as_array(vectors), [0, 2]))
    block = vectors[[0, 2]] @ vectors[[0, 2]].T
    metric = np.block([[block, np.zeros((2, moved.shape[1] - 2))], [np.zeros((moved.shape[1] - 2, 2)), np.eye(moved.shape[1] - 2)]])
    assert np.allclose(moved @ metric @ moved.T, vectors @ vectors.T)
    target = vectors @ vectors.T
    factor = float_midpoints(beside_fixed(as_array(target), [1, 3], lambda part: as_array(np.linalg.cholesky(float_midpoints(part)))))
    made = factor @ factor.T
    free = np.ix_([0, 2], range(4))
    assert np.allclose(made[free], target[free])
    assert np.linalg.eigvalsh(target - made).min() > -1e-9
