"""How near every minimiser is to the outcomes that a lower bound states, by the gap alone (MATH 4.3, 9).

A row lies above its Gibbs minorant by KL(stated || its own outcomes), and the gap bounds the sum of what is lost: with S = F F' + (spreads)
+ E, f(X) - lower >= sum of weights times KL + <F F' + (spreads), X> at every feasible X. So the gap bounds every KL at a minimiser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from ..certificate import Rejected, require
from .level import UnitLevel, UnitRow
from .minorants import stated_outcomes
from .separable import separable


@dataclass(frozen=True)
class NearRow:
    """What a row sees at every minimiser, entry by entry, up to one number for all entries unless `absolute`.

    values: similarities by the stated outcomes, None for an entry whose outcome is 0 or 1; errors: how far the minimiser's may be from
    them, infinite where nothing is known.
    slope_error: a bound of sum (w times the change of a slope)^2 over all rows of the level's row, each of its copies apart.
    """

    values: list[arb | None]
    errors: list[arb]
    absolute: bool
    slope_error: arb
    terms: int


def near_row(level: UnitLevel, row: UnitRow, entry: Any, gap: arb) -> NearRow:
    """A row at every minimiser of a problem whose certified bounds lie `gap` apart, from the outcomes of its minorant."""
    require(row.plain, "a row of choices, or of all anchors, does not say how near a minimiser is")
    each = gap * level.multiplicity[row.anchor] / row.weight
    counts = entry_counts(level, row.anchor)
    split, parts = row.split(), separable(row.formula, row.tau)
    if entry["form"] == "gibbs" and split is not None:
        kappa = split.kappa
        require(kappa != 0, "a row does not move with its entries")
        p = stated_outcomes(row, entry)[0]
        known = [_logarithm(x, c, n, each) if n and x > 0 else None for x, c, n in zip(p, split.coefficients, counts, strict=True)]
        square = _square_by_divergence(p, known, split.coefficients, counts)
        lost = row.weight / level.multiplicity[row.anchor] * kappa * kappa * square * gap
        return _near(known, arb(kappa), absolute=False, lost=arb(lost), terms=1)
    if entry["form"] == "sigmoid" and parts is not None:
        known, lost = [None] * len(row.c), arb(0)
        for term, p in zip(parts.terms, stated_outcomes(row, entry), strict=True):
            for a, (x, n) in enumerate(zip(p, row.c if term.coefficient == "c" else row.q, strict=True)):
                if n == 0 or not counts[a]:
                    continue
                single = n / counts[a]
                known[a] = _farther(known[a], here := _logit(x, term.offset, term.rate, each / single))
                # (p - p')^2 <= KL/2 (Pinsker), and <= 2 max(p, p') KL for either outcome
                share = min(fmpq(1, 2), 4 * x, 4 * (1 - x)) if _is_known(here) else fmpq(1, 2)
                lost = max(lost, arb(row.weight / level.multiplicity[row.anchor] * single * term.rate * term.rate * share * gap).upper())
        return _near(known, arb(1), absolute=True, lost=lost, terms=len(parts.terms))
    raise Rejected("a tangent does not say how near a minimiser is")


def entry_counts(level: UnitLevel, anchor: int) -> list[int]:
    """How many nodes stand behind each entry of a row: those of a kind in the other units of a type, then one for each of its own unit."""
    m, t = level.multiplicity, anchor // level.kinds
    return [*(m[j] - (j // level.kinds == t) for j in range(level.nodes)), *[1] * level.kinds]


KnownEntry = tuple[arb, arb] | None


def _square_by_divergence(p: list[fmpq], known: list[KnownEntry], coefficients: list[Any], counts: list[int]) -> fmpq:
    """C with |p - p'|^2 <= C KL(p || p'), entry by entry.

    C = 2 by Pinsker. KL is the sum of p log(p/p') - p + p' >= (p - p')^2 / (2 max(p, p')); where every p' <= 2 p, the sum of
    (p - p')^2/p is at most 4 KL, so that |p - p'|^2 <= 8 (1 - largest p) KL, the change of the largest being that of all others.
    """
    everywhere = all(_is_known(each) or c == 0 or n == 0 for each, c, n in zip(known, coefficients, counts, strict=True))
    largest = max((x / n for x, n in zip(p, counts, strict=True) if n), default=fmpq(0))
    return min(fmpq(2), 8 * (1 - largest)) if everywhere else fmpq(2)


def _near(known: list[KnownEntry], rate: arb, absolute: bool, lost: arb, terms: int) -> NearRow:
    values = [None if each is None else each[0] / rate for each in known]
    errors = [arb("inf") if each is None else each[1] / abs(rate) for each in known]
    return NearRow(values=values, errors=errors, absolute=absolute, slope_error=lost, terms=terms)


def _is_known(entry: KnownEntry) -> bool:
    return entry is not None and bool(entry[1].is_finite())


def _farther(entry: KnownEntry, other: KnownEntry) -> KnownEntry:
    """What two terms say of one entry: each has to hold up to the error."""
    if entry is None or other is None:
        return entry or other
    return other[0], entry[1] + other[1]


def _logarithm(p: fmpq, c: Any, count: int, divergence: arb) -> KnownEntry:
    """log(p/c) of an outcome, and how far it may be."""
    return arb(p / c).log(), _relative(p / count, divergence)


def _logit(p: fmpq, offset: fmpq, rate: fmpq, divergence: arb) -> KnownEntry:
    """The similarity of a term log(1 + e^(rate s + offset)) with outcome p, and how far it may be."""
    if not 0 < p < 1:
        return None
    error = _relative(p, divergence) + _relative(1 - p, divergence)
    return (arb(p / (1 - p)).log() - offset) / rate, error / abs(arb(rate))


def _relative(p: fmpq, divergence: arb) -> arb:
    """A bound of |log p' - log p| for outcomes p' with KL(p || p') <= divergence, infinite where none is known.

    KL of two outcomes is at least (p - p')^2 / (2 max(p, p')): the integral of |x - p|/(x(1 - x)) from p to p', x at most the larger of
    them. So |p - p'| <= theta p with theta = 2 sqrt(divergence/p) wherever theta < 1, and KL falls where outcomes are put together.
    """
    theta = 2 * (divergence / p).upper().sqrt()
    if not theta < 1:
        return arb("inf")
    return (-(1 - theta).log()).upper()
