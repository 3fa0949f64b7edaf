"""The maps of the documentation: their rows are those of their grids, and points answered again get the same words."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from scverify.model.grid import read_grid
from scverify.sweep import sweep

DOCS = Path(__file__).parents[1] / "docs"
MAPS = {"merging": ("0.22", "0.185"), "siglip": ("10", "3"), "spurious": ("0.045",)}


@cache
def grid_of(name):
    return read_grid(DOCS / "maps" / f"{name}.toml")


def rows_of(name):
    return [json.loads(line) for line in (DOCS / "maps" / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", MAPS)
def test_a_row_stands_for_each_point_of_the_grid_and_the_page_counts_the_words(name):
    points, _ = grid_of(name)
    rows = rows_of(name)
    assert [{key: row[key] for key in point.place} for point, row in zip(points, rows, strict=True)] == [dict(p.place) for p in points]
    counts = ", ".join(f"{count} × {word}" for word, count in Counter(row["word"] for row in rows).most_common())
    assert f"[{name}.jsonl](maps/{name}.jsonl), {counts}" in (DOCS / "maps.md").read_text()
    assert (DOCS / "maps" / f"{name}.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", MAPS)
def test_points_answered_again_get_the_same_words(name, tmp_path):
    points, other = grid_of(name)
    along = "logit_scale" if name == "siglip" else "tau"
    known = [(point, row) for point, row in zip(points, rows_of(name), strict=True) if row[along] in MAPS[name]]
    chosen = [(point, row) for point, row in known if not row["word"].startswith("none")][::9]  # whether none is proved, time decides
    found = sweep([point.problem for point, _ in chosen], out=tmp_path, **other)
    assert [row["word"] for row in found.rows] == [row["word"] for _, row in chosen] != []
