"""Affine minorants of the rows of a level on units: by Gibbs's inequality, its form for sigmoids, or a tangent (MATH 4.1, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpz

from ..certificate import Rejected, fields, integer, items, require, total
from ..formula import Row, is_convex, is_rational, value_and_gradient
from .level import UnitLevel, UnitRow
from .separable import affine_slopes, entropy, separable

# exact where they are rational, balls else
EntrySlopes = list[Any]


@dataclass(frozen=True)
class UnitMinorant:
    """The sum of the rows is at least constant + sum over rows of slopes . entries, weights included."""

    constant: arb
    slopes: list[EntrySlopes]


def minorant(level: UnitLevel, data: list[Any]) -> UnitMinorant:
    """The minorant that a witness states, row by row."""
    constant, slopes = arb(0), []
    for row, entry in zip(level.rows, data, strict=True):
        part, found = _FORMS[_form(entry)](row, entry)
        constant += row.weight * part
        slopes.append([row.weight * x for x in found])
    return UnitMinorant(constant, slopes)


def stated_outcomes(row: UnitRow, entry: Any) -> list[list[fmpq]]:
    """The outcomes p of a row's Gibbs form, or those of each term of its sigmoid form; checked where the minorant is."""
    unit = _unit(entry)
    return [_exact(stated, unit, len(row.c)) for stated in (entry["rows"] if entry["form"] == "sigmoid" else [entry["row"]])]


def _form(entry: Any) -> str:
    require(isinstance(entry, dict) and entry.get("form") in _FORMS, f"the form of a row is none of {', '.join(_FORMS)}")
    return str(entry["form"])


def _unit(entry: Any) -> fmpq:
    """The value of one in the last place: 2^-bits, over an integer where some slopes have to sum to 0 exactly."""
    return fmpq(1, fmpz(2) ** integer(entry["bits"], "bits of a row", 0) * integer(entry.get("over", 1), "the denominator of a row", 1))


def _exact(data: Any, unit: fmpq, length: int) -> list[fmpq]:
    return [integer_of(x) * unit for x in items(data, "a row", length)]


def integer_of(data: Any) -> int:
    """A JSON integer of any size and sign."""
    require(type(data) is int, "an entry of a row is not an integer")
    return int(data)


def _gibbs(row: UnitRow, entry: Any) -> tuple[arb, EntrySlopes]:
    """log sum c e^(kappa s) >= kappa sum p s - sum p log(p/c) (Cover and Thomas 2006, Theorem 2.6.3)."""
    fields(entry, "form bits row", "over")
    split = row.split()
    if split is None:
        raise Rejected("the Gibbs form needs a row that is a log-sum-exp plus an affine remainder")
    kappa, at_zero, rest, coefficients = split
    p = _exact(entry["row"], _unit(entry), len(row.c))
    require(min(p) >= 0 and total(p) == 1, "the outcomes of a row are not probabilities")
    require(all(x == 0 for x, c in zip(p, coefficients, strict=True) if c == 0), "an outcome is positive where c is 0")
    entropies = total(arb(x) * arb(c / x).log() for x, c in zip(p, coefficients, strict=True) if x != 0)
    return entropies + at_zero, [kappa * x + r for x, r in zip(p, rest, strict=True)]


def _sigmoid(row: UnitRow, entry: Any) -> tuple[arb, EntrySlopes]:
    """log(1 + e^x) >= p x - p log p - (1 - p) log(1 - p) for 0 <= p <= 1: Gibbs's inequality with two outcomes, term by term."""
    fields(entry, "form bits rows", "over")
    split = separable(row.formula, row.tau)
    if split is None:
        raise Rejected("the sigmoid form needs a row of terms log(1 + e^x) and an affine remainder")
    constant, slopes = affine_slopes(row, split)
    value, unit = arb(constant), _unit(entry)
    for term, stated in zip(split.terms, items(entry["rows"], "the rows of a sigmoid row", len(split.terms)), strict=True):
        p = _exact(stated, unit, len(row.c))
        require(min(p) >= 0 and max(p) <= 1, "an outcome of a sigmoid lies outside [0, 1]")
        coefficients = row.c if term.coefficient == "c" else row.q
        for a, (x, n) in enumerate(zip(p, coefficients, strict=True)):
            if n != 0:
                value += n * (x * term.offset + entropy(x))
                slopes[a] += n * x * term.rate
    return value, slopes


def _tangent(row: UnitRow, entry: Any) -> tuple[arb, EntrySlopes]:
    """A convex row lies above its tangent at any point, feasible or not (Boyd and Vandenberghe 2004, 3.1.3); exact where the row is."""
    fields(entry, "form bits row", "over")
    require(is_convex(row.formula), "the tangent form needs a formula that is convex by composition")
    at = _exact(entry["row"], _unit(entry), len(row.c))
    exact = value_and_gradient(row.formula, Row(at, row.c, row.q, row.tau), fmpq) if is_rational(row.formula) else None
    value, gradient = exact or row.evaluated([arb(x) for x in at])
    return value - total(d * x for d, x in zip(gradient, at, strict=True)), gradient


_FORMS = {"gibbs": _gibbs, "sigmoid": _sigmoid, "tangent": _tangent}
