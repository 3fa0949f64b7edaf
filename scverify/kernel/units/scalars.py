"""Free scalars of a problem on units: biases that logits share, and the inverse temperature in an interval (MATH 9).

Rows that know similarities and temperature by s/tau alone are rows of Y = X/tau, whose diagonal is t rho^2, t = 1/tau; a bias b is added
to the entries of Y that a row sees. So the loss is convex in (Y, t, b) together, and an affine minorant of the rows is affine in b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from flint import arb, fmpq

from ..certificate import fields, items, rational, require
from ..formula import Tree

# losses of the field have a bias and a temperature
MAX_SCALARS = 8
FIXED = (fmpq(1), fmpq(1))


class ScalarDomain(NamedTuple):
    """Where a scalar may lie, without ends where it is free, and the weight of a ridge on it, 0 for none."""

    least: fmpq | None
    most: fmpq | None
    weight: fmpq

    def holds(self, value: fmpq) -> bool:
        """Whether a value lies in the domain."""
        return (self.least is None or bool(self.least <= value)) and (self.most is None or bool(value <= self.most))

    def nearest_to_zero(self) -> fmpq:
        """The value of least magnitude."""
        return max(fmpq(0) if self.least is None else self.least, min(fmpq(0), fmpq(0) if self.most is None else self.most))


class StatedScalar(NamedTuple):
    """A scalar as it is stated: one for all nodes, or one for each node of a kind."""

    name: str
    kind: int | None
    domain: ScalarDomain


@dataclass(frozen=True)
class LevelScalar:
    """A scalar of a level. count: how many of them there are, equal by averaging over swaps; type: of which units, None for one of all."""

    name: str
    type: int | None
    count: int
    domain: ScalarDomain

    def cost(self, value: fmpq) -> fmpq:
        """The ridge at a value."""
        return self.count * self.domain.weight * value * value / 2

    def least(self, slope: fmpq | arb) -> arb:
        """A lower bound of slope b + cost(b) over the domain; the slope in a scalar that nothing bounds has to be exactly 0."""
        low, high, weight = self.domain
        if low is not None and low == high:
            return arb(slope) * low + self.cost(low)
        if weight > 0:
            return -arb(slope) * slope / (2 * self.count * weight)  # no power: that of a ball around 0 is not finite
        if low is not None and high is not None:
            return arb(min((arb(slope) * low).lower(), (arb(slope) * high).lower()))
        require(isinstance(slope, fmpq), f"{self.name} is free, and a slope in it is not exact")
        require(slope == 0, f"the slope in {self.name}, which is free, is not 0")
        return arb(0)


def read_scalars(data: Any, kinds: list[str]) -> list[StatedScalar]:
    """The scalars of a problem: {"name", "domain"}, and "of" a kind where each node of it has its own."""
    found = []
    for entry in items(data, "scalars"):
        fields(entry, "name domain", "of")
        require(
            type(entry["name"]) is str and entry["name"].isascii() and entry["name"].isidentifier(), "the name of a scalar is not a word"
        )
        require("of" not in entry or entry["of"] in kinds, "a scalar of no kind")
        kind = kinds.index(entry["of"]) if "of" in entry else None
        found.append(StatedScalar(name=entry["name"], kind=kind, domain=_read_domain(entry["domain"])))
    require(len(found) <= MAX_SCALARS, f"there are more than {MAX_SCALARS} scalars")
    require(len({each.name for each in found}) == len(found), "a scalar is named twice")
    return found


def _read_domain(data: Any) -> ScalarDomain:
    """{} for a free scalar, {"least", "most"} for an interval, {"ridge"} for a weight."""
    fields(data, "", "least most ridge")
    require(("least" in data) == ("most" in data) and not ("least" in data and "ridge" in data), "a domain is an interval or a ridge")
    weight = rational(data["ridge"], "the ridge of a scalar") if "ridge" in data else fmpq(0)
    require("ridge" not in data or weight > 0, "the ridge of a scalar is not positive")
    if "least" not in data:
        return ScalarDomain(None, None, weight)
    least, most = (rational(data[end], "an end of an interval") for end in ("least", "most"))
    require(least < most, "the interval of a scalar has no width")
    return ScalarDomain(least, most, weight)


def read_temperature(data: Any) -> tuple[fmpq, fmpq]:
    """The interval of 1/tau; its ends are equal where tau is given."""
    if not isinstance(data, dict):
        tau = rational(data, "tau")
        require(tau > 0, "tau is not positive")
        return 1 / tau, 1 / tau
    fields(data, "least most")
    least, most = (rational(data[end], "an end of tau") for end in ("least", "most"))
    require(0 < least < most, "the interval of tau is not positive, or has no width")
    return 1 / most, 1 / least


def degree(tree: Tree) -> int | None:
    """d where the tree is homogeneous of degree d in (s, tau) together; None where the rules do not show it.

    By induction F(x s, x tau) = x^d F(s, tau) for x > 0. A row of degree 0 is one of s/tau.
    """
    if not isinstance(tree, tuple):
        return int(tree in ("s", "tau")) if isinstance(tree, str) else 0
    head, found = tree[0], [degree(x) for x in tree[1:] if not isinstance(x, int)]
    if None in found:
        return None
    degrees = [x for x in found if x is not None]
    if head == "mul":
        return sum(degrees)
    if head == "pow":
        return degrees[0] * int(tree[2])
    if head in ("add", "sum"):
        return degrees[0] if len(set(degrees)) == 1 else None
    return 0 if degrees == [0] else None
