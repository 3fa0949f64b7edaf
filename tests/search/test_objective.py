"""One objective for samples, classes and groups: against a naive loop, finite differences and balls."""

import math

import numpy as np
import pytest
from flint import arb

from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, sample_level
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import decoupled, soft_supcon, spectral, supcon, supcon_in
from tests.search.levels import class_level

SIZES = (4, 3, 3, 2, 2)
SOFT = soft_supcon([["1/2", "1/8", "0"], ["1/8", "1/2", "0"], ["0", "0", "1"]])
CASES = [
    Problem(supcon, Classes(SIZES), temperature="1/3"),
    Problem(supcon, Classes(SIZES), temperature="1/3", constraint=Ridge("1/2"), reduction="mean"),
    Problem(supcon, Classes((4, 3, 1, 1)), temperature="1/3", constraint=NonNegative(), singletons="ignore"),
    Problem(decoupled, Classes(SIZES), temperature="1/2", constraint=Ball("3/2")),
    Problem(SOFT, Classes((3, 3, 2)), temperature="1/2"),
]


def loop_over_anchors(embeddings, labels, tau):
    """SupCon from its definition (MATH 1): embeddings (d, n)."""
    total = 0.0
    n = len(labels)
    for i in range(n):
        seen = [a for a in range(n) if a != i]
        positives = [j for j in seen if labels[j] == labels[i]]
        for j in positives:
            exponents = [embeddings[:, i] @ (embeddings[:, a] - embeddings[:, j]) / tau for a in seen]
            total += math.log(sum(map(math.exp, exponents))) / len(positives)
    return total


def class_vectors(level, means, spread):
    """One vector per class: the node's mean plus a vertex of a simplex (or an orthonormal vector) in private dimensions."""
    nonnegative = isinstance(level.problem.constraint, NonNegative)
    blocks, private = [], sum(level.multiplicity)
    start = 0
    for g, m in enumerate(level.multiplicity):
        vertices = np.eye(m) if nonnegative or m == 1 else (np.eye(m) - 1 / m) * math.sqrt(m / (m - 1))
        block = np.zeros((m, means.shape[1] + private))
        block[:, : means.shape[1]] = means[g]
        block[:, means.shape[1] + start : means.shape[1] + start + m] = math.sqrt(spread[g]) * vertices
        blocks.append(block)
        start += m
    vectors = np.empty((private, means.shape[1] + private))
    vectors[[c for group in level.members for c in group]] = np.concatenate(blocks)
    return vectors


def random_factors(level, generator, rank=3):
    several = (np.array(level.multiplicity) > 1) | isinstance(level.problem.constraint, NonNegative)
    return np.abs(generator.standard_normal((level.nodes, rank))), np.where(several, generator.uniform(0.2, 1, level.nodes), 0.0)


@pytest.mark.parametrize("problem", CASES, ids=str)
@pytest.mark.parametrize("make", [sample_level, class_level, group_level])
def test_gradient_and_hessian_products_agree_with_finite_differences(problem, make):
    level, generator, h = make(problem), np.random.default_rng(1), 1e-5
    objective = Objective.floats(level)
    rows, change = (generator.uniform(-1, 1, (level.nodes, level.nodes + 1)) for _ in range(2))
    _, gradient = objective.value_and_gradient(rows)
    slope = (objective.value(rows + h * change) - objective.value(rows - h * change)) / (2 * h)
    assert (gradient * change).sum() == pytest.approx(slope, rel=1e-8, abs=1e-8)
    above, below = (objective.value_and_gradient(rows + sign * h * change)[1] for sign in (1, -1))
    np.testing.assert_allclose(objective.hessian_product(rows, change), (above - below) / (2 * h), atol=1e-7)


