"""Pictures of an optimum on units: the Gram matrix kind by kind, and its nodes on their sphere."""

import numpy as np
import pytest

import scverify as sv
from scverify.report.unit_plot import unit_figure


def drawn(loss, *problem):
    return unit_figure(sv.unit_optimum(sv.UnitProblem(loss, *problem)))


def test_pairs_are_drawn_kind_by_kind():
    heat = drawn(sv.losses.clip(pairs=3), 1).axes[0]
    simplex = np.full((3, 3), -0.5) + 1.5 * np.eye(3)
    assert np.allclose(heat.images[0].get_array(), np.tile(simplex, (2, 2)), atol=1e-9)
    assert [label.get_text() for label in heat.get_xticklabels()] == ["image", "text"]
    assert [line.get_xdata()[0] for line in heat.lines if line.get_xdata()[0] == line.get_xdata()[1]] == [2.5]


def test_nodes_lie_where_their_inner_products_are_those_of_the_matrix():
    figure = drawn(sv.losses.cross_entropy((20, 20, 4, 4)), 1, sv.Ridge("201/100"))
    [nodes] = [axes for axes in figure.axes if axes.get_title() == "nodes, a colour for each unit"]
    points = np.concatenate([np.asarray(mark.get_offsets()) for mark in nodes.collections])
    assert np.allclose(points @ points.T, figure.axes[0].images[0].get_array(), atol=1e-6)
    assert [text.get_text() for text in nodes.get_legend().get_texts()] == ["weight", "feature"]


@pytest.mark.parametrize(("pairs", "title"), [(20, "Gram matrix of 40 nodes"), (4096, "Gram matrix of 8 of 8192 nodes")])
def test_many_units_are_drawn_by_a_few_and_in_no_space(pairs, title):
    [heat] = [axes for axes in drawn(sv.losses.clip(pairs=pairs), "1/2").axes if axes.images]
    assert heat.get_title() == title


def test_nodes_that_are_stated_one_by_one():
    heat = drawn(sv.losses.mini_batches([[0, 1, 2], [1, 2, 3]], 4), 1).axes[0]
    assert heat.images[0].get_array().shape == (8, 8) and np.allclose(np.diag(heat.images[0].get_array()), 1)
    assert [label.get_text() for label in heat.get_yticklabels()] == ["image", "text"]
