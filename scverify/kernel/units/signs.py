"""Signed nodes: H >= 0, so that similarities of two of them are not negative, and a point with such coordinates (MATH 9)."""

from __future__ import annotations

from flint import fmpq

from ..certificate import Dyadic, require
from .level import UnitLevel


def both_signed(level: UnitLevel, i: int, j: int) -> bool:
    """Whether the similarity of two nodes is a product of vectors that are both >= 0."""
    return level.constraint[i].nonnegative and level.constraint[j].nonnegative


def check_signs(level: UnitLevel, means: Dyadic, spreads: list[Dyadic]) -> None:
    """Every signed node has coordinates >= 0.

    The first columns of the means belong to those of the spreads, type by type: x times (1, ..., 1)/sqrt(m) and K times vertex p of a
    simplex, sqrt(m/(m - 1)) (e_p - (1, ..., 1)/m), are (x - K/sqrt(m - 1))/sqrt(m) at the places of other units and
    (x + sqrt(m - 1) K)/sqrt(m) at p.
    """
    signed = [i for i, norm in enumerate(level.constraint) if norm.nonnegative]
    owners = [(t, s) for t, spread in enumerate(spreads) for s in range(spread.numerators.ncols())]
    require(not signed or means.numerators.ncols() >= len(owners), "a spread has no column of the means")
    for i in signed:
        t, a, m = i // level.kinds, i % level.kinds, level.multiplicity[i]
        for column in range(means.numerators.ncols()):
            x, k = means.entry(i, column), fmpq(0)
            if column < len(owners) and owners[column][0] == t:
                k = spreads[t].entry(a, owners[column][1])
            square = k * k / (m - 1) if k > 0 else k * k * (m - 1)
            require(x >= 0 and x * x >= square, "a signed node has a negative coordinate")
