"""Pictures of critical points: what they show is what was found, and a file is written whole or not at all."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import scverify as sv
from scverify.certify.points import critical_points
from scverify.errors import InputError
from scverify.report.plots import MOST_POINTS, check_plot_file, critical_points_figure, save_plot


@pytest.fixture(scope="module")
def found():
    return critical_points(sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=2, temperature="1/2"), starts=8)


@pytest.mark.parametrize(("name", "reason"), [("points.txt", ".png"), ("points", ".png"), ("no/such/points.png", "directory")])
def test_a_file_that_cannot_be_a_picture_is_refused(tmp_path, name, reason):
    check_plot_file(tmp_path / "points.svg")
    with pytest.raises(InputError, match=reason):
        check_plot_file(tmp_path / name)


def test_a_picture_that_fails_leaves_the_earlier_file(found, tmp_path, monkeypatch):
    file = tmp_path / "points.svg"
    save_plot(found, file)
    before = file.read_bytes()
    assert b"<svg" in before

    def broken(self, path):
        raise OSError("no space left")

    monkeypatch.setattr(Figure, "savefig", broken)
    with pytest.raises(OSError, match="no space"):
        save_plot(found, file)
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]


def test_gram_matrices_and_values_are_those_that_were_found(found):
    axes = critical_points_figure(found).axes
    shown = [each.images[0].get_array() for each in axes if each.get_title() == "Gram matrix"]
    assert len(shown) == min(len(found), MOST_POINTS)
    for image, point in zip(shown, found, strict=False):
        assert np.allclose(image, point.embeddings.T @ point.embeddings)
    [values] = [each for each in axes if each.get_title() == "value against inertia"]
    drawn = [[*at] for mark in values.collections for at in mark.get_offsets().tolist()]
    assert sorted(drawn) == sorted([p.inertia[0], float(p.lower)] for p in found if p.inertia is not None)
    assert [mark.get_label().split(" (")[0] for mark in values.collections] == sorted({p.kind for p in found})


def test_only_the_first_points_get_a_column_and_high_dimensions_their_gram_matrix_alone(found):
    wide = replace(found.points[0], embeddings=np.vstack([found.points[0].embeddings, np.zeros((2, 4))]))
    figure = critical_points_figure(replace(found, points=(wide,) * (MOST_POINTS + 1)))
    axes = figure.axes
    assert [each.get_title() for each in axes if each.images] == [f"{wide.kind}\n{float(wide.lower):.6g}"] * MOST_POINTS
    assert f"the lowest {MOST_POINTS} of {MOST_POINTS + 1} orbits" in figure.get_suptitle()
    [values] = [each for each in axes if each.get_title() == "value against inertia"]
    assert len(values.collections[0].get_offsets()) == MOST_POINTS + 1


def test_one_legend_names_the_classes_and_hides_no_point(found):
    figure = critical_points_figure(found)
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["class 0", "class 1"]
    panels = [axes for axes in figure.axes if axes.get_title() not in ("Gram matrix", "value against inertia", "")]
    assert panels and all(axes.get_legend() is None for axes in panels)


def test_a_gram_matrix_is_brighter_where_it_is_larger(found):
    [image, *_] = [axes.images[0] for axes in critical_points_figure(found).axes if axes.images]
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b, _ in image.cmap(np.linspace(0, 1, 50))]
    assert grey == sorted(grey)


def test_a_picture_may_be_read_by_others(found, tmp_path):
    save_plot(found, tmp_path / "points.png")
    (tmp_path / "usual").touch()
    assert (tmp_path / "points.png").stat().st_mode == (tmp_path / "usual").stat().st_mode
