"""Which reason leaves a box out: by compiled code where Numba is installed, by arrays of NumPy elsewhere, and by both on a sample.

Both decide by the theorems of `reasons`. A tree may come from the one and be checked by the other; their floats, and what they try, differ
a little. So a reason that fails on a box may hold on its halves: it holds on the box if it holds on all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

from .boxes import Boxes, together
from .enclosures import Enclosures
from .intervals import Integers, Mask, integers
from .reasons import COMPILED, LISTED, REASONS, Test, decision_of
from .rows import BoxRows

try:
    from . import compiled_deciding
except ImportError:  # Numba is an extra
    _compiled: ModuleType | None = None
else:
    _compiled = compiled_deciding

# one box in so many is decided by NumPy as well, if it is wide enough that its middle is not a question of rounding
SAMPLE = 400
WIDE = 2.0**-20
# halvings of a box before a reason has failed on it
HALVINGS = 4


class Disagreement(Exception):
    """Compiled code gives a reason that NumPy does not find: one of them is wrong, so that nothing may be decided."""


class Decider:
    """Decides boxes of one instance. What compiled code granted is sampled, and `agree` asks NumPy about the sample."""

    def __init__(self, rows: BoxRows) -> None:
        """Nothing is decided yet."""
        self.rows = rows
        self.sample: list[tuple[Boxes, int]] = []
        self._in_code: Callable[[Boxes, tuple[int, ...]], Integers] | None = None

    def first(self, boxes: Boxes, reasons: tuple[int, ...]) -> Integers:
        """For every box the first of the reasons, which need no list of points, that is proved; -1 where none is."""
        if _compiled is None or not all(reason in COMPILED for reason in reasons):
            return self._by_arrays(boxes, reasons)
        if self._in_code is None:
            self._in_code = _compiled.decider_of(self.rows)
        found = self._in_code(boxes, reasons)
        for place in range(random.randrange(SAMPLE), len(boxes), SAMPLE):
            box = boxes[slice(place, place + 1)]
            if found[place] >= 0 and float((box.high - box.low).max()) > WIDE:
                self.sample.append((box, int(found[place])))
        return found

    def holds(self, boxes: Boxes, number: int, test: Test) -> Mask:
        """Where a reason is proved, on the boxes or on all their halves."""
        proved = (self.first(boxes, (number,)) >= 0) if number in COMPILED else test(Enclosures(self.rows, boxes))
        for place in (~proved).nonzero()[0]:
            proved[place] = self._holds_in_parts(boxes[slice(place, place + 1)], test)
        return proved

    def _holds_in_parts(self, box: Boxes, test: Test) -> bool:
        for _ in range(HALVINGS + 1):
            box = box[~test(Enclosures(self.rows, box))]
            if not len(box):
                return True
            box = box.halves((box.high - box.low).argmax(axis=0))
        return False

    def agree(self) -> None:
        """Disagreement where NumPy finds a reason neither for a box, whole or in parts, nor for its middle."""
        for number in {number for _, number in self.sample}:
            boxes = together([box for box, given in self.sample if given == number])
            test = decision_of(number)
            doubted = boxes[~test(Enclosures(self.rows, boxes))]
            middle = 0.5 * (doubted.low + doubted.high)
            doubted = doubted[~test(Enclosures(self.rows, Boxes(doubted.faces, middle, middle)))]
            for place in range(len(doubted)):
                if not self._holds_in_parts(doubted[slice(place, place + 1)], test):
                    raise Disagreement(f"compiled code and NumPy do not agree on {REASONS[number].name}; please report this")
        self.sample.clear()

    def _by_arrays(self, boxes: Boxes, reasons: tuple[int, ...]) -> Integers:
        found = integers([-1]).repeat(len(boxes))
        at, places = Enclosures(self.rows, boxes), integers(list(range(len(boxes))))
        for reason in reasons:
            if reason == LISTED or not len(places):
                break
            granted = decision_of(reason)(at)
            found[places[granted]] = reason
            places, at = places[~granted], at.kept(~granted)
        return found
