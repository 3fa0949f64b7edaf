"""Pictures with a threshold: the certified dots change sides where the formula says."""

from math import exp, log
from types import SimpleNamespace

import numpy as np
import pytest

from scverify.report.threshold_plots import (
    cross_entropy_merging,
    limit_ratio,
    one_majority,
    sigmoid_minima,
    smoothing_gap,
    step_limit,
    zero_under_ridge,
)

NOTHING = SimpleNamespace(certificates={})


def dots(axes):
    """The points of the marks, filled and hollow."""
    return [marks.get_offsets() for marks in axes.collections]


def line(axes, word):
    [found] = [each.get_xdata()[0] for each in axes.lines if word in str(each.get_label())]
    return found


def test_minorities_coincide_from_the_threshold_on():
    [picture] = one_majority(NOTHING)
    merged, apart = dots(picture.figure.axes[0])
    edge = line(picture.figure.axes[0], "by the theorem")
    assert apart[:, 0].max() == 49 < edge < 50 == merged[:, 0].min()
    assert np.allclose(merged[:, 1], 1) and apart[:, 1].max() < 1


def test_the_optimum_is_that_of_zero_from_the_threshold_on():
    [picture] = zero_under_ridge(NOTHING)
    zero, below = dots(picture.figure.axes[0])
    assert np.allclose(zero[:, 1], 0, atol=1e-12) and below[:, 1].min() > 1e-6


def test_the_limit_ratio_is_one_at_the_certified_root():
    assert limit_ratio(3, 1 / 0.20505036059) == pytest.approx(1, abs=1e-9)
    assert limit_ratio(2, 2) == pytest.approx((1 + exp(-2)) ** 4 / (8 * (1 + exp(-4)) * exp(-2)))
    claims = [
        {"type": "UniqueMinimizer", "rank": rank, "problem": {"sizes": [9, 9, 9, 2, 2, 2], "tau": tau}}
        for tau, rank in (("1/5", 3), ("21/100", 5))
    ]
    [picture] = step_limit(SimpleNamespace(certificates={str(i): {"claim": claim} for i, claim in enumerate(claims)}))
    merged, apart = dots(picture.figure.axes[0])
    assert merged[:, 0].tolist() == [0.2] and apart[:, 0].tolist() == [0.21]


def test_both_closed_forms_of_the_sigmoid_loss_are_drawn():
    claim = {"type": "UnitOptimum", "upper": "14", "problem": {"tau": "5"}}
    [picture] = sigmoid_minima(SimpleNamespace(certificates={"a": {"claim": claim}}))
    axes = picture.figure.axes[0]
    assert line(axes, "simplex is optimal") == pytest.approx(4 / 5 * log(2))
    [at] = [each for each in axes.lines if each.get_label() == "certified minimum"]
    assert (float(at.get_xdata()[0]), at.get_ydata()[0]) == (0.2, 14)


def test_slow_pictures_have_their_thresholds(monkeypatch):
    """Their optima are stood in for: what is drawn is where a side is said to begin."""
    own, others = np.array([[0.0], [0.0], [0.0], [0.0], [2.0], [0.0]]), np.zeros((6, 6))
    monkeypatch.setattr("scverify.report.threshold_plots.unit_optimum", lambda problem: SimpleNamespace(own=own, others=others, upper=1))
    coincide, apart = dots(cross_entropy_merging(NOTHING)[0].figure.axes[0])
    assert apart[:, 0].max() < 2 < coincide[:, 0].min() and np.allclose(apart[:, 1], 2)
    optimal, beaten = dots(smoothing_gap(NOTHING)[0].figure.axes[0])
    assert optimal[:, 0].max() == 2.2 and beaten[:, 0].min() == 2.3
