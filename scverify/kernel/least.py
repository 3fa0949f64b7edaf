"""What rows are at least, whatever the similarities are: a bound of the loss that needs no matrix (MATH 4.1)."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from .certificate import Unresolved, total
from .convexity import convexity_of
from .formula import Tree
from .level import Level


def least_of_rows(level: Level) -> arb:
    """A lower bound of the objective by the least values of its rows; a ridge only adds to them. Unresolved where a row has none."""
    anchors = [g for g in range(level.nodes) if level.weight[g] != 0]
    minima = [level.weight[g] * x for g in anchors if (x := row_minimum(level, g)) is not None]
    if len(minima) < len(anchors):
        raise Unresolved("a row is not known to be bounded below over all similarities")
    return arb(total(minima)) if minima else arb(0)


def row_minimum(level: Level, g: int) -> arb | None:
    """A lower bound of row g over all similarities, where one is known."""
    part = level.exponential_part
    if part is None:
        return least_by_sign(level.formula)
    return least_of_softmax(part.kappa, part.at_zero[g], part.slopes[g], level.c[g])


def least_by_sign(formula: Tree) -> arb | None:
    """0 for a formula that is nowhere negative, by composition."""
    return arb(0) if convexity_of(formula).nonnegative else None


def least_of_softmax(kappa: fmpq, at_zero: fmpq, slopes: list[fmpq], c: list[Any]) -> arb | None:
    """The least value of log sum c e^(kappa s) + at_zero + <slopes, s>: finite where -slopes/kappa is a probability p that vanishes with c.

    Then it is at_zero + sum p log(c/p), by the information inequality (Cover and Thomas 2006, Theorem 2.6.3).
    """
    if kappa == 0:
        return None
    p = [-r / kappa for r in slopes]
    if min(p) < 0 or total(p) != 1 or any(x != 0 and y == 0 for x, y in zip(p, c, strict=True)):
        return None
    least: arb = at_zero + total(x * arb(y / x).log() for x, y in zip(p, c, strict=True) if x != 0)
    return least
