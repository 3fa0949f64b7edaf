"""Minorants of the rows on units at a point, as a witness states them, with slopes of exactly 0 in free scalars (MATH 4.1, 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm
from typing import Any

from flint import arb, fmpq

from scverify.certify.claims import Data
from scverify.certify.dyadics import probabilities, scaled_integers
from scverify.errors import Undecided
from scverify.kernel.formula import Row, is_rational, value_and_gradient
from scverify.kernel.units.bounds import UnitPoint
from scverify.kernel.units.level import UnitLevel, UnitRow
from scverify.kernel.units.minorants import minorant
from scverify.kernel.units.separable import affine_slopes, separable

Balls = list[arb]


def minorants_at(level: UnitLevel, point: UnitPoint, bits: int, shrink: float) -> tuple[list[Data], list[Balls]]:
    """The minorant of each row at a point, and its slopes, shrunk: for p there is (1 - shrink) p + shrink q."""
    made = [_row_at(row, seen, bits, arb(shrink)) for row, seen in zip(level.rows, point.rows, strict=True)]
    return _balanced(level, [entry for entry, _ in made]), [slopes for _, slopes in made]


def _row_at(row: UnitRow, seen: Balls, bits: int, shrink: arb) -> tuple[Data, Balls]:
    _, gradient = row.evaluated(seen)
    if (split := row.split()) is not None:
        kappa, _, rest, coefficients = split
        gradient = [x * (1 - shrink) for x in gradient]
        p = [(x - r) / kappa if c != 0 else arb(0) for x, r, c in zip(gradient, rest, coefficients, strict=True)]
        return {"form": "gibbs", "bits": bits, "row": probabilities([p], bits)["rows"][0]}, gradient
    if (parts := separable(row.formula, row.tau)) is not None:
        rest = affine_slopes(row, parts)[1]
        rows = []
        for term in parts.terms:
            outcomes = [(1 - shrink) / (1 + (-term.rate * s - term.offset).exp()) for s in seen]
            rows.append([min(max(x, 0), 1 << bits) for x in scaled_integers(outcomes, bits)])
        return {"form": "sigmoid", "bits": bits, "rows": rows}, [(x - r) * (1 - shrink) + r for x, r in zip(gradient, rest, strict=True)]
    return {"form": "tangent", "bits": bits, "row": scaled_integers(seen, bits)}, gradient


@dataclass(frozen=True)
class _Place:
    """An outcome p of a witness, or an entry where a tangent touches: of which row, term and column; rate: the slope's own slope in p."""

    row: int
    term: int
    column: int
    scalar: int
    rate: fmpq
    p: fmpq
    is_outcome: bool


def _balanced(level: UnitLevel, entries: list[Data]) -> list[Data]:
    """The same minorants with some outcomes moved a little, so that the slope in each free scalar is exactly 0."""
    free = {k for k, scalar in enumerate(level.scalars) if scalar.domain.least is None and scalar.domain.weight == 0}
    slopes = dict.fromkeys(free, fmpq(0))
    for row, found in zip(level.rows, minorant(level, entries).slopes if free else [], strict=False):
        for x, k in zip(found, row.shift, strict=False):
            if k in free:
                slopes[k] += x
    wrong = {k: slope for k, slope in slopes.items() if slope != 0}
    if not wrong:
        return entries
    places = list(_places(level, entries, wrong))
    for r in sorted(range(len(entries)), key=lambda r: -level.rows[r].weight):
        best = {place.scalar: place for place in sorted(places, key=_freedom) if place.row == r}
        if set(best) == set(wrong):
            return [*entries[:r], _moved(entries[r], [(best[k], wrong[k]) for k in wrong]), *entries[r + 1 :]]
    raise Undecided("no row sees all free scalars, by which their slopes could be made exactly 0")


def _freedom(place: _Place) -> float:
    """How far an outcome can move, in units of the slope; what a tangent sees may move by 1."""
    return float((min(place.p, 1 - place.p) if place.is_outcome else 1) * abs(place.rate))


def _places(level: UnitLevel, entries: list[Data], scalars: Any) -> Iterator[_Place]:
    for r, (row, entry) in enumerate(zip(level.rows, entries, strict=True)):
        for t, (rates, stated) in enumerate(_outcomes(row, entry)):
            for a, (rate, x, k) in enumerate(zip(rates, stated, row.shift, strict=False)):
                if k in scalars and rate != 0:
                    p, is_outcome = fmpq(x, 1 << entry["bits"]), entry["form"] != "tangent"
                    yield _Place(row=r, term=t, column=a, scalar=k, rate=row.weight * rate, p=p, is_outcome=is_outcome)


def _outcomes(row: UnitRow, entry: Data) -> Iterator[tuple[list[fmpq], list[int]]]:
    """For each term of a row the slopes of its slopes in its outcomes, and the outcomes; of a tangent in the entries where it touches."""
    split, parts = row.split(), separable(row.formula, row.tau)
    if entry["form"] == "gibbs" and split is not None:
        yield [split.kappa * int(c != 0) for c in split.coefficients], entry["row"]
    if entry["form"] == "tangent" and is_rational(row.formula):
        # a row of squares: its slopes are affine in what it sees
        here = [fmpq(x, 1 << entry["bits"]) for x in entry["row"]]
        slopes = [_exact_slopes(row, [x + step for x in here]) for step in (0, 1)]
        yield [y - x for x, y in zip(*slopes, strict=True)], entry["row"]
    if entry["form"] == "sigmoid" and parts is not None:
        for term, stated in zip(parts.terms, entry["rows"], strict=True):
            yield [term.rate * n for n in (row.c if term.coefficient == "c" else row.q)], stated


def _exact_slopes(row: UnitRow, at: list[fmpq]) -> list[fmpq]:
    return value_and_gradient(row.formula, Row(at, row.c, row.q, row.tau), fmpq)[1]


def _moved(entry: Data, moves: list[tuple[_Place, fmpq]]) -> Data:
    """A row with some outcomes changed by exact rationals, over a common denominator."""
    one = 1 << entry["bits"]
    tables = [[fmpq(x, one) for x in row] for row in (entry["rows"] if "rows" in entry else [entry["row"]])]
    for place, slope in moves:
        tables[place.term][place.column] -= slope / place.rate
    over = lcm(*(int(x.q) for row in tables for x in row), one) // one
    rows = [[int((x * one * over).p) for x in row] for row in tables]
    return {**entry, "over": over, **({"rows": rows} if "rows" in entry else {"row": rows[0]})}
