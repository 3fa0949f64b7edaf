"""0 under a ridge: the form of slopes against a gradient by differences."""

import numpy as np
import pytest
from flint import fmpq

from scverify import Classes, Problem, Ridge, Sphere, supcon
from scverify.kernel.certificate import Rejected
from scverify.kernel.thresholds.zero import check_optimal, slopes_at_zero
from scverify.model.data import problem_data
from scverify.model.level import group_level, sample_level


def loss_of(gram, sizes, tau):
    """Supervised contrast of class representatives, from its definition."""
    total = 0.0
    for c, n in enumerate(sizes):
        others = sum(size * np.exp((gram[c, d] - gram[c, c]) / tau) for d, size in enumerate(sizes) if d != c)
        total += n * np.log(n - 1 + others)
    return total


@pytest.mark.parametrize(("sizes", "tau"), [((5, 3, 2), 0.5), ((4, 4, 2, 2), 0.25)])
def test_the_form_is_the_gradient_at_zero(sizes, tau):
    problem = Problem(supcon, Classes(sizes), temperature=str(tau), constraint=Ridge("3/2"))
    level = group_level(problem)
    spread, sums = slopes_at_zero(level)
    z = np.array([1.0, -0.5, 2.0, 0.25][: level.nodes])
    lifted = np.empty(len(sizes))
    for value, group in zip(z, level.members, strict=True):
        lifted[list(group)] = value
    zeros, step = np.zeros((len(sizes),) * 2), 1e-6
    slope = (loss_of(step * np.outer(lifted, lifted), sizes, tau) - loss_of(zeros, sizes, tau)) / step
    slope += 0.75 * (np.array(sizes) * lifted**2).sum()
    form = sum(float(x) * a * b for a, row in zip(z, sums, strict=True) for b, x in zip(z, row, strict=True))
    assert form == pytest.approx(slope, rel=1e-4)
    for value, group in zip(spread, level.members, strict=True):
        if len(group) > 1:
            apart = np.zeros(len(sizes))
            apart[group[0]], apart[group[1]] = 1, -1
            slope = (loss_of(step * np.outer(apart, apart), sizes, tau) - loss_of(zeros, sizes, tau)) / step
            assert 2 * float(value) == pytest.approx(slope + 0.75 * sizes[group[0]] * 2, rel=1e-4)


def test_a_class_of_one_sample_that_is_no_anchor_has_no_slope_of_its_own():
    problem = Problem(supcon, Classes((3, 1)), temperature="1/2", constraint=Ridge("3/2"), singletons="ignore")
    _, sums = slopes_at_zero(group_level(problem))
    assert sums[1][1] == fmpq(3, 4) and sums[0][1] > 0


def test_a_row_without_a_log_sum_exp_is_refused():
    with pytest.raises(Rejected, match="log-sum-exp"):
        slopes_at_zero(sample_level(Problem("spectral", (3, 2), constraint=Ridge("3/2"))))


def test_only_a_ridge_is_asked():
    data = {"type": "", "problem": problem_data(Problem(supcon, Classes((2, 2)), constraint=Sphere()))}
    with pytest.raises(Rejected, match="under a ridge"):
        check_optimal(data, {"level": "groups", "groups": [[0, 1]]})


def test_an_endless_elimination_is_refused(monkeypatch):
    monkeypatch.setattr("scverify.kernel.thresholds.zero._MOST_NODES", 1)
    data = {"type": "", "problem": problem_data(Problem(supcon, Classes((3, 2)), constraint=Ridge(9)))}
    with pytest.raises(Rejected, match="more than 1 nodes"):
        check_optimal(data, {"level": "groups", "groups": [[0], [1]]})
