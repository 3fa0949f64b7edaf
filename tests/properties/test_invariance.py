"""What does not change the loss: rotations and reflections of the embeddings (T2), the order of samples, and the names of classes."""

import numpy as np
from hypothesis import given

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from tests.properties.problems import NAMED, assert_close, embeddings, orthogonal, problems, seeds


@given(problems(), seeds)
def test_rotations_and_reflections(problem, seed):
    point, change = embeddings(problem, seed, 2)
    turn = orthogonal(problem.dim, np.random.default_rng(seed))
    objective = Batch.of(problem)
    value, gradient = objective.value_and_gradient(point)
    turned_value, turned_gradient = objective.value_and_gradient(turn @ point)
    assert_close(turned_value, value)
    assert_close(turned_gradient, turn @ gradient)
    assert_close(objective.hessian_product(turn @ point, turn @ change), turn @ objective.hessian_product(point, change))


@given(problems(losses=(*NAMED, "class table")), seeds)
def test_samples_of_a_class_in_any_order(problem, seed):
    (point,), generator, labels = embeddings(problem, seed), np.random.default_rng(seed), problem.classes.labels
    order = np.concatenate([generator.permutation(np.flatnonzero(labels == c)) for c in range(problem.classes.k)])
    objective = Batch.of(problem)
    value, gradient = objective.value_and_gradient(point)
    moved_value, moved_gradient = objective.value_and_gradient(point[:, order])
    assert_close(moved_value, value)
    assert_close(moved_gradient, gradient[:, order])


@given(problems(losses=tuple(NAMED)), seeds)
def test_classes_in_any_order(problem, seed):
    (point,), turn = embeddings(problem, seed), np.random.default_rng(seed).permutation(problem.classes.k)
    labels, sizes = problem.classes.labels, np.array(problem.classes.sizes)
    order = np.concatenate([np.flatnonzero(labels == c) for c in turn])
    renamed = Problem(
        problem.loss, Classes(sizes[turn]), problem.dim, problem.temperature, problem.constraint, problem.reduction, problem.singletons
    )
    value, gradient = Batch.of(problem).value_and_gradient(point)
    moved_value, moved_gradient = Batch.of(renamed).value_and_gradient(point[:, order])
    assert_close(moved_value, value)
    assert_close(moved_gradient, gradient[:, order])
