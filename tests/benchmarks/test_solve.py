"""Whole certified solves against peers in the same run: theirs are floats, ours are proved."""

import pytest

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from tests.benchmarks.peers import conic, conjugate_gradient
from tests.benchmarks.problems import growing, problem, warm
from tests.benchmarks.timing import THOROUGH, best_of_each, exponent, timed

thorough = pytest.mark.skipif(not THOROUGH, reason="takes minutes: set SCVERIFY_PROFILE=thorough")


def measured(benchmark, task):
    """The optimum of a problem, recorded by pytest-benchmark, and the best of a few seconds."""
    warm()
    found = benchmark.pedantic(optimum, (task,), rounds=1)
    return found, best_of_each(lambda: optimum(task), rounds=2)[0]


# guards with slack for a busy machine; docs/performance.md tells the bars and what was measured
@pytest.mark.parametrize(("k", "factor"), [(10, 0.5), (20, 1), (50, 5), pytest.param(100, 80, marks=thorough)])
def test_against_a_conic_solver(benchmark, k, factor):
    task = problem(Classes.long_tailed(k, 500, 100))
    found, ours = measured(benchmark, task)
    conic((3, 2), 0.5)  # their imports are not measured either
    theirs, (value, status) = timed(conic, task.classes.sizes, float(task.temperature))
    benchmark.extra_info |= {"peer": "CVXPY + Clarabel", "seconds": theirs, "ratio": theirs / ours, "status": status}
    assert theirs > factor * ours
    assert value is None or value >= float(found.lower) * (1 - 1e-5)


@thorough
def test_against_conjugate_gradient(benchmark):
    pytest.importorskip("pymanopt", reason="pymanopt is not installed; install the extra: pip install '.[benchmarks]'")
    task = problem(Classes.named("imagenet-lt"))
    found, ours = measured(benchmark, task)
    theirs, value = timed(conjugate_gradient, task.classes.sizes, float(task.temperature), seconds=20 * ours)
    benchmark.extra_info |= {"peer": "pymanopt conjugate gradient", "seconds": theirs, "ratio": theirs / ours}
    assert theirs > 5 * ours
    assert value >= float(found.lower) * (1 - 1e-12)


@pytest.mark.parametrize("level", ["groups", "classes"])
def test_growth(benchmark, level):
    counts = (10, 30, 100, 300, 1000) if THOROUGH else (10, 30, 100)
    warm()
    benchmark.pedantic(optimum, (growing(counts[0], level),), rounds=1)
    seconds = [best_of_each(lambda k=k: optimum(growing(k, level)), rounds=1)[0] for k in counts]
    power = exponent(counts, seconds)
    benchmark.extra_info |= {"k": counts, "seconds": seconds, "exponent": power}
    # u^3 ball operations at most
    assert power < 3


@pytest.mark.parametrize("sizes", [(7, 3, 3, 2, 2), Classes.named("cifar10-lt").sizes, Classes.named("cifar100-lt").sizes], ids=len)
def test_verifying_is_not_slower_than_making(benchmark, sizes):
    task = problem(sizes)
    found, ours = measured(benchmark, task)
    texts = [canonical(certificate) for certificate in found.certificates.values()]
    checked, words = timed(lambda: [verify_text(text).word for text in texts])
    benchmark.extra_info |= {"verify": checked, "ratio": checked / ours}
    assert set(words) == {"VERIFIED"}
    assert checked < ours
