"""Problems on nodes of several kinds that come in interchangeable units (MATH 9), as they stand in a certificate.

A unit is one node of each kind: a pair (image, text), a class (weight vector, mean of its samples). A unit type is so many units that
nothing tells apart, each with so many copies (samples) of each node. A row belongs to every copy of the node of its anchor kind. Its
coefficients are rules: they know kinds and counts alone, so any two units of one type may be swapped without changing the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq

from ..certificate import fields, integer, items, rational, require, size_of
from ..formula import Tree, is_additive, parse
from ..level import MAX_RULE, rule_value
from ..problem import MAX_COUNT, MAX_FORMULA, StatedConstraint, read_constraint
from .scalars import FIXED, StatedScalar, degree, read_scalars, read_temperature

# no loss of the field has more than three kinds of nodes or four kinds of rows
MAX_KINDS = 8
MAX_ROWS = 16
PLACES = ("self", "copies", "own", "others")


@dataclass(frozen=True)
class UnitType:
    """A unit type: how many units, and how many copies of each node, kind by kind."""

    multiplicity: int
    copies: list[int]


@dataclass(frozen=True)
class StatedRow:
    """The row of every copy of one kind's node; c and q by place and kind: rules, absent where 0. shift: the scalar of its entries."""

    anchor: int
    formula: Tree
    weight: Any
    c: dict[tuple[str, int], Any]
    q: dict[tuple[str, int], Any]
    shift: int | None = None


@dataclass(frozen=True)
class StatedUnits:
    """A loss on units, at a temperature; its value is multiplied by scale.

    With free scalars tau is 1 and rows see similarities over the temperature; inverse: the interval of its inverse, else (1, 1).
    """

    tau: fmpq
    scale: fmpq
    kinds: list[str]
    constraints: list[StatedConstraint]
    types: list[UnitType]
    rows: list[StatedRow]
    scalars: list[StatedScalar]
    inverse: tuple[fmpq, fmpq]

    @property
    def units(self) -> int:
        """How many units there are in all."""
        return sum(each.multiplicity for each in self.types)

    def value(self, rule: Any, own: int, other: int) -> fmpq:
        """The value of a rule for nodes of so many copies."""
        return rule_value(rule, {"n_own": own, "n_other": other, "k": self.units})


def read_unit_problem(data: Any) -> StatedUnits:
    """Check every field of a claim's problem on units."""
    fields(data, "tau scale kinds units rows", "scalars")
    scale = rational(data["scale"], "scale")
    require(scale > 0, "scale is not positive")
    kinds = [fields(kind, "name constraint") for kind in items(data["kinds"], "kinds")]
    names = [kind["name"] for kind in kinds]
    require(0 < len(kinds) <= MAX_KINDS, f"there are not 1 to {MAX_KINDS} kinds")
    require(all(type(name) is str and name.isidentifier() for name in names), "the name of a kind is not a word")
    require(len(set(names)) == len(names), "a kind is named twice")
    constraints = [read_constraint(kind["constraint"]) for kind in kinds]
    require(not any(norm.nonnegative for norm in constraints), "signs are not supported on units")
    types = [_read_type(each, len(kinds)) for each in items(data["units"], "units")]
    require(len(types) > 0, "there are no units")
    scalars = read_scalars(data.get("scalars", []), names)
    rows = [_read_row(row, names, scalars) for row in items(data["rows"], "rows")]
    require(0 < len(rows) <= MAX_ROWS, f"there are not 1 to {MAX_ROWS} rows")
    tau, inverse = _temperature(data["tau"], scalars, constraints, rows)
    return StatedUnits(tau=tau, scale=scale, kinds=names, constraints=constraints, types=types, rows=rows, scalars=scalars, inverse=inverse)


def _temperature(
    data: Any, scalars: list[StatedScalar], norms: list[StatedConstraint], rows: list[StatedRow]
) -> tuple[fmpq, tuple[fmpq, fmpq]]:
    """The temperature of rows of similarities, or 1 and the interval of its inverse for rows of similarities over the temperature."""
    least, most = read_temperature(data)
    if not scalars and least == most:
        return 1 / least, FIXED
    require(all(degree(row.formula) == 0 for row in rows), "a free scalar needs rows that know similarities over tau alone")
    require(least == most or all(norm.kind != "ridge" for norm in norms), "under a ridge the norms take the part of a free temperature")
    return fmpq(1), (least, most)


def _read_type(data: Any, kinds: int) -> UnitType:
    fields(data, "multiplicity copies")
    copies = [integer(n, "a number of copies", 1, MAX_COUNT) for n in items(data["copies"], "copies", kinds)]
    return UnitType(multiplicity=integer(data["multiplicity"], "a multiplicity", 1, MAX_COUNT), copies=copies)


def _read_row(data: Any, names: list[str], scalars: list[StatedScalar]) -> StatedRow:
    fields(data, "anchor formula weight c q", "shift")
    known = [each.name for each in scalars]
    require("shift" not in data or data["shift"] in known, "the shift of a row is none of the scalars")
    require(data["anchor"] in names, "the anchor of a row is not a kind")
    require(size_of(data["formula"]) <= MAX_FORMULA, f"the formula has more than {MAX_FORMULA} entries")
    formula = parse(data["formula"])
    require(is_additive(formula), "R1 fails: the formula is not linear in its coefficients")
    anchor = names.index(data["anchor"])
    require(size_of(data["weight"]) <= MAX_RULE, "the rule of a weight is too long")
    c, q = (_read_rules(data[name], names, anchor) for name in "cq")
    shift = known.index(data["shift"]) if "shift" in data else None
    return StatedRow(anchor=anchor, formula=formula, weight=data["weight"], c=c, q=q, shift=shift)


def _read_rules(data: Any, names: list[str], anchor: int) -> dict[tuple[str, int], Any]:
    """Rules by place and kind: of the anchor itself, its copies, the other nodes of its unit, and the nodes of other units."""
    fields(data, "", " ".join(PLACES))
    rules: dict[tuple[str, int], Any] = {}
    for place, entry in data.items():
        by_kind = {names[anchor]: entry} if place in ("self", "copies") else fields(entry, "", " ".join(names))
        require(place != "own" or names[anchor] not in by_kind, "a node's own entry stands under self, and its copies under copies")
        for name, rule in by_kind.items():
            require(size_of(rule) <= MAX_RULE, "the rule of a coefficient is too long")
            rules[place, names.index(name)] = rule
    return rules
