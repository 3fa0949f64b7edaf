"""The fast objective in the embeddings of all samples."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.search import samples
from scverify.search.objective import Objective
from scverify.search.samples import SampleObjective
from scverify.symbolic.losses import mini_batches, soft_supcon, spectral, supcon, supcon_in, two_tower

CASES = [
    Problem(supcon, Classes((4, 1, 3, 2)), temperature="1/3", singletons="ignore", constraint=Ridge(1)),
    Problem(supcon, Classes((4, 3, 2)), temperature="1/3", reduction="mean"),
    Problem(supcon_in, Classes((4, 3, 2)), temperature="1/3"),
    Problem(soft_supcon([["1/2", "1/8"], ["1/8", "1/2"]]), Classes((3, 2))),
    Problem(spectral, Classes((3, 2))),
    Problem(mini_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)]), Classes((4, 4)), temperature="1/2"),
    Problem(two_tower(3), Classes((2, 2, 2)), temperature="1/2"),
]


def in_one_array(embeddings, labels, tau):
    """SupCon and its gradient with n x n arrays, written from the definition."""
    gram = embeddings.T @ embeddings / tau
    same = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    np.fill_diagonal(gram, -np.inf)
    top = gram.max(axis=1, keepdims=True)
    p = np.exp(gram - top)
    total = p.sum(axis=1, keepdims=True)
    np.fill_diagonal(gram, 0)
    q = same / same.sum(axis=1, keepdims=True)
    slopes = (p / total - q) / tau
    return float((np.log(total) + top).sum() - (q * gram).sum()), embeddings @ (slopes + slopes.T)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_it_agrees_with_the_objective_of_the_sample_level(problem):
    n, generator = problem.classes.n, np.random.default_rng(0)
    embeddings, change = generator.standard_normal((2, 3, n))
    fast, level = SampleObjective.of(problem), Objective.floats(sample_level(problem))
    value, gradient = level.value_and_gradient(level.similarities(embeddings.T, np.zeros(n)))
    assert fast.value(embeddings) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(fast.value_and_gradient(embeddings)[1], level.pull_back(gradient, embeddings.T)[0].T, atol=1e-12)
    product = level.factor_product(embeddings.T, np.zeros(n), change.T, np.zeros(n), gradient)[0].T
    np.testing.assert_allclose(fast.hessian_product(embeddings, change), product, atol=1e-11)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_gradient_and_hessian_products_agree_with_finite_differences(problem):
    embeddings, change = np.random.default_rng(1).standard_normal((2, 3, problem.classes.n))
    objective, h = SampleObjective.of(problem), 1e-5
    above, below = (objective.value_and_gradient(embeddings + sign * h * change) for sign in (1, -1))
    slope = (objective.value_and_gradient(embeddings)[1] * change).sum()
    assert slope == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-7, abs=1e-7)
    np.testing.assert_allclose(objective.hessian_product(embeddings, change), (above[1] - below[1]) / (2 * h), atol=1e-6)


def taken_ways(monkeypatch):
    """A list that fills with the ways, in pairs or one by one, that later calls take."""
    taken = []

    def noting(name, way):
        monkeypatch.setattr(SampleObjective, name, lambda self, *arguments: taken.append(name) or way(self, *arguments))

    for name in ("_in_pairs", "_one_by_one"):
        noting(name, getattr(SampleObjective, name))
    return taken


@pytest.mark.parametrize(("sizes", "paired"), [((900, 300, 200), True), ((1100, 300), True), ((400, 2, 2, 2), True), ((2100, 2), False)])
def test_many_blocks_agree_with_one_array(sizes, paired, monkeypatch):
    problem = Problem(supcon, Classes(sizes), temperature="1/10")
    objective, n = SampleObjective.of(problem), problem.classes.n
    embeddings = np.random.default_rng(2).standard_normal((4, n))
    embeddings /= np.linalg.norm(embeddings, axis=0)
    taken = taken_ways(monkeypatch)
    value, gradient = objective.value_and_gradient(embeddings)
    assert taken == ["_in_pairs" if paired else "_one_by_one"]
    expected_value, expected = in_one_array(embeddings, problem.classes.labels, 0.1)
    assert value == pytest.approx(expected_value, rel=1e-13)
    np.testing.assert_allclose(gradient, expected, atol=1e-11)


PAIRS = [
    Problem(supcon, Classes((9, 1, 5, 1, 4)), temperature="1/3", singletons="ignore"),
    Problem(supcon, Classes((9, 6, 5)), temperature="1/3", reduction="mean"),
    Problem(supcon_in, Classes((7, 2, 11)), temperature="1/3"),
    Problem(two_tower(10), Classes((2,) * 10), temperature="1/2"),
    Problem(mini_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)]), Classes((4, 4)), temperature="1/2"),
]


@pytest.mark.parametrize("problem", PAIRS, ids=str)
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 20])
def test_pairs_of_blocks_of_any_length_give_what_blocks_one_by_one_give(problem, rows, monkeypatch):
    n = problem.classes.n
    monkeypatch.setattr(samples, "_BLOCK_ENTRIES", rows * n)
    embeddings = np.random.default_rng(7).standard_normal((3, n))
    found, taken = [], taken_ways(monkeypatch)
    for length in (0, np.inf):
        monkeypatch.setattr(samples, "_PAIRED_LENGTH", length)
        objective = SampleObjective.of(problem)
        found.append(objective.value_and_gradient(embeddings))
    assert taken == ["_in_pairs" if 1 not in problem.classes.sizes else "_one_by_one", "_one_by_one"]
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-14)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12, atol=1e-13)


def test_a_call_changes_neither_the_embeddings_nor_the_tables_nor_an_earlier_answer():
    objective = SampleObjective.of(PAIRS[3])
    first, second = np.random.default_rng(8).standard_normal((2, 3, PAIRS[3].classes.n))
    kept, tables = first.copy(), [table.copy() for table in objective.table]
    _, gradient = objective.value_and_gradient(first)
    earlier = gradient.copy()
    objective.value_and_gradient(second)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(gradient, earlier)
    for table, before in zip(objective.table, tables, strict=True):
        np.testing.assert_array_equal(table, before)


def test_the_anchors_own_similarity_cannot_spoil_a_tiny_temperature():
    problem = Problem(supcon, Classes((3, 3)), temperature="1/2000")
    embeddings = 3 * np.random.default_rng(3).standard_normal((2, 6))
    value, gradient = SampleObjective.of(problem).value_and_gradient(embeddings)
    expected_value, expected = in_one_array(embeddings, problem.classes.labels, 1 / 2000)
    assert value == pytest.approx(expected_value, rel=1e-13)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-9)


def test_beyond_a_few_thousand_samples_no_array_of_samples_times_samples_is_kept():
    import tracemalloc

    problem = Problem(supcon, Classes.balanced(10, 300), temperature="1/10")
    objective, n = SampleObjective.of(problem), problem.classes.n
    embeddings = np.random.default_rng(4).standard_normal((8, n))
    tracemalloc.start()
    objective.value_and_gradient(embeddings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * 8 * n * n
