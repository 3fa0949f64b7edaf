"""The rows of a sweep as a table of plain columns: Parquet, CSV or JSON lines. Written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from importlib.util import find_spec
from pathlib import Path

from scverify.errors import MissingTool
from scverify.report.plots import check_place, written_whole
from scverify.results.base import Data
from scverify.results.sweep import Sweep

FORMATS = (".parquet", ".csv", ".jsonl")


def check_table_file(path: Path) -> None:
    """Raises InputError unless the ending names a format and the folder can be written, and MissingTool for Parquet without pyarrow."""
    check_place(path, "table", FORMATS)
    if path.suffix == ".parquet" and find_spec("pyarrow") is None:
        raise MissingTool("pyarrow is not installed; allowed: .csv, .jsonl, or the extra `parquet`; pip install 'scverify[parquet]'")


def write_table(found: Sweep, path: Path) -> None:
    """Write a row for each problem, under a temporary name first. Raises as check_table_file."""
    check_table_file(path)
    rows = columns_of(found)
    with written_whole(path) as temporary:
        if path.suffix == ".parquet":
            _write_parquet(rows, temporary)
        else:
            temporary.write_text(_as_csv(rows) if path.suffix == ".csv" else _as_lines(rows), encoding="utf-8")


def columns_of(found: Sweep) -> list[Data]:
    """Each row without nesting: its place under the names of the grid, question and word, and what is a text or a number in the answer.

    Bounds stay decimals in text, since a float would not hold them; lists are left out. Every row has every column, None where it is
    unknown.
    """
    flat = []
    for row in found.rows:
        every = row | row.get("answer", {})
        plain = {name: value for name, value in every.items() if isinstance(value, str | int | float)}
        flat.append(row["place"] | {name: value for name, value in plain.items() if name not in row["place"]})
    names = dict.fromkeys(name for row in flat for name in row)
    return [{name: row.get(name) for name in names} for row in flat]


def _write_parquet(rows: list[Data], path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)


def _as_csv(rows: list[Data]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _as_lines(rows: list[Data]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
