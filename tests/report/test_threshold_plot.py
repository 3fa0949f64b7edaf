"""Pictures of thresholds: what is proved, where, and a quantity that tells the two answers apart."""

from dataclasses import replace

import numpy as np
import pytest

import scverify as sv
from scverify.certify.thresholds.bracket import bracket
from scverify.report import threshold_plot
from scverify.report.threshold_plot import bracket_figure, branches_figure
from tests.soundness.branches import folded


@pytest.fixture(scope="module")
def fold():
    return folded()[0]


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_branch_lies_above_the_optimum_and_ends_where_that_is_proved(fold):
    left, right = branches_figure(fold).axes
    curve, line = left.lines[:2]
    assert labels(left)[0] == "orbit 0: spurious minimum (fold)" and labels(left)[1].startswith("ceases between 0.1103")
    assert min(curve.get_ydata()) >= float(fold.followed[0].branch.excess)
    assert line.get_xdata()[0] == pytest.approx(0.110308, abs=1e-5)
    taus = right.lines[0].get_xdata()
    assert 0 < int(np.argmax(taus)) < len(taus) - 1


def test_that_none_was_found_is_said(fold):
    [axes] = branches_figure(replace(fold, followed=())).axes
    assert "proves nothing" in axes.texts[0].get_text() and not axes.lines


@pytest.mark.parametrize(
    ("problem", "kind", "over", "between", "said", "ends"),
    [
        (sv.Problem("supcon", (6, 6, 3, 3), temperature="1/2"), "merged", "ratio", (50, 200), "similarity of two small classes", (0.7, 1)),
        (sv.Problem("supcon", (3, 3), temperature=1), "zero", "ridge", (1, 9), "mean squared norm", (0.75, 0)),
        (sv.UnitProblem(sv.losses.siglip(pairs=5, bias=-2), 1), "simplex", "tau", ("1/9", 1), "similarity within a unit", (0.7, 1)),
    ],
)
def test_a_quantity_of_the_optimum_changes_at_the_bracket(problem, kind, over, between, said, ends, monkeypatch):
    monkeypatch.setattr(threshold_plot, "VALUES", 4)
    found = bracket(problem, kind, over, between, digits=3)
    [axes] = bracket_figure(found, problem).axes
    curve = axes.lines[0]
    assert labels(axes)[0].startswith(said) and labels(axes)[-1].startswith("between ")
    values = dict(zip(curve.get_xdata(), curve.get_ydata(), strict=True))
    assert sorted(values) == list(values)
    assert values[min(values)] == pytest.approx(ends[0], abs=0.1) and values[max(values)] == pytest.approx(ends[1], abs=1e-3)
    proved = [line for line in axes.lines if "(proved)" in str(line.get_label())]
    assert sum(len(line.get_xdata()) for line in proved) == len(found.decided) > 4


def test_a_range_of_a_bias_holds_zero_and_is_drawn(monkeypatch):
    monkeypatch.setattr(threshold_plot, "VALUES", 3)

    def pairs(bias):
        return sv.UnitProblem(sv.losses.siglip(pairs=5, bias=bias), "1/2")

    [axes] = bracket_figure(bracket(pairs, "simplex", "bias", (-3, 2), digits=1), pairs).axes
    assert axes.get_xscale() == "linear" and axes.get_xlabel() == "bias" and min(axes.lines[0].get_xdata()) == -3


def test_where_there_is_no_quantity_the_decided_values_stand_alone():
    problem = sv.Problem("supcon", (6, 6, 6, 3, 3, 3), temperature="1/2")
    [axes] = bracket_figure(bracket(problem, "merged in the limit", "tau", ("1/10", "1/2"), digits=3), problem).axes
    assert labels(axes)[0] == "apart at every ratio (proved)" and len(axes.get_yticks()) == 0
