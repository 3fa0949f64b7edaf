"""Boxes handed to compiled code: an instance as it reads it, a self-test that operations round upward, and NumPy's word on a sample."""

from __future__ import annotations

import random
from fractions import Fraction
from math import inf, ldexp, nextafter

from .boxes import Boxes, together
from .compiled import Instance, decide, probe
from .deciding import Decider
from .directed import WrongRounding, upward
from .enclosures import Enclosures
from .intervals import COEFFICIENTS, Floats, Integers, Intervals, Mask, floats, integers
from .positives import classes_of, sides_of
from .reasons import REASONS, Test, decision_of
from .rows import BoxRows, others

# the reasons that have compiled tests
COMPILED = (0, 1, 2, 3, 4, 5, 8, 9)
# one box in so many is decided by NumPy as well, if it is wide enough that its middle is not a question of rounding
SAMPLE = 400
WIDE = 2.0**-20
# powers of 2 from 2^-1023 on
POWERS = floats([ldexp(1.0, exponent - 1023) for exponent in range(2047)])
# x, y of the self-test: results that are not floats, of either sign, near 1, beneath the normal numbers and where nothing is rounded
PROBES = [(1.0, 3.0), (-1.0, 3.0), (1 + 2.0**-52, 1 + 2.0**-52), (-1 - 2.0**-52, 1 + 2.0**-52), (2.0**-60, 1.0), (-(2.0**-60), 1.0)]
PROBES += [(2.0**-1074, 2.0), (-(2.0**-1074), 2.0), (2.0**-1022, 4.0), (0.1, 7.0), (-0.1, 7.0), (4.0, 2.0), (-690.0, 1e300), (0.0, 5.0)]


class Disagreement(Exception):
    """Compiled code gives a reason that NumPy does not find: one of them is wrong, so that nothing may be decided."""


class CompiledDecider(Decider):
    """Decides boxes by compiled code. What it granted is sampled, and `agree` asks NumPy about the sample.

    WrongRounding where operations do not round upward as they should. It is made while they round to nearest.
    """

    def __init__(self, rows: BoxRows) -> None:
        """Nothing is decided yet."""
        super().__init__(rows)
        self.sample: list[tuple[Boxes, int]] = []
        self._instance, self._tested = instance_of(rows), False

    def first(self, boxes: Boxes, reasons: tuple[int, ...]) -> Integers:
        """For every box the first of the reasons that is proved; -1 where none is. By arrays if one of them is not compiled."""
        if not all(reason in COMPILED for reason in reasons):
            return super().first(boxes, reasons)
        return self._decided(boxes, reasons)[0]

    def settled(self, boxes: Boxes, reasons: tuple[int, ...]) -> tuple[Integers, Integers]:
        """The same, and an axis: that which widens most what comes nearest to a reason, or the widest."""
        if not all(reason in COMPILED for reason in reasons):
            return super().settled(boxes, reasons)
        return self._decided(boxes, reasons)

    def _decided(self, boxes: Boxes, reasons: tuple[int, ...]) -> tuple[Integers, Integers]:
        """As `settled`; what is granted is sampled."""
        result = integers([[-1], [0]]).repeat(len(boxes), axis=1)
        result[1] = (boxes.high - boxes.low).argmax(axis=0)
        found = result[0]
        parts = (boxes.faces.copy(), boxes.low.copy(), boxes.high.copy())  # in C order, whatever views these are
        with upward():
            if not self._tested:
                _refuse_wrong_rounding()
                self._tested = True
            decide(parts, integers(list(reasons)), self._instance, self.rows.d, -1.0, result)
        for place in range(random.randrange(SAMPLE), len(boxes), SAMPLE):
            box = boxes[slice(place, place + 1)]
            if found[place] >= 0 and float((box.high - box.low).max()) > WIDE:
                self.sample.append((box, int(found[place])))
        return found, result[1]

    def granted(self, boxes: Boxes, number: int, test: Test) -> Mask:
        """Where a reason is proved on the boxes as they are."""
        return self.first(boxes, (number,)) >= 0 if number in COMPILED else super().granted(boxes, number, test)

    def agree(self) -> None:
        """Disagreement where NumPy finds a reason neither for a box, whole or in parts, nor for its middle."""
        if not self.sample:
            return
        boxes, given = together([box for box, _ in self.sample]), integers([number for _, number in self.sample])
        self.sample.clear()
        at = Enclosures(self.rows, boxes)  # what the reasons share is worked out once
        for number in set(given.tolist()):
            test = decision_of(number)
            doubted = boxes[(given == number) & ~test(at)]
            if not len(doubted):
                continue
            middle = 0.5 * (doubted.low + doubted.high)
            doubted = doubted[~test(Enclosures(self.rows, Boxes(doubted.faces, middle, middle)))]
            for place in range(len(doubted)):
                if not self.holds_in_parts(doubted[slice(place, place + 1)], test):
                    raise Disagreement(f"compiled code and NumPy do not agree on {REASONS[number].name}; please report this")


