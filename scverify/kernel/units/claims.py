"""Claims about the minimum of a loss on units: UnitLowerBound, UnitUpperBound and UnitOptimum."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..certificate import at_most, fields, rational, require
from ..claims import Claim, Data
from ..words import number
from .bounds import unit_lower_bound, unit_point, unit_upper_bound
from .nodes import constrained_level
from .words import unit_subject


def check_unit_bounds(claim: Data, witness: Any, sides: str) -> None:
    """The objective's minimum lies above `lower`, below `upper`."""
    fields(claim, f"type problem {sides}")
    fields(witness, sides)
    level = constrained_level(claim["problem"])
    claimed = {side: rational(claim[side], side) for side in sides.split()}
    if len(claimed) == 2:
        require(claimed["lower"] <= claimed["upper"], "the lower bound lies above the upper one")
    if "upper" in claimed:
        at_most(
            unit_upper_bound(level, unit_point(level, witness["upper"])), claimed["upper"], "the witness does not prove the upper bound"
        )
    if "lower" in claimed:
        at_most(claimed["lower"], unit_lower_bound(level, witness["lower"]).lower(), "the witness does not prove the lower bound")


def unit_bounds_said(claim: Data) -> str:
    """The claim in words, from its own fields."""
    said = []
    if "lower" in claim:
        said.append(f"every feasible configuration, of any dimension, has a loss of at least {number(claim['lower'])}")
    if "upper" in claim:
        said.append(f"some feasible one has a loss of at most {number(claim['upper'])}")
    return f"{unit_subject(claim['problem'])}: {', and '.join(said)}."


CLAIMS = {
    "UnitLowerBound": Claim(partial(check_unit_bounds, sides="lower"), unit_bounds_said),
    "UnitUpperBound": Claim(partial(check_unit_bounds, sides="upper"), unit_bounds_said),
    "UnitOptimum": Claim(partial(check_unit_bounds, sides="lower upper"), unit_bounds_said),
}
