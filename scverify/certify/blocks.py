"""Which blocks of similarities rows know at every minimiser, in floats, and how a certificate states one (MATH 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scverify.certify.claims import Data
from scverify.certify.dyadics import matrix
from scverify.certify.precise import as_array
from scverify.kernel.units.blocks import known_entries
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.nearness import NearRow

Floats = NDArray[np.float64]
# sets of columns that are tried, the largest first; bits of a frame
MOST_SETS, FRAME_BITS = 60, 60


@dataclass(frozen=True)
class FloatBlock:
    """Similarities of anchors (by the rows that know them) to nodes, up to a number per row unless `absolute`; errors: by entry."""

    rows: list[list[int]]
    anchors: list[int]
    columns: list[int]
    table: Floats
    errors: Floats
    absolute: bool

    def within(self, nodes: Set[int]) -> FloatBlock:
        """The part of the block that belongs to some nodes."""
        kept, seen = ([k for k, i in enumerate(places) if i in nodes] for places in (self.anchors, self.columns))
        part = np.ix_(kept, seen)
        rows, anchors, columns = [self.rows[k] for k in kept], [self.anchors[k] for k in kept], [self.columns[k] for k in seen]
        return FloatBlock(rows, anchors, columns, self.table[part], self.errors[part], self.absolute)

    @cached_property
    def values(self) -> Floats:
        """The table, its rows centred where each has a number of its own."""
        centred: Floats = self.table if self.absolute else self.table - self.table.mean(axis=1, keepdims=True)
        return centred

    @cached_property
    def error(self) -> float:
        """In Frobenius norm."""
        return float(np.sqrt((self.errors**2).sum()))

    @cached_property
    def sizes(self) -> Floats:
        """The singular values."""
        return np.asarray(np.linalg.svd(self.values, compute_uv=False), dtype=np.float64)

    def stated(self, count: int) -> Data:
        """Rows, columns and a frame of the leading right singular vectors."""
        frame = np.linalg.svd(self.values)[2][:count].T
        return {"rows": self.rows, "columns": self.columns, "frame": matrix(as_array(frame), FRAME_BITS)}


def known_blocks(level: UnitLevel, near: list[NearRow]) -> list[FloatBlock]:
    """A block for each set of columns that some anchor knows, with all anchors that know them."""
    known = [(group, known_entries(level, near.__getitem__, group)) for group in _groups(level, near)]
    found = []
    for columns in _column_sets(entries for _, entries in known):
        chosen: dict[int, tuple[list[int], dict[int, tuple[float, float]]]] = {}
        for group, entries in known:
            anchor = level.rows[group[0]].anchor
            if anchor not in chosen and all(j in entries for j in columns):
                chosen[anchor] = group, {j: (float(entries[j][0].mid()), float(entries[j][1].upper())) for j in columns}
        pairs = np.array([[entries[j] for j in columns] for _, entries in chosen.values()])
        rows = [group for group, _ in chosen.values()]
        absolute = all(near[group[0]].absolute for group in rows)
        found.append(FloatBlock(rows, list(chosen), list(columns), pairs[..., 0], pairs[..., 1], absolute))
    return found


def _groups(level: UnitLevel, near: list[NearRow]) -> Iterator[list[int]]:
    """The rows of each anchor, in groups whose every row knows a node that one before knows too."""
    of: dict[int, list[int]] = {}
    for k, row in enumerate(level.rows):
        of.setdefault(row.anchor, []).append(k)
    for rows in of.values():
        while rows:
            group = [rows.pop(0)]
            known = _known(near[group[0]])
            while (more := next((k for k in rows if _known(near[k]) & known), None)) is not None:
                rows.remove(more)
                group.append(more)
                known |= _known(near[more])
            yield group


def _known(row: NearRow) -> set[int]:
    return {place for place, value in enumerate(row.values) if value is not None}


def _column_sets(known: Iterable[Iterable[int]]) -> list[tuple[int, ...]]:
    """The nodes that an anchor knows, and halves of them: most anchors do not know themselves."""
    found: dict[tuple[int, ...], None] = {}
    for entries in known:
        nodes = tuple(sorted(entries))
        half = len(nodes) // 2
        found |= dict.fromkeys(part for part in (nodes, nodes[:half], nodes[half:], nodes[::2], nodes[1::2]) if part)
    return sorted(found, key=lambda columns: (-len(columns), columns))[:MOST_SETS]