def instance_of(rows: BoxRows) -> Instance:
    """The instance as compiled code reads it: bounds (-low, high) last, (n, n) over all samples, and places of pairs."""
    n = rows.n
    c, q, rest = (_table_of(table, n) for table in (rows.c, rows.q, Intervals.exact(1.0) - rows.q))
    return Instance(
        rows=(_ends(rows.weight), c, q, rest, _ends(rows.weight * rows.rest)),
        place=integers([[rows.place.get((i, j), 0) for j in range(n)] for i in range(n)]),
        pairs=integers(rows.pairs),
        orderings=integers([[rows.place[first], rows.place[second]] for first, second in rows.orderings]).reshape(-1, 2),
        sides=floats(sides_of(rows.exact)),
        classes=integers(classes_of(rows.exact, rows.d) or [-1] * n),
        series=(COEFFICIENTS, POWERS),
    )


def _ends(values: Intervals) -> Floats:
    """(-low, high) along a new last axis."""
    pairs = zip(values.low.tolist(), values.high.tolist(), strict=True)
    return floats([[-low, high] for low, high in pairs])


def _table_of(table: Intervals, n: int) -> Floats:
    """(n, n - 1) over the others of each row as (n, n, 2), with nothing on the diagonal."""
    result = floats([[[0.0, 0.0]] * n] * n)
    for i in range(n):
        result[i, others(i, n)] = _ends(table[i])
    return result


def _refuse_wrong_rounding() -> None:
    """WrongRounding where operations of compiled code do not give what rounding upward gives, here and now."""
    x, y = (floats([pair[end] for pair in PROBES]) for end in (0, 1))
    result = floats([[0.0] * len(PROBES)] * 15)
    probe(x, y, (COEFFICIENTS, POWERS), result, -1.0)
    for k, (a, b) in enumerate(PROBES):
        if not _rounds_upward(Fraction(a), Fraction(b), result[:, k].tolist()):
            raise WrongRounding(f"compiled code does not round upward (self-test at {a!r}, {b!r}); nothing was decided")


def _rounds_upward(a: Fraction, b: Fraction, found: list[float]) -> bool:
    """Whether the results of `compiled.probe` for a and b > 0 are those of rounding upward, bounds included."""
    nearest_above = [a + b, a * b, a / b, None, -a * b, a * b, -a * b, a * b, -a * a, a * a]
    sums = all(exact is None or _is_least_above(x, exact) for x, exact in zip(found, nearest_above, strict=False))
    root, below, end = Fraction(found[3]), Fraction(found[10]), Fraction(found[14])
    roots = root * root >= b and below * below <= b and Fraction(nextafter(found[3], 0.0)) ** 2 < b
    ends = _is_least_above(found[13], a / b) and (end * abs(end) * (a * a + b) >= a * abs(a))
    return sums and roots and ends and -found[11] <= found[12]


def _is_least_above(x: float, exact: Fraction) -> bool:
    return Fraction(nextafter(x, -inf)) < exact <= Fraction(x)
