"""Blocks of similarities that rows know at every minimiser, and their singular values (MATH 4.3, 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flint import arb, arb_mat, fmpq

from ..balls import root_above
from ..certificate import integer, items, require, total
from .duals import is_positive_on
from .level import UnitLevel
from .nearness import NearRow

NearRows = Callable[[int], NearRow]


class KnownBlock(NamedTuple):
    """Similarities of some anchors to other nodes, up to one number per row unless `absolute`; error: in Frobenius norm."""

    nodes: set[int]
    values: list[list[arb]]
    error: arb
    absolute: bool


def known_block(level: UnitLevel, near: NearRows, rows: Any, columns: Any) -> KnownBlock:
    """The block of rows, a list of the level's rows for each anchor, and columns, nodes of one unit of each type."""
    columns = [integer(j, "a node", 0, level.nodes - 1) for j in items(columns, "nodes")]
    groups = [[integer(k, "a row", 0, len(level.rows) - 1) for k in items(group, "rows of an anchor")] for group in items(rows, "rows")]
    require(bool(columns) and bool(groups) and all(groups), "a block has no columns, or no rows, or an anchor of it has none")
    anchors = [level.rows[group[0]].anchor for group in groups]
    require(len(set(anchors)) == len(anchors) and len(set(columns)) == len(columns), "a node of a block stands twice")
    require(all(level.rows[k].anchor == i for i, group in zip(anchors, groups, strict=True) for k in group), "rows of two anchors as one")
    known = [known_entries(level, near, group) for group in groups]
    require(all(j in entries for entries in known for j in columns), "an entry of a block is not known")
    error = root_above(arb(total(entries[j][1] ** 2 for entries in known for j in columns)))
    absolute = all(near(group[0]).absolute for group in groups)
    return KnownBlock({*anchors, *columns}, [[entries[j][0] for j in columns] for entries in known], error, absolute)


def known_entries(level: UnitLevel, near: NearRows, rows: list[int]) -> dict[int, tuple[arb, arb]]:
    """By node its similarity to one anchor and the error, from rows of this anchor.

    What a row knows up to a number is placed beside what the rows before know, by a node that both know.
    """
    found: dict[int, tuple[arb, arb]] = {}
    for k in rows:
        here, unit = near(k), level.unit(level.rows[k].anchor)
        places = {j: level.nodes + j - unit.start if j in unit else j for j in range(level.nodes)}
        entries = {j: (value, here.errors[place]) for j, place in places.items() if (value := here.values[place]) is not None}
        common = next((j for j in entries if j in found), None)
        require(common is not None or not found, "rows of an anchor know no node in common")
        shift, more = arb(0), arb(0)
        if common is not None:
            shift, more = found[common][0] - entries[common][0], found[common][1] + entries[common][1]
        found = {j: (value + shift, error + more) for j, (value, error) in entries.items()} | found
    return found


def has_singular_values(block: KnownBlock, frame: arb_mat, least: fmpq) -> bool:
    """Whether so many singular values as a frame has columns exceed `least` at every minimiser.

    They are those of a block of the Gram matrix, and at most the eigenvalues of any principal part that holds the block (Horn and
    Johnson 2013, Corollary 7.3.6); they move by the Frobenius norm of the errors at most (7.3.5). On vectors of sum 0 the number of a
    row goes away.
    """
    if not block.absolute:
        rows = frame.tolist()
        middle = [total(column) / len(rows) for column in zip(*rows, strict=True)]
        frame = arb_mat([[x - y for x, y in zip(row, middle, strict=True)] for row in rows])
    values = arb_mat(block.values)
    return is_positive_on((values.transpose() * values).tolist(), frame, (block.error + least) ** 2)
