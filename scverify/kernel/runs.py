"""Long lists of class sizes in short: each size with the number of classes in a row that have it."""

from __future__ import annotations

from typing import Any

from .certificate import fields, integer, items
from .limits import afford
from .problem import MAX_COUNT

# a class of a level takes about this many bytes
BYTES_PER_CLASS = 64
MAX_CLASSES = 10_000_000


def written_out(data: Any) -> list[int]:
    """The sizes that {"runs": [[size, count], ...]} stands for, one per class."""
    fields(data, "runs")
    runs = [items(run, "a run of sizes", 2) for run in items(data["runs"], "runs")]
    counts = [(integer(size, "a class size", 1, MAX_COUNT), integer(count, "the length of a run", 1, MAX_CLASSES)) for size, count in runs]
    classes = sum(count for _, count in counts)
    afford(f"a problem of {classes} classes", size=BYTES_PER_CLASS * classes)
    integer(classes, "the number of classes", 0, MAX_CLASSES)
    return [size for size, count in counts for _ in range(count)]
