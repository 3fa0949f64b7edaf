"""Upper bounds of the norms under a ridge, where nothing else bounds them (MATH 4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import arb

from ..certificate import total
from ..least import row_minimum
from ..level import Level
from .bounds import bounded_below
from .feasible import evaluated_row


def norm_bounds(level: Level, trace: Any) -> list[arb | None]:
    """An upper bound of X_gg at every point that is no worse than 0; None where there is none.

    Where L + share * weight/2 tr >= a, a point no worse than 0 has (1 - share) * weight/2 * mass_g * X_gg <= L(0) - a. Rows known to
    be bounded below serve with share 0; else the witness `trace` proves a for share 1/2, where no diagonal slope may be negative.
    """
    anchors = [g for g in range(level.nodes) if level.weight[g] != 0]
    at_zero = total(level.weight[g] * evaluated_row(level, g, [arb(0)] * (level.nodes + 1))[0] for g in anchors)
    if trace is not None:
        half = level.constraint.weight / 2
        least = bounded_below(replace(level, constraint=level.constraint._replace(weight=half)), trace, [None] * level.nodes)
        return [2 * (at_zero - least) / (half * mass) for mass in level.mass]
    minima = [row_minimum(level, g) for g in anchors]
    known = [level.weight[g] * x for g, x in zip(anchors, minima, strict=True) if x is not None]
    if len(known) < len(anchors):
        return [None] * level.nodes
    return [2 * (at_zero - total(known)) / (level.constraint.weight * mass) for mass in level.mass]
