"""Affine minorants of convex rows by their tangents: for every row that is not a log-sum-exp (MATH 4.1)."""

from __future__ import annotations

from flint import arb

from ..balls import checked_finite
from ..certificate import Dyadic, require, total
from ..formula import is_convex
from ..level import Level
from .bounds import Minorant
from .feasible import evaluated_row


def tangent_minorant(level: Level, point: Dyadic) -> Minorant:
    """A convex row lies above its tangent at any point, feasible or not (Boyd and Vandenberghe 2004, 3.1.3)."""
    require(is_convex(level.formula), "the tangent form needs a formula that is convex by composition")
    scale = arb(point.unit)
    constant, slopes = arb(0), []
    for g, numerators in enumerate(point.rows()):
        similarities = [arb(x) * scale for x in numerators]
        value, gradient = evaluated_row(level, g, similarities)
        weight = level.weight[g]
        constant += weight * (value - total(d * x for d, x in zip(gradient, similarities, strict=True)))
        slopes.append([weight * checked_finite(d, f"the gradient of row {g}") for d in gradient])
    return Minorant(constant, slopes)
