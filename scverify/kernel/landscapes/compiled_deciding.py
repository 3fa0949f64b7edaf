"""Boxes handed to compiled code: an instance as it reads it, and a self-test that operations round upward here and now."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf, ldexp, nextafter

from .boxes import Boxes
from .compiled import Instance, decide, probe
from .directed import WrongRounding, upward
from .intervals import COEFFICIENTS, Floats, Integers, Intervals, contiguous, floats, integers
from .rows import BoxRows, others

# powers of 2 from 2^-1023 on
POWERS = floats([ldexp(1.0, exponent - 1023) for exponent in range(2047)])
# x, y of the self-test: results that are not floats, of either sign, near 1, beneath the normal numbers and where nothing is rounded
PROBES = [(1.0, 3.0), (-1.0, 3.0), (1 + 2.0**-52, 1 + 2.0**-52), (-1 - 2.0**-52, 1 + 2.0**-52), (2.0**-60, 1.0), (-(2.0**-60), 1.0)]
PROBES += [(2.0**-1074, 2.0), (-(2.0**-1074), 2.0), (2.0**-1022, 4.0), (0.1, 7.0), (-0.1, 7.0), (4.0, 2.0), (-690.0, 1e300), (0.0, 5.0)]


def decider_of(rows: BoxRows) -> Callable[[Boxes, tuple[int, ...]], Integers]:
    """A function of boxes and reasons: for every box the first reason that is proved, or -1; WrongRounding where none may be trusted.

    It is made while operations round to nearest.
    """
    instance, tested = instance_of(rows), False

    def first(boxes: Boxes, reasons: tuple[int, ...]) -> Integers:
        nonlocal tested
        found = integers([-1]).repeat(len(boxes))
        parts = (contiguous(boxes.faces), contiguous(boxes.low), contiguous(boxes.high))
        with upward():
            if not tested:
                _refuse_wrong_rounding()
                tested = True
            decide(parts, integers(list(reasons)), instance, rows.d, -1.0, found)
        return found

    return first


def instance_of(rows: BoxRows) -> Instance:
    """The instance as compiled code reads it: bounds (-low, high) last, (n, n) over all samples, and places of pairs."""
    n = rows.n
    c, q, rest = (_table_of(table, n) for table in (rows.c, rows.q, Intervals.exact(1.0) - rows.q))
    return Instance(
        rows=(_ends(rows.weight), c, q, rest, _ends(rows.weight * rows.rest)),
        place=integers([[rows.place.get((i, j), 0) for j in range(n)] for i in range(n)]),
        pairs=integers(rows.pairs),
        orderings=integers([[rows.place[first], rows.place[second]] for first, second in rows.orderings]).reshape(-1, 2),
        sides=floats(rows.sides),
        classes=integers(rows.classes or [-1] * n),
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
    x, y = (contiguous(floats([pair[end] for pair in PROBES])) for end in (0, 1))
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
