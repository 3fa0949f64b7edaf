"""UnitBestScalar: the interval in which a free scalar lies at every minimiser (MATH 9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from ..certificate import Rejected, Unresolved, fields, integer, rational, require
from ..claims import Claim, Data
from ..words import number
from .bounds import unit_lower_bound, unit_point, unit_upper_bound
from .level import UnitLevel
from .nodes import constrained_level
from .words import unit_subject

TEMPERATURE = "inverse_temperature"


def check_best_scalar(claim: Data, witness: Any) -> None:
    """Fixed at `least` or at `most`, the scalar costs a loss above that of some point between them.

    The least loss at a value of the scalar is a convex function of the value. So beyond `least` and `most` it is above that of the point as
    well. Where one of them is an end of the scalar's domain, nothing lies beyond it.
    """
    fields(claim, "type problem scalar least most")
    fields(witness, "upper", "below above")
    level = constrained_level(claim["problem"])
    place, ends = place_of(level, claim["scalar"]), _domain(level, claim["scalar"])
    least, most = (rational(claim[end], end) for end in ("least", "most"))
    require(least < most, "the interval has no width")
    point = unit_point(level, witness["upper"])
    require(least <= (point.inverse if place < 0 else point.scalars[place]) <= most, "the scalar of the point lies outside the interval")
    loss = unit_upper_bound(level, point)
    for side, value, end in (("below", least, ends[0]), ("above", most, ends[1])):
        require((side in witness) != (value == end), f"one bound is needed {side} the interval, unless its domain ends there")
        if value != end:
            _strictly_less(loss, unit_lower_bound(fixed(level, place, value), witness[side]).lower(), side)


def place_of(level: UnitLevel, data: Any) -> int:
    """The number of the scalar that is meant, -1 for the inverse temperature."""
    fields(data, "name", "type")
    kind = integer(data["type"], "the type of a scalar", 0, level.types - 1) if "type" in data else None
    if data["name"] == TEMPERATURE and kind is None:
        require(level.inverse[0] < level.inverse[1], "the temperature is not free")
        return -1
    found = [k for k, scalar in enumerate(level.scalars) if (scalar.name, scalar.type) == (data["name"], kind)]
    require(len(found) == 1, "there is no such scalar")
    return found[0]


def _domain(level: UnitLevel, data: Any) -> tuple[fmpq | None, fmpq | None]:
    place = place_of(level, data)
    return level.inverse if place < 0 else (level.scalars[place].domain.least, level.scalars[place].domain.most)


def fixed(level: UnitLevel, place: int, value: fmpq) -> UnitLevel:
    """The level with one scalar held at a value of its domain."""
    if place < 0:
        require(level.inverse[0] <= value <= level.inverse[1], "the interval leaves that of the temperature")
        return replace(level, inverse=(value, value))
    scalars = list(level.scalars)
    domain = scalars[place].domain
    require(domain.holds(value), "the interval leaves the scalar's domain")
    scalars[place] = replace(scalars[place], domain=domain._replace(least=value, most=value))
    return replace(level, scalars=tuple(scalars))


def _strictly_less(loss: arb, bound: arb, side: str) -> None:
    reason = f"the loss may be as small {side} the interval"
    if loss >= bound:
        raise Rejected(reason)
    if not loss < bound:
        raise Unresolved(reason)


def best_scalar_said(claim: Data) -> str:
    """The interval in words."""
    level = constrained_level(claim["problem"])
    place = place_of(level, claim["scalar"])
    what = "1/tau"
    if place >= 0:
        scalar = level.scalars[place]
        what = (
            f"the scalar {scalar.name}" if scalar.type is None else f"the scalar {scalar.name} of units of type {scalar.type}, on average,"
        )
    between = f"between {number(claim['least'])} and {number(claim['most'])}"
    return f"{unit_subject(claim['problem'])}: at every minimiser {what} lies {between}."


CLAIMS = {"UnitBestScalar": Claim(check_best_scalar, best_scalar_said)}
