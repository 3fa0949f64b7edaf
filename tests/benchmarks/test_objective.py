"""Value and gradient over all samples against what they cannot do without, and against eager PyTorch, on one thread."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from scverify.search.samples import SampleObjective
from tests.benchmarks.peers import autograd, products_and_exponentials
from tests.benchmarks.problems import embeddings
from tests.benchmarks.timing import THOROUGH, best_of_each

ROUNDS = 15 if THOROUGH else 5
# guards for a busy machine; docs/performance.md tells the bars, 1.7 and 0.7, and what was measured
AGAINST_BARE, AGAINST_TORCH = 3, 0.9


def test_against_its_own_products_and_exponentials(benchmark):
    problem, columns = embeddings()
    objective = SampleObjective.of(problem)
    with threadpool_limits(limits=1):
        benchmark.pedantic(objective.value_and_gradient, (columns,), rounds=1)
        ours, bare = best_of_each(lambda: objective.value_and_gradient(columns), lambda: products_and_exponentials(columns), rounds=ROUNDS)
    benchmark.extra_info |= {"peer": "its two products and n^2 exponentials", "seconds": bare, "ratio": ours / bare}
    assert ours < AGAINST_BARE * bare


def test_against_eager_pytorch(benchmark):
    pytest.importorskip("torch", reason="PyTorch is not installed; install the extra: pip install '.[oracles]'")
    problem, columns = embeddings()
    objective = SampleObjective.of(problem)
    peer = autograd(columns, problem.classes.labels, float(problem.temperature))
    value, gradient = peer()
    with threadpool_limits(limits=1):
        found, slopes = benchmark.pedantic(objective.value_and_gradient, (columns,), rounds=1)
        ours, theirs = best_of_each(lambda: objective.value_and_gradient(columns), peer, rounds=ROUNDS)
    assert found == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(slopes, gradient.numpy(), atol=1e-12 * np.abs(slopes).max())
    benchmark.extra_info |= {"peer": "PyTorch eager", "seconds": theirs, "ratio": ours / theirs}
    assert ours < AGAINST_TORCH * theirs
