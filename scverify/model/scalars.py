"""Scalars that a loss leaves free: a bias of the logits, and a temperature in an interval (MATH 9)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scverify.errors import InputError
from scverify.model.constraints import Ridge
from scverify.model.exact import Rational, moderate, positive

FREE = "free"


@dataclass(frozen=True)
class FreeInterval:
    """The rationals from least to most."""

    least: Fraction
    most: Fraction

    def __init__(self, least: Rational, most: Rational, name: str = "interval") -> None:
        """Raises InputError unless least < most."""
        low, high = moderate(least, name), moderate(most, name)
        if low >= high:
            raise InputError(f"{name} from {low} to {high}", "an interval of some width", f"give the smaller end of {name} first")
        object.__setattr__(self, "least", low)
        object.__setattr__(self, "most", high)

    def __str__(self) -> str:
        return f"free:{self.least},{self.most}"


FreeDomain = FreeInterval | Ridge | None
Chosen = Rational | FreeInterval | Ridge


@dataclass(frozen=True)
class FreeScalar:
    """A scalar that is added to the logits of the rows that name it. of: the kind whose nodes have one each; None: one for all.

    domain: an interval, a ridge on it, or None where nothing bounds it.
    """

    name: str
    of: str | None
    domain: FreeDomain

    def __str__(self) -> str:
        return f"{self.name} {FREE if self.domain is None else self.domain}"

    @property
    def data(self) -> dict[str, Any]:
        """The scalar as a claim states it."""
        domain: dict[str, str] = {}
        if isinstance(self.domain, FreeInterval):
            domain = {"least": str(self.domain.least), "most": str(self.domain.most)}
        elif self.domain is not None:
            domain = {"ridge": str(self.domain.weight)}
        return {"name": self.name, "domain": domain, **({"of": self.of} if self.of is not None else {})}


def chosen_scalar(value: Chosen, name: str) -> Fraction | FreeInterval | Ridge | None:
    """What a user asks of a scalar: a number, None where it is "free", an FreeInterval for "free:A,B", a Ridge for "ridge:W".

    Raises InputError for anything else.

    >>> chosen_scalar("free:-10,0", "bias")
    FreeInterval(least=Fraction(-10, 1), most=Fraction(0, 1))
    """
    if isinstance(value, FreeInterval | Ridge):
        return value
    if not isinstance(value, str) or not value.startswith((FREE, "ridge:")):
        return moderate(value, name)
    kind, _, rest = value.partition(":")
    ends = rest.split(",")
    if value == FREE:
        return None
    if kind == "ridge":
        return Ridge(rest)
    if kind == FREE and len(ends) == 2:
        return FreeInterval(ends[0], ends[1], name)
    raise InputError(f"{name} {value!r}", f"a rational, {FREE}, {FREE}:A,B or ridge:W", f"correct {name}")


def as_temperature(value: Rational | FreeInterval) -> Fraction | FreeInterval:
    """A temperature, or an interval of temperatures; raises InputError unless it is positive."""
    name = "temperature tau"
    if isinstance(value, str) and value.startswith(FREE):
        found = chosen_scalar(value, name)
        if not isinstance(found, FreeInterval):
            raise InputError(f"{name} {value!r}", f"{FREE}:A,B with 0 < A < B", "give the interval in which tau is free")
        value = found
    if isinstance(value, FreeInterval):
        positive(value.least, name)
        positive(value.most, name)
        return value
    return positive(value, name)


def temperature_data(value: Fraction | FreeInterval) -> Any:
    """A temperature as a claim states it."""
    return {"least": str(value.least), "most": str(value.most)} if isinstance(value, FreeInterval) else str(value)
