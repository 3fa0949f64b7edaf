"""Pictures that serve any statement: what they draw is certified, and both sides of a threshold are told apart."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import colormaps

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.report.statement_plots import (
    COLOURS,
    coverage,
    families,
    gaps,
    gram_maps,
    incidence,
    lemma_points,
    merging_ratio,
    optima,
    segment,
    shares,
    spread_out,
    way_to_optimum,
)
from scverify.symbolic.losses import supcon
from tests.soundness.branches import small_branch

PLANE = Problem(supcon, Classes((2, 2, 2)), dim=2, temperature="1/2")


def axes_of(pictures, place=0):
    [picture] = pictures
    return picture.figure.axes[place]


def line(axes, word):
    [found] = [each for each in axes.lines if word in str(each.get_label())]
    return np.asarray(found.get_xdata(), dtype=float), np.asarray(found.get_ydata(), dtype=float)


def test_matrices_show_their_numbers_where_there_are_few():
    axes = axes_of(optima([Problem(supcon, Classes((2, 2, 2)), temperature=1)], "three classes"))
    assert sorted(text.get_text() for text in axes.texts) == ["-0.50"] * 6 + ["1.00"] * 3
    assert len(axes_of(gram_maps([""], [np.eye(7)], "")).texts) == 0
    greys = colormaps[COLOURS](np.linspace(0, 1, 32))[:, :3] @ [0.3, 0.59, 0.11]
    assert np.all(np.diff(greys) > 0), "brighter where larger, also in grey"


def test_a_segment_lies_between_its_chord_and_its_tangent():
    axes = axes_of(segment(Problem(supcon, Classes((2, 2)), temperature=1)))
    (at, loss), (_, chord), (_, tangent) = (line(axes, word) for word in ("loss", "chord", "tangent"))
    assert np.all(loss <= np.interp(at, [0, 1], chord) + 1e-9) and np.all(loss >= tangent - 1e-9)


def test_ways_end_at_the_certified_optimum_and_stay_above_its_bound():
    for axes in (axes_of(way_to_optimum(PLANE)), axes_of(spread_out(PLANE, {"twice": lambda h: float(2 * len(h))}, ""))):
        bound = line(axes, "lower bound")[1][0]
        curves = [each.get_ydata() for each in axes.lines if len(each.get_ydata()) > 2]
        assert min(map(min, curves)) >= bound - 1e-9
    assert line(axes, "supcon")[1][30] == pytest.approx(bound, abs=1e-6), "the simplex has room in the plane"
    assert set(line(axes, "twice")[1]) == {4}


def test_each_answer_has_its_mark_and_what_is_open_is_hollow():
    axes = axes_of(coverage((2, 2), [2, 3], [Fraction(1)], lambda dim, tau: "proved" if dim > 2 else "nothing proved", ""))
    marks = {each.get_label(): (each.get_marker(), each.get_markerfacecolor(), each.get_xdata().tolist()) for each in axes.lines}
    assert marks["nothing proved"][1:] == ("white", [2]) and marks["proved"][2] == [3]
    assert marks["proved"][0] != marks["nothing proved"][0]


def test_a_family_is_drawn_up_to_its_proved_end():
    branch = small_branch(Fraction(1, 1000))
    axes = axes_of(families(SimpleNamespace(certificates={"a": branch.certificate, "b": {"claim": {"type": "Optimum"}}})))
    assert line(axes, "proved up to 0.001")[0][0] == pytest.approx(0.001)
    curves = [each for each in axes.lines if len(each.get_xdata()) > 2 and "proved" not in str(each.get_label())]
    assert max(each.get_xdata()[-1] for each in curves) == pytest.approx(0.001)
    assert len({round(each.get_ydata()[-1], 6) for each in curves}) > 2 and len(axes.texts) == len(curves)


def test_gaps_and_shares_are_told_apart_at_their_thresholds():
    axes = axes_of(gaps(["a", "b"], [-1e-12, 1e-4], "simplex", ""))
    assert [each.get_markerfacecolor() for each in axes.lines[:2]] == ["0.2", "white"]
    axes = axes_of(shares((4, 2)))
    attracted, others = (marks.get_offsets()[:, 0] for marks in axes.collections)
    assert max(others) < line(axes, "the theorem")[0][0] <= min(attracted)


def test_minorities_merge_from_the_ratio_on():
    axes = axes_of(merging_ratio((131, 132), 131.66))
    coincide, apart = (marks.get_offsets() for marks in axes.collections)
    assert (coincide[0, 0], apart[0, 0]) == (132, 131) and coincide[0, 1] == pytest.approx(1)


def test_no_point_is_below_the_pair_lemma_and_any_two_meet_once():
    granted, pull = line(axes_of(lemma_points()), "random points")
    assert len(pull) == 120 and np.all(pull >= granted - 1e-12)
    image = axes_of(incidence(((0, 1), (1, 2)), 3, "")).images[0].get_array()
    assert image.tolist() == [[0, 0, 1], [1, 0, 0]]
