"""Many minimisers of a loss on nodes that fall into two sides which see each other through few shared nodes alone (MATH 9)."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from ..certificate import Rejected, dyadic, fields, integer, items, rational, require
from .blocks import has_singular_values, known_block
from .bounds import unit_lower_bound, unit_point, unit_upper_bound
from .level import UnitLevel, UnitRow
from .nearness import near_row
from .separable import affine_slopes, separable


def check_turned(level: UnitLevel, distance: fmpq, witness: Any) -> None:
    """Two minimisers lie `distance` apart (Frobenius): one side turned about the span of the shared nodes.

    Sides A and B, shared nodes W, and no row sees a pair of A x B. At a minimiser let the vectors of A have parts R outside span(W); any
    orthogonal map of these changes no similarity that a row sees, and no norm. The similarities of A u W are a matrix of rank |W| at most
    plus the Gram matrix of R, whose largest eigenvalue so is at least the (|W| + 1)-st of theirs (Weyl; Horn and Johnson 2013, 4.3.1),
    and the same on B. Maps that take the leading direction of A to plus or minus that of B, and what is left of A to new directions, give
    two minimisers whose block A x B differs by 2 sqrt(product of both), twice in the matrix. There is a minimiser: norms are bounded.
    """
    fields(witness, "first shared", "upper lower blocks")
    first, shared = (_nodes(level, witness[name]) for name in ("first", "shared"))
    second = set(range(level.nodes)) - first - shared
    require(not first & shared, "a node of a side is shared")
    require(bool(first and second), "a side has no nodes")
    for row in level.rows:
        places = seen_places(level, row)
        for one, other in ((first, second), (second, first)):
            require(row.anchor not in one or not places & other, "a row of one side sees the other")
    if not shared:
        # the largest eigenvalue is at least any entry of the diagonal
        leading = [
            max((level.constraint[i].bound for i in side if level.constraint[i].kind == "sphere"), default=0) for side in (first, second)
        ]
        require(leading[0] * leading[1] > 0, "a side has no node on a sphere")
        require(distance * distance <= 8 * leading[0] * leading[1], "the sides are too short")
        return
    fields(witness, "first shared upper lower blocks")
    require(all(m == 1 for m in level.multiplicity), "sides that share nodes have units that stand for several")
    gap = (unit_upper_bound(level, unit_point(level, witness["upper"])) - unit_lower_bound(level, witness["lower"])).upper()
    blocks = zip((first, second), items(witness["blocks"], "blocks", 2), strict=True)
    found = [_leading(level, witness["lower"]["rows"], side | shared, len(shared) + 1, block, gap) for side, block in blocks]
    require(distance * distance <= 8 * found[0] * found[1], "the sides are too short")


def _nodes(level: UnitLevel, data: Any) -> set[int]:
    nodes = [integer(i, "a node", 0, level.nodes - 1) for i in items(data, "nodes")]
    require(len(set(nodes)) == len(nodes), "a node is named twice")
    return set(nodes)


def seen_places(level: UnitLevel, row: UnitRow) -> set[int]:
    """The nodes on whose similarities to its anchor a row depends."""
    require(row.plain, "a row of choices, or of all anchors, sees more than one node says")
    split, parts = row.split(), separable(row.formula, row.tau)
    if split is not None:
        moving = [x != 0 or y != 0 for x, y in zip(split.coefficients, split.slopes, strict=True)]
    elif parts is not None:
        moving = [c != 0 or q != 0 or y != 0 for c, q, y in zip(row.c, row.q, affine_slopes(row, parts)[1], strict=True)]
    else:
        raise Rejected("what a row sees is known for a log-sum-exp and for sigmoids alone")
    unit = level.unit(row.anchor)
    return {j if j < level.nodes else unit[j - level.nodes] for j, moves in enumerate(moving) if moves}


def _leading(level: UnitLevel, entries: Any, nodes: set[int], place: int, witness: Any, gap: arb) -> fmpq:
    """A stated lower bound of the `place`-th eigenvalue of the similarities of some nodes, by singular values of a block of them."""
    fields(witness, "rows columns frame least")
    block = known_block(level, lambda k: near_row(level, level.rows[k], entries[k], gap), witness["rows"], witness["columns"])
    require(block.nodes <= nodes, "a node of a block is not of its side")
    least, frame = rational(witness["least"], "the least eigenvalue"), dyadic(witness["frame"], "a frame", len(block.values[0]), place)
    require(least > 0, "the least eigenvalue is not positive")
    require(has_singular_values(block, frame.balls(), least), "a block has no such singular values")
    return least
