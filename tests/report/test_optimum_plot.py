"""Pictures of an optimum: the Gram matrix that was found, borders between classes, means on their sphere."""

import numpy as np
import pytest

import scverify as sv
from scverify.report.optimum_plot import optimum_figure


@pytest.fixture(scope="module")
def found():
    return sv.optimum(sv.Problem(sv.supcon, (7, 3, 3, 2), temperature="37/100"))


def test_the_heat_map_is_the_gram_matrix_with_a_border_between_classes(found):
    gram = optimum_figure(found).axes[0]
    assert np.allclose(gram.images[0].get_array(), found.gram)
    assert sorted({line.get_xdata()[0] for line in gram.lines if line.get_xdata()[0] == line.get_xdata()[1]}) == [0.5, 1.5, 2.5]


def test_the_means_have_the_inner_products_of_the_gram_matrix(found):
    [means] = [axes for axes in optimum_figure(found).axes if axes.get_title() == "class means"]
    points = np.array([np.array(mark._offsets3d)[:, 0] for mark in means.collections])
    assert np.allclose(points @ points.T, found.gram, atol=1e-6)
    assert [text.get_text() for text in means.get_legend().get_texts()] == ["class 0 (7)", "class 1 (3)", "class 2 (3)", "class 3 (2)"]


def test_a_rank_above_3_has_no_means_and_many_classes_no_borders():
    many = sv.optimum(sv.Problem(sv.supcon, sv.Classes.balanced(k=70, size=2), temperature=1))
    figure = optimum_figure(many)
    assert [axes.get_title() for axes in figure.axes if axes.images] == ["Gram matrix of 70 classes"]
    assert len(figure.axes[0].lines) == 0
