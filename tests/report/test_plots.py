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
