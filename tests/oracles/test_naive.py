"""The package's supervised contrastive loss against plain loops over its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.losses import supcon
from tests.oracles import naive
from tests.oracles.reduction import class_level, sample_level

sizes = st.lists(st.integers(1, 5), min_size=2, max_size=4).filter(lambda sizes: max(sizes) > 1)
temperatures = st.fractions("1/30", 3, max_denominator=30)


@given(sizes, temperatures, st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_value_and_gradient(sizes, tau, dim, seed):
    problem = Problem(supcon, Classes(sizes), dim, tau, singletons="ignore")
    labels, embeddings = problem.classes.labels, np.random.default_rng(seed).standard_normal((dim, sum(sizes)))
    value, gradient = naive.loss(embeddings, labels, float(tau)), naive.gradient(embeddings, labels, float(tau))
    objective = Objective.floats(sample_level(problem))
    level_value, slopes = objective.value_and_gradient(objective.similarities(embeddings.T, np.zeros(sum(sizes))))
    batch_value, batch_gradient = Batch.of(problem).value_and_gradient(embeddings)
    scale = max(1.0, np.abs(gradient).max(), abs(value))
    for found in (level_value, batch_value):
        assert abs(found - value) < 1e-12 * scale
    for found in (objective.pull_back(slopes, embeddings.T)[0].T, batch_gradient):
        assert np.abs(found - gradient).max() < 1e-12 * scale


@given(sizes, temperatures, st.integers(0, 2**32 - 1))
def test_the_class_level_is_the_loss_of_collapsed_embeddings(sizes, tau, seed):
    problem = Problem(supcon, Classes(sizes), temperature=tau, singletons="ignore", reduction="mean")
    means = np.random.default_rng(seed).standard_normal((3, len(sizes)))
    objective, labels = Objective.floats(class_level(problem)), problem.classes.labels
    found = objective.value(objective.similarities(means.T, np.zeros(len(sizes))))
    wanted = naive.loss(means[:, labels], labels, float(tau)) / len(naive.anchors_of(labels))
    assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_the_naive_loop_by_hand():
    # two classes of two at +-1 on a line: each anchor has one positive at similarity 1 and two negatives at -1
    embeddings, labels = np.array([[1.0, 1, -1, -1]]), np.array([0, 0, 1, 1])
    assert naive.loss(embeddings, labels, 0.5) == pytest.approx(4 * np.log(1 + 2 * np.exp(-4)), rel=1e-14)
    # a lone sample is a negative and no anchor
    assert naive.loss(embeddings[:, :3], labels[:3], 0.5) == pytest.approx(2 * np.log(1 + np.exp(-4)), rel=1e-14)
    assert naive.anchors_of(labels[:3]) == [0, 1]
