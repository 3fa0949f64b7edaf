"""Which reason leaves a box out: by arrays of NumPy here, or by compiled code where Numba is installed.

Both decide by the theorems of `reasons`. A tree may come from the one and be checked by the other; their floats, and what they try, differ
a little. So a reason that fails on a box may hold on its halves: it holds on the box if it holds on all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .boxes import Boxes
from .enclosures import Enclosures
from .intervals import Integers, Mask
from .reasons import Test, decision_of
from .rows import BoxRows

# halvings of a box before a reason has failed on it
HALVINGS = 4


class Decider:
    """Decides boxes of one instance, by arrays."""

    def __init__(
        self, rows: BoxRows, at: Callable[[Any, Boxes], Enclosures] = Enclosures, test_of: Callable[[int], Test] = decision_of
    ) -> None:
        """Nothing is decided yet. at, test_of: what is known in boxes of such rows, and the test of a reason."""
        self.rows, self.at, self.test_of = rows, at, test_of

    def first(self, boxes: Boxes, reasons: tuple[int, ...]) -> Integers:
        """For every box the first of the reasons that is proved; -1 where none is: what a search asks."""
        from .searching import first_by_arrays

        return first_by_arrays(self.at(self.rows, boxes), reasons, self.test_of)

    def settled(self, boxes: Boxes, reasons: tuple[int, ...]) -> tuple[Integers, Integers]:
        """The same, and for every box an axis along which to halve it: a hint. Here that of the widest side."""
        return self.first(boxes, reasons), (boxes.high - boxes.low).argmax(axis=0)

    def holds(self, boxes: Boxes, number: int, test: Test) -> Mask:
        """Where a reason is proved, on the boxes or on all their halves."""
        proved = self.granted(boxes, number, test)
        for place in (~proved).nonzero()[0]:
            proved[place] = self.holds_in_parts(boxes[slice(place, place + 1)], test)
        return proved

    def granted(self, boxes: Boxes, number: int, test: Test) -> Mask:
        """Where a reason is proved on the boxes as they are."""
        return test(self.at(self.rows, boxes))

    def holds_in_parts(self, box: Boxes, test: Test) -> bool:
        """Whether a reason is proved on a box, or on its halves, or on theirs."""
        for _ in range(HALVINGS + 1):
            box = box[~test(self.at(self.rows, box))]
            if not len(box):
                return True
            box = box.halves((box.high - box.low).argmax(axis=0))
        return False

    def agree(self) -> None:
        """Compare what was decided with a second opinion, where there was one (`compiled_deciding`)."""


def decider_of(rows: BoxRows) -> Decider:
    """The faster way that is there: Numba is an extra. Rows on nodes have no compiled code."""
    if rows.on_nodes:
        from .node_reasons import node_decider

        return node_decider(rows)
    try:
        from .compiled_deciding import CompiledDecider
    except ImportError:
        return Decider(rows)
    return CompiledDecider(rows)