@pytest.mark.parametrize("problem", CASES, ids=str)
@pytest.mark.parametrize("make", [sample_level, class_level, group_level])
def test_the_pull_back_to_factors_agrees_with_finite_differences(problem, make):
    level, generator, h = make(problem), np.random.default_rng(2), 1e-5
    objective = Objective.floats(level)
    means, spread = random_factors(level, generator)
    dw, ds = generator.standard_normal(means.shape), generator.standard_normal(level.nodes)

    def at(step):
        rows = objective.similarities(means + step * dw, spread + step * ds)
        value, gradient = objective.value_and_gradient(rows)
        return value, gradient, objective.pull_back(gradient, means + step * dw)

    _, gradient, (by_means, by_spread) = at(0)
    (above, _, pulled_above), (below, _, pulled_below) = at(h), at(-h)
    assert (by_means * dw).sum() + (by_spread * ds).sum() == pytest.approx((above - below) / (2 * h), rel=1e-7, abs=1e-7)
    product = objective.factor_product(means, spread, dw, ds, gradient)
    for found, high, low in zip(product, pulled_above, pulled_below, strict=True):
        np.testing.assert_allclose(found, (high - low) / (2 * h), atol=1e-6)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_samples_classes_and_groups_agree(problem):
    groups, classes, samples = group_level(problem), class_level(problem), sample_level(problem)
    means, spread = random_factors(groups, np.random.default_rng(3))
    vectors = class_vectors(groups, means, spread)
    values = [
        Objective.floats(level).value(Objective.floats(level).similarities(points, dust))
        for level, points, dust in (
            (groups, means, spread),
            (classes, vectors, np.zeros(classes.nodes)),
            (samples, vectors[problem.classes.labels], np.zeros(samples.nodes)),
        )
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    assert values[0] == pytest.approx(values[2], rel=1e-12)


def test_supcon_is_the_loss_of_its_definition():
    problem = Problem(supcon, Classes(SIZES), temperature="1/3")
    embeddings = np.random.default_rng(4).standard_normal((3, problem.classes.n))
    objective = Objective.floats(sample_level(problem))
    found = objective.value(objective.similarities(embeddings.T, np.zeros(problem.classes.n)))
    assert found == pytest.approx(loop_over_anchors(embeddings, problem.classes.labels, 1 / 3), rel=1e-12)


@pytest.mark.parametrize("loss", [supcon, supcon_in, spectral], ids=lambda loss: loss.name)
def test_balls_hold_what_floats_approximate(loss):
    level = sample_level(Problem(loss, Classes((3, 2)), temperature="1/3", constraint=Ridge("1/7")))
    rows, change = (np.random.default_rng(seed).uniform(-1, 1, (level.nodes, level.nodes + 1)) for seed in (5, 6))
    floats, balls = Objective.floats(level), Objective.balls(level)
    exact_rows, exact_change = (np.vectorize(arb, otypes=[object])(array) for array in (rows, change))
    value, gradient = balls.value_and_gradient(exact_rows)
    product = balls.hessian_product(exact_rows, exact_change)
    for ball, number in zip(
        [value, *gradient.ravel(), *product.ravel()],
        [floats.value(rows), *floats.value_and_gradient(rows)[1].ravel(), *floats.hessian_product(rows, change).ravel()],
        strict=True,
    ):
        assert abs(float(ball) - number) < 1e-12
        assert float(ball.rad()) < 1e-10


def test_similarities_of_factors_are_those_of_the_class_vectors():
    for problem in CASES:
        level = group_level(problem)
        means, spread = random_factors(level, np.random.default_rng(7))
        vectors = class_vectors(level, means, spread)
        rows = Objective.floats(level).similarities(means, spread)
        for g, group in enumerate(level.members):
            assert rows[g, -1] == pytest.approx(vectors[group[0]] @ vectors[group[0]])
            for h, other in enumerate(level.members):
                if g != h or len(group) > 1:
                    assert rows[g, h] == pytest.approx(vectors[group[0]] @ vectors[other[-1]])


def test_a_tiny_temperature_neither_overflows_nor_loses_the_gradient():
    objective = Objective.floats(class_level(Problem(supcon, Classes((3, 2)), temperature="1/2000", constraint=Sphere())))
    rows = np.array([[0.0, 0.9, 1.0], [0.9, 0.0, 1.0]])
    value, gradient = objective.value_and_gradient(rows)
    assert np.isfinite(value)
    # the other class has n_c' anchors of coefficient n_c' against n_c - 1 of the own class, at the distance 0.1
    assert gradient[0, 1] == pytest.approx(3 * 2000 * 2 / 2 * math.exp(-200), rel=1e-9)
    assert gradient[1, 0] == pytest.approx(2 * 2000 * 3 / 1 * math.exp(-200), rel=1e-9)
