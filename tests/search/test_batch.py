"""The objective in the embeddings, one point or many at once."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import soft_supcon, spectral, supcon, supcon_in, two_tower
from tests.oracles.tables import disjoint_batches

CASES = [
    Problem(supcon, Classes((4, 1, 3, 2)), temperature="1/3", singletons="ignore", constraint=Ridge(1)),
    Problem(supcon, Classes((4, 3, 2)), temperature="1/3", reduction="mean"),
    Problem(supcon_in, Classes((4, 3, 2)), temperature="1/3"),
    Problem(soft_supcon([["1/2", "1/8"], ["1/8", "1/2"]]), Classes((3, 2))),
    Problem(spectral, Classes((3, 2))),
    Problem(disjoint_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)]), Classes((4, 4)), temperature="1/2"),
    Problem(two_tower(3), Classes((2, 2, 2)), temperature="1/2"),
]


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_it_agrees_with_the_objective_of_the_sample_level(problem):
    n, generator = problem.classes.n, np.random.default_rng(0)
    embeddings, change = generator.standard_normal((2, 3, n))
    batch, level = Batch.of(problem), Objective.floats(sample_level(problem))
    value, gradient = level.value_and_gradient(level.similarities(embeddings.T, np.zeros(n)))
    found, slopes = batch.value_and_gradient(embeddings)
    assert found == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(slopes, level.pull_back(gradient, embeddings.T)[0].T, atol=1e-12)
    product = level.factor_product(embeddings.T, np.zeros(n), change.T, np.zeros(n), gradient)[0].T
    np.testing.assert_allclose(batch.hessian_product(embeddings, change), product, atol=1e-11)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_gradient_and_hessian_products_agree_with_finite_differences(problem):
    embeddings, change = np.random.default_rng(1).standard_normal((2, 3, problem.classes.n))
    batch, h = Batch.of(problem), 1e-5
    above, below = (batch.value_and_gradient(embeddings + sign * h * change) for sign in (1, -1))
    slope = (batch.value_and_gradient(embeddings)[1] * change).sum()
    assert slope == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-7, abs=1e-7)
    np.testing.assert_allclose(batch.hessian_product(embeddings, change), (above[1] - below[1]) / (2 * h), atol=1e-6)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_points_together_give_what_each_gives_alone(problem):
    points, changes = np.random.default_rng(2).standard_normal((2, 4, 3, problem.classes.n))
    batch = Batch.of(problem)
    values, gradients = batch.value_and_gradient(points)
    products, rows = batch.hessian_product(points, changes), batch.parts[0].hessians(points)
    for number, (point, change) in enumerate(zip(points, changes, strict=True)):
        value, gradient = batch.value_and_gradient(point)
        assert values[number] == pytest.approx(value, rel=1e-14)
        np.testing.assert_allclose(gradients[number], gradient, atol=1e-13)
        np.testing.assert_allclose(products[number], batch.hessian_product(point, change), atol=1e-13)
        np.testing.assert_allclose(rows[number], batch.parts[0].hessians(points[number : number + 1])[0], atol=1e-13)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_the_hessians_of_the_rows_give_the_change_of_the_slopes(problem):
    points, changes = np.random.default_rng(3).standard_normal((2, 2, 3, problem.classes.n))
    batch = Batch.of(problem)
    half = changes.swapaxes(1, 2) @ points
    gram_change = half + half.swapaxes(1, 2)
    rows, part = np.zeros_like(gram_change), batch.parts[0]
    rows[:, part.anchors] = np.einsum("siab,sib->sia", part.hessians(points), gram_change[:, part.anchors])
    np.testing.assert_allclose(batch.slopes_change(points, gram_change), rows + rows.swapaxes(1, 2), atol=1e-11)


def test_a_call_leaves_the_embeddings_and_an_earlier_answer_alone():
    batch = Batch.of(CASES[1])
    first, second = np.random.default_rng(8).standard_normal((2, 3, CASES[1].classes.n))
    kept = first.copy()
    _, gradient = batch.value_and_gradient(first)
    earlier = gradient.copy()
    batch.value_and_gradient(second)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(gradient, earlier)


def test_it_agrees_with_the_loss_written_out_entry_by_entry():
    given = Problem(supcon_in, Classes((3, 2)), 2, "1/2", Ridge("1/3"), reduction="mean")
    entrywise, batch = Entrywise(given), Batch.of(given)
    points, changes = np.random.default_rng(0).normal(size=(2, 3, 2, 5))
    values, gradients = batch.value_and_gradient(points)
    products = batch.hessian_product(points, changes)
    for h, u, value, gradient, product in zip(points, changes, values, gradients, products, strict=True):
        assert value == pytest.approx(entrywise.value(h) + (h**2).sum() / 6)
        np.testing.assert_allclose(gradient, entrywise.gradient(h) + h / 3, rtol=1e-12)
        np.testing.assert_allclose(product.ravel(), entrywise.hessian(h) @ u.ravel() + u.ravel() / 3, rtol=1e-11, atol=1e-12)
