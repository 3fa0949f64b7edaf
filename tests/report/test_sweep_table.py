"""The table of a sweep: plain columns in three formats."""

import csv
import json
from pathlib import Path

import pytest

from scverify.errors import InputError, MissingTool
from scverify.report import sweep_table
from scverify.report.sweep_table import check_table_file, columns_of, write_table
from scverify.results.sweep import Sweep

ROWS = (
    {"point": "a", "word": "rank 3", "tau": "1/2", "place": {"bias": "-1", "tau": "0.5"}, "answer": {"lower": "1.5", "gram": [[1]]}},
    {"point": "b", "word": "undecided", "tau": "1", "place": {"bias": "-1", "tau": "1"}, "reason": "a cap"},
)
COLUMNS = [
    {"bias": "-1", "tau": "0.5", "point": "a", "word": "rank 3", "lower": "1.5", "reason": None},
    {"bias": "-1", "tau": "1", "point": "b", "word": "undecided", "lower": None, "reason": "a cap"},
]


@pytest.fixture
def found():
    return Sweep(question="optimum", rows=ROWS, asked=2, out=Path("swept"), interrupted=False, seconds=0.0)


def test_places_and_plain_answers_are_columns(found):
    assert columns_of(found) == COLUMNS


def test_lines_and_csv_hold_the_same(found, tmp_path):
    write_table(found, tmp_path / "rows.jsonl")
    write_table(found, tmp_path / "rows.csv")
    assert [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()] == COLUMNS
    with (tmp_path / "rows.csv").open() as file:
        assert list(csv.DictReader(file)) == [{name: value or "" for name, value in row.items()} for row in COLUMNS]


def test_parquet_holds_the_same(found, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra: parquet)")
    write_table(found, tmp_path / "rows.parquet")
    assert parquet.read_table(tmp_path / "rows.parquet").to_pylist() == COLUMNS


def test_parquet_without_pyarrow_is_refused_in_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_table, "find_spec", lambda name: None)
    with pytest.raises(MissingTool, match=r"scverify\[parquet\]"):
        check_table_file(tmp_path / "rows.parquet")


@pytest.mark.parametrize("name", ["rows.xlsx", "rows", "no/such/rows.csv"])
def test_another_ending_or_no_folder_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="table file"):
        check_table_file(tmp_path / name)


def test_a_table_that_fails_leaves_the_earlier_file(found, tmp_path, monkeypatch):
    file = tmp_path / "rows.csv"
    write_table(found, file)
    before = file.read_text()
    monkeypatch.setattr(sweep_table, "_as_csv", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_table(found, file)
    assert file.read_text() == before and list(tmp_path.iterdir()) == [file]
