"""The picture of a sweep."""

from pathlib import Path

import pytest

from scverify.errors import InputError
from scverify.report.phase_diagram import phase_diagram
from scverify.results.sweep import Sweep

WORDS = ["apart", "merged", "undecided", "apart"]


def a_sweep(words):
    rows = tuple({"sizes": [4 * (i + 1), 4], "tau": f"1/{i + 2}", "word": word} for i, word in enumerate(words))
    return Sweep(question="merged", rows=rows, asked=len(words), out=Path("swept"), interrupted=False, seconds=0.0)


def test_each_word_has_a_mark_with_its_points_and_undecided_ones_are_white():
    [axes] = phase_diagram(a_sweep(WORDS)).axes
    marks = {mark.get_label(): mark for mark in axes.collections}
    assert list(marks) == ["apart (2)", "merged (1)", "undecided (1)"]
    assert marks["apart (2)"].get_offsets().tolist() == [[0.5, 1.0], [0.2, 4.0]]
    assert tuple(marks["undecided (1)"].get_facecolor()[0]) == (1.0, 1.0, 1.0, 1.0)
    assert len({tuple(mark.get_facecolor()[0]) for mark in marks.values()}) == 3


def test_a_sweep_without_rows_has_no_picture():
    with pytest.raises(InputError, match="without an answer"):
        phase_diagram(a_sweep([]))
