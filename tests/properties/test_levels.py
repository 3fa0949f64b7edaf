"""The three levels agree in value and in derivatives where embeddings are collapsed and groups are symmetric."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import Rejected
from scverify.model.classes import Classes
from scverify.model.level import group_level, sample_level
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import ClassTable, Loss, decoupled, supcon, supcon_row
from tests.properties.problems import assert_close, norms, rationals, seeds, temperatures
from tests.search.levels import class_level


def grouped_table(groups, seed):
    """Coefficients that depend on the group of a class alone, with enough attraction for the reduction."""
    generator, count = np.random.default_rng(seed), max(groups) + 1
    (weight,), c_rows, q_rows = (rationals(generator, (rows, count), least) for rows, least in ((1, 0), (count, 1), (count, 0)))
    k = range(len(groups))
    expanded = (
        tuple(weight[g] for g in groups),
        tuple(tuple(c_rows[groups[i]][groups[j]] for j in k) for i in k),
        tuple(tuple(1 + q_rows[groups[i]][groups[i]] if i == j else q_rows[groups[i]][groups[j]] for j in k) for i in k),
    )
    return Loss("grouped table", supcon_row, ClassTable(*expanded))


@st.composite
def symmetric_problems(draw):
    """Problems with interchangeable classes."""
    groups = draw(st.lists(st.integers(0, 2), min_size=2, max_size=6).map(sorted))
    sizes_of_groups = [draw(st.integers(2, 4)) for _ in range(3)]
    loss = draw(st.sampled_from([supcon, decoupled, None])) or grouped_table([sorted(set(groups)).index(g) for g in groups], draw(seeds))
    sizes = Classes(sizes_of_groups[g] for g in groups)
    return Problem(loss, sizes, temperature=draw(temperatures), constraint=draw(norms), reduction=draw(st.sampled_from(["sum", "mean"])))


def value_and_gradient(level, means):
    """Loss and gradient by the means (u, r) of a level in which every node stands alone."""
    objective = Objective.floats(level)
    value, slopes = objective.value_and_gradient(objective.similarities(means, np.zeros(level.nodes)))
    return value, objective.pull_back(slopes, means)[0]


@given(symmetric_problems(), seeds)
def test_samples_and_classes(problem, seed):
    means, labels = np.random.default_rng(seed).standard_normal((problem.classes.k, 3)), problem.classes.labels
    value, gradient = value_and_gradient(class_level(problem), means)
    by_samples, by_sample_gradient = value_and_gradient(sample_level(problem), means[labels])
    assert_close(by_samples, value)
    assert_close(np.array([by_sample_gradient[labels == c].sum(axis=0) for c in range(problem.classes.k)]), gradient)


@given(symmetric_problems(), seeds)
def test_classes_and_groups(problem, seed):
    """A group's classes are its mean plus the vertices of a simplex; the gradient by the mean is the sum of those by its classes."""
    groups, generator = group_level(problem), np.random.default_rng(seed)
    means = generator.standard_normal((groups.nodes, 2))
    spread = np.array([generator.random() if m > 1 else 0.0 for m in groups.multiplicity])
    private = [np.sqrt(spread[g] * m / max(1, m - 1)) * (np.eye(m) - 1 / m) for g, m in enumerate(groups.multiplicity)]
    offsets = np.concatenate([[0], np.cumsum(groups.multiplicity)])
    vectors = np.zeros((problem.classes.k, 2 + offsets[-1]))
    for g, group in enumerate(groups.members):
        vectors[list(group), :2] = means[g]
        vectors[list(group), 2 + offsets[g] : 2 + offsets[g + 1]] = private[g]
    objective = Objective.floats(groups)
    value, slopes = objective.value_and_gradient(objective.similarities(means, spread))
    by_means, by_spread = objective.pull_back(slopes, means)
    by_classes, gradient = value_and_gradient(class_level(problem), vectors)
    assert_close(by_classes, value)
    assert_close(np.array([gradient[list(group), :2].sum(axis=0) for group in groups.members]), by_means)
    for g, group in enumerate(groups.members):
        if spread[g]:
            own = slice(2 + offsets[g], 2 + offsets[g + 1])
            assert_close((gradient[list(group), own] * private[g]).sum() / (2 * spread[g]), by_spread[g], 1e-10)


@given(symmetric_problems(), seeds)
def test_raising_within_class_similarity_never_raises_the_loss(problem, seed):
    """R3, which the reduction claims: at any Gram matrix, moving within-class entries towards the diagonal does not raise a row."""
    try:
        class_level(problem)
    except Rejected:
        return
    generator, n, labels = np.random.default_rng(seed), problem.classes.n, problem.classes.labels
    points = generator.standard_normal((n, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    objective = Objective.floats(sample_level(problem))
    rows = objective.similarities(points, np.zeros(n))
    raised = rows.copy()
    same = labels[:, None] == labels
    # all within-class entries of a row to their common largest value, the diagonal
    raised[:, :-1][same & ~np.eye(n, dtype=bool)] = 1.0
    averaged = rows.copy()
    for i in range(n):
        others = np.flatnonzero(same[i] & (np.arange(n) != i))
        averaged[i, others] = rows[i, others].mean()
    slack = 1e-12 * abs(objective.value(rows))
    assert objective.value(raised) <= objective.value(averaged) + slack
