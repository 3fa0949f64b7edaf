"""Trees of boxes as a certificate holds them: one number per box met, why it is left out or the axis along which it is halved."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Any

from ..certificate import Rejected, fields, integer, require
from ..limits import afford
from .boxes import Boxes, taken
from .intervals import Integers, integers
from .reasons import SPLIT

# a number takes a byte, a box at least SECONDS
MAX_BOXES = 1 << 28
# what a box costs at the least, in the fastest code
SECONDS = 1e-6
# boxes decided together: enough that NumPy's loops are long, few enough that they stay in the cache
BATCH = 2048


def unpacked(data: Any) -> bytes:
    """The numbers of a tree, a byte each, which are packed (zlib, base64)."""
    fields(data, "boxes tree")
    boxes = integer(data["boxes"], "the number of boxes", 0, MAX_BOXES)
    require(isinstance(data["tree"], str), "a tree is not text")
    afford(f"a tree of {boxes} boxes", seconds=SECONDS * boxes, size=boxes)
    try:
        numbers = zlib.decompressobj().decompress(base64.b64decode(data["tree"], validate=True), boxes + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise Rejected(f"a tree cannot be unpacked: {error}") from error
    require(len(numbers) == boxes, f"a tree has not the {boxes} boxes that are stated")
    return numbers


def afford_tree(roots: int, coordinates: int, codes: bytes) -> None:
    """Exceeded where more boxes would be open at once, while a tree is walked, than there is memory for."""
    most = begun = roots
    for start in range(0, len(codes), 1 << 20):
        steps = 2 * (integers(codes[start : start + (1 << 20)]) >= SPLIT) - 1
        running = begun + steps.cumsum()
        most, begun = max(most, int(running.max())), int(running[-1])
    # two ends per coordinate, and the faces of the samples
    afford(f"a tree with {most} boxes open at once", size=24 * coordinates * most)


def leaves(roots: Boxes, codes: bytes, left: list[Boxes] | None = None) -> Iterator[tuple[Boxes, Integers]]:
    """Walks a tree from its roots: batches of leaves with their reasons. Every box met has one number, and no number is left over.

    With a list `left`, a tree may be unfinished: the batches that are still open are put there.
    """
    afford_tree(len(roots), len(roots.low), codes)
    stack, position = [roots], 0
    while stack:
        if left is not None and position == len(codes):
            left += stack
            return
        afford("the boxes of a landscape")
        boxes = taken(stack, BATCH)
        numbers = integers(codes[position : position + len(boxes)])
        require(len(numbers) == len(boxes), "a box is left out of the tree")
        position += len(boxes)
        halved = numbers >= SPLIT
        require(bool((numbers[halved] < SPLIT + len(boxes.low)).all()), "a tree halves a box along an axis that it has not")
        if halved.any():
            stack.append(boxes[halved].halves(numbers[halved] - SPLIT))
        if not halved.all():
            yield boxes[~halved], numbers[~halved]
    require(position == len(codes), "a tree has more numbers than boxes")
