"""The picture of a sweep."""

from pathlib import Path

import pytest

from scverify.errors import InputError
from scverify.report.phase_diagram import MOST_PANELS, View, phase_diagram, view_of
from scverify.results.sweep import Sweep

WORDS = ["apart", "merged", "undecided", "apart"]


def a_sweep(words, places=None):
    places = places or [{"tau": f"1/{i + 2}", "ratio": f"{4**i}"} for i in range(len(words))]
    rows = tuple({"word": word, "place": place} for word, place in zip(words, places, strict=True))
    return Sweep(question="merged", rows=rows, asked=len(words), out=Path("swept"), interrupted=False, seconds=0.0)


def over(**values):
    """Every combination of the values, the last name fastest."""
    places = [{}]
    for name, of_name in values.items():
        places = [place | {name: value} for place in places for value in of_name]
    return a_sweep(["apart"] * len(places), places)


def test_each_word_has_a_mark_with_its_points_and_undecided_ones_are_white():
    figure = phase_diagram(a_sweep(WORDS))
    [axes] = figure.axes
    marks = {mark.get_label(): mark for mark in axes.collections}
    assert list(marks) == ["apart", "merged", "undecided"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["apart (2)", "merged (1)", "undecided (1)"]
    assert marks["apart"].get_offsets().tolist() == [[0.5, 1.0], [0.2, 64.0]]
    assert tuple(marks["undecided"].get_facecolor()[0]) == (1.0, 1.0, 1.0, 1.0)
    assert len({tuple(mark.get_facecolor()[0]) for mark in marks.values()}) == 3


def test_that_none_was_found_is_as_white_as_what_is_not_decided():
    [axes] = phase_diagram(a_sweep(["none found", "none (proved)", "spurious minimum"])).axes
    white = {mark.get_label() for mark in axes.collections if tuple(mark.get_facecolor()[0]) == (1.0, 1.0, 1.0, 1.0)}
    assert white == {"none found"}


@pytest.mark.parametrize(
    ("values", "view"),
    [
        ({"k": ["4", "6"], "ratio": ["2", "9"], "tau": ["1", "2"]}, View("tau", "ratio", ("k",))),
        ({"bias": ["0", "1"], "logit_scale": ["1", "2"]}, View("logit_scale", "bias", ())),
        ({"sizes": ["2,2", "3,3"], "tau": ["1", "2"]}, View("tau", "sizes", ())),
        ({"dim": ["2", "3"], "sizes": ["2,2", "3,3"], "tau": ["1", "2"]}, View("tau", "sizes", ("dim",))),
        ({"bias": ["0", "1"], "pairs": ["3", "4"], "tau": ["1", "2"]}, View("tau", "bias", ("pairs",))),
        ({"bias": ["0", "1"], "pairs": ["3", "4"]}, View("bias", "pairs", ())),
        ({"ratio": ["2"], "tau": ["1", "2"]}, View("tau", "ratio", ())),
    ],
)
def test_the_view_is_one_in_which_no_two_rows_share_a_place(values, view):
    assert view_of(over(**values)) == view


def test_a_value_that_another_says_has_no_panel():
    places = [{"sizes": sizes, "ratio": ratio, "tau": tau} for sizes, ratio in (("4,2", "2"), ("3,3", "1")) for tau in ("1", "2")]
    assert view_of(a_sweep(["apart"] * 4, places)) == View("tau", "ratio", ())


def test_numbers_that_lie_evenly_by_their_logarithms_have_a_logarithmic_axis_and_names_their_order():
    [axes] = phase_diagram(over(ratio=["1", "10", "100"], tau=["1", "2", "3"])).axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", "log")
    [axes] = phase_diagram(over(sizes=["2,2", "3,3"], tau=["1", "2"])).axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["2,2", "3,3"]


def test_marks_of_many_points_are_smaller():
    few, many = (phase_diagram(over(tau=[str(i + 1) for i in range(count)], bias=["0", "1"])).axes[0] for count in (3, 40))
    assert few.collections[0].get_sizes()[0] > 4 * many.collections[0].get_sizes()[0]


def test_more_panels_than_a_picture_holds_are_refused():
    with pytest.raises(InputError, match="7 panels"):
        phase_diagram(over(k=list(map(str, range(2, MOST_PANELS + 3))), ratio=["2", "9"], tau=["1", "2"]))


def test_a_sweep_without_rows_has_no_picture():
    with pytest.raises(InputError, match="without an answer"):
        phase_diagram(a_sweep([]))
