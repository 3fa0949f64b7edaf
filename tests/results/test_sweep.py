"""How a sweep is shown."""

from pathlib import Path

from scverify.results.sweep import Sweep


def a_sweep(count, interrupted=False):
    rows = tuple({"sizes": [10 + i, 2], "tau": "1/2", "word": "apart" if i else "undecided"} for i in range(count))
    return Sweep(question="merged", rows=rows, asked=count + 1, out=Path("swept"), interrupted=interrupted, seconds=0.0)


def test_the_words_are_counted():
    found = a_sweep(3, interrupted=True)
    assert repr(found) == "<Sweep: merged of 3 of 4 problems: 2 × apart, 1 × undecided>"
    assert found.words == {"apart": 2, "undecided": 1}
    assert "interrupted" in str(found)


def test_many_rows_are_cut_and_where_all_are_is_said():
    text = str(a_sweep(100))
    assert len(text.splitlines()) < 60 and "60 more rows" in text and "results.jsonl" in text


def test_json_holds_every_row():
    assert len(a_sweep(100).to_json()["rows"]) == 100
