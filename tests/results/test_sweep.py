"""How a sweep is shown."""

from pathlib import Path

import scverify as sv
from scverify.results.sweep import Sweep, shown_at


def a_sweep(count, interrupted=False):
    rows = tuple({"word": "apart" if i else "undecided", "place": {"tau": "1/2", "ratio": f"{5 + i}"}} for i in range(count))
    return Sweep(question="merged", rows=rows, asked=count + 1, out=Path("swept"), interrupted=interrupted, seconds=0.0)


def test_the_words_are_counted():
    found = a_sweep(3, interrupted=True)
    assert repr(found) == "<Sweep: merged of 3 of 4 problems: 2 × apart, 1 × undecided>"
    assert found.words == {"apart": 2, "undecided": 1}
    assert "interrupted" in str(found)


def test_many_rows_are_cut_and_where_all_are_is_said():
    text = str(a_sweep(100))
    assert len(text.splitlines()) < 60 and "60 more rows" in text and "results.jsonl" in text


def test_the_table_shows_the_values_that_vary():
    assert a_sweep(3).varying == ("ratio",)
    lines = [line.split() for line in str(a_sweep(2)).splitlines()]
    assert ["ratio", "answer"] in lines and ["5", "undecided"] in lines


def test_a_problem_is_shown_by_what_it_is():
    classes = shown_at(sv.Problem(sv.supcon, (6, 3), dim=3, temperature="1/2"))
    units = shown_at(sv.UnitProblem(sv.losses.clip(pairs=4), "1/2"))
    assert (classes["sizes"], classes["ratio"], classes["dim"], classes["tau"]) == ("6,3", "2", "3", "1/2")
    assert units == {"loss": "clip", "units": "4 pairs of image and text", "tau": "1/2"}


def test_json_holds_every_row():
    assert len(a_sweep(100).to_json()["rows"]) == 100
