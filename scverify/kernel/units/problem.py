"""Problems on nodes of several kinds that come in interchangeable units (MATH 9), as they stand in a certificate.

A unit is one node of each kind: a pair (image, text), a class (weight vector, mean of its samples). A unit type is a number of units
that nothing tells apart, all with the same number of copies (samples) of each node. A row belongs to every copy of the node of its anchor
kind. Its coefficients are rules: they know kinds and counts alone, so any two units of one type may be swapped without changing the loss.
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

# every sample of a class may be a kind of its own, with a row of its own
MAX_KINDS = 64
MAX_ROWS = 128
FIXED_NODE = StatedConstraint(kind="fixed", bound=fmpq(0), weight=fmpq(0), nonnegative=False)
PLACES = ("self", "copies", "copy", "own", "others")


@dataclass(frozen=True)
class UnitType:
    """A unit type: how many units, and how many copies of each node, kind by kind."""

    multiplicity: int
    copies: list[int]


@dataclass(frozen=True)
class StatedRow:
    """The row of every copy of one kind's node; c and q by place and kind: rules, absent where 0.

    choice: how many other units it sees, once for every choice of them; None: all of them, once. pooled: one row for all anchors,
    which sees what each of them sees. shift: the number of the scalar that is added to its entries.
    """

    anchor: int
    formula: Tree
    weight: Any
    c: dict[tuple[str, int], Any]
    q: dict[tuple[str, int], Any]
    choice: int | None
    pooled: bool
    shift: int | None


@dataclass(frozen=True)
class StatedUnits:
    """A loss on units, at a temperature; its value is multiplied by scale.

    With free scalars tau is 1 and rows see similarities over the temperature; inverse: the interval of its inverse, else (1, 1). fixed:
    the block of fixed nodes as it is stated, None where there are none.
    """

    tau: fmpq
    scale: fmpq
    kinds: list[str]
    constraints: list[StatedConstraint]
    types: list[UnitType]
    rows: list[StatedRow]
    scalars: list[StatedScalar]
    inverse: tuple[fmpq, fmpq]
    fixed: Any

    @property
    def units(self) -> int:
        """How many units there are in all."""
        return sum(each.multiplicity for each in self.types)

    def value(self, rule: Any, own: int, other: int) -> fmpq:
        """The value of a rule for nodes with these numbers of copies."""
        return rule_value(rule, {"n_own": own, "n_other": other, "k": self.units})


def read_unit_problem(data: Any) -> StatedUnits:
    """Check every field of a claim's problem on units."""
    fields(data, "tau scale kinds units rows", "scalars fixed")
    names, constraints = read_kinds(data)
    types = [_read_type(each, len(names)) for each in items(data["units"], "units")]
    require(len(types) > 0, "there are no units")
    scalars = read_scalars(data.get("scalars", []), names)
    rows = [_read_row(row, names, scalars) for row in items(data["rows"], "rows")]
    require(0 < len(rows) <= MAX_ROWS, f"there are not 1 to {MAX_ROWS} rows")
    for row in rows:
        alike = len(types) == 1 or (row.choice is None and not row.pooled)
        require(alike, "choices of units and pooled rows need units of one type")
        require(row.choice is None or row.choice < types[0].multiplicity, "there are not so many other units to choose")
    tau, inverse = read_temperatures(data["tau"], scalars, constraints, [row.formula for row in rows])
    return StatedUnits(
        tau=tau,
        scale=read_scale(data["scale"]),
        kinds=names,
        constraints=constraints,
        types=types,
        rows=rows,
        scalars=scalars,
        inverse=inverse,
        fixed=data.get("fixed"),
    )


def read_scale(data: Any) -> fmpq:
    """The factor of the loss, positive."""
    scale = rational(data, "scale")
    require(scale > 0, "scale is not positive")
    return scale


def read_kinds(data: Any) -> tuple[list[str], list[StatedConstraint]]:
    """The kinds of a problem's nodes, and the constraint of each."""
    kinds = [fields(kind, "name constraint") for kind in items(data["kinds"], "kinds")]
    names = [kind["name"] for kind in kinds]
    require(0 < len(kinds) <= MAX_KINDS, f"there are not 1 to {MAX_KINDS} kinds")
    require(all(type(name) is str and name.isascii() and name.isidentifier() for name in names), "the name of a kind is not a word")
    require(len(set(names)) == len(names), "a kind is named twice")
    constraints = [FIXED_NODE if kind["constraint"] == {"kind": "fixed"} else read_constraint(kind["constraint"]) for kind in kinds]
    signed = any(norm.nonnegative for norm in constraints)
    require((FIXED_NODE in constraints) == ("fixed" in data), "a block is stated for fixed kinds, and for no others")
    require(FIXED_NODE not in constraints or not signed, "signs beside fixed nodes are not supported")
    return names, constraints


def read_temperatures(
    data: Any, scalars: list[StatedScalar], norms: list[StatedConstraint], formulas: list[Tree]
) -> tuple[fmpq, tuple[fmpq, fmpq]]:
    """The temperature of rows of similarities, or 1 and the interval of its inverse for rows of similarities over the temperature."""
    least, most = read_temperature(data)
    if not scalars and least == most:
        return 1 / least, FIXED
    require(all(degree(formula) == 0 for formula in formulas), "a free scalar needs rows that know similarities over tau alone")
    require(least == most or all(norm.kind != "ridge" for norm in norms), "under a ridge the norms take the part of a free temperature")
    return fmpq(1), (least, most)


def read_formula(data: Any) -> Tree:
    """A formula whose equal similarities may be merged (R1)."""
    require(size_of(data) <= MAX_FORMULA, f"the formula has more than {MAX_FORMULA} entries")
    formula = parse(data)
    require(is_additive(formula), "R1 fails: the formula is not linear in its coefficients")
    return formula


def _read_type(data: Any, kinds: int) -> UnitType:
    fields(data, "multiplicity copies")
    copies = [integer(n, "a number of copies", 1, MAX_COUNT) for n in items(data["copies"], "copies", kinds)]
    return UnitType(multiplicity=integer(data["multiplicity"], "a multiplicity", 1, MAX_COUNT), copies=copies)


def _read_row(data: Any, names: list[str], scalars: list[StatedScalar]) -> StatedRow:
    fields(data, "anchor formula weight c q", "choice pooled shift")
    known = [each.name for each in scalars]
    require("shift" not in data or data["shift"] in known, "the shift of a row is none of the scalars")
    require(data.get("pooled", True) is True, "pooled is not true")
    require(data["anchor"] in names, "the anchor of a row is not a kind")
    formula = read_formula(data["formula"])
    anchor = names.index(data["anchor"])
    require(size_of(data["weight"]) <= MAX_RULE, "the rule of a weight is too long")
    c, q = (_read_rules(data[name], names, anchor) for name in "cq")
    require("choice" not in data or "pooled" not in data, "a pooled row makes no choice")
    choice = integer(data["choice"], "a number of units to choose", 1, MAX_COUNT) if "choice" in data else None
    shift = known.index(data["shift"]) if "shift" in data else None
    return StatedRow(anchor=anchor, formula=formula, weight=data["weight"], c=c, q=q, choice=choice, pooled="pooled" in data, shift=shift)


def _read_rules(data: Any, names: list[str], anchor: int) -> dict[tuple[str, int], Any]:
    """Rules by place and kind: of the anchor, all its other copies, one of them, the other nodes of its unit, and nodes of other units.

    "copy" is one of the other copies: each in turn, or one fixed partner. Both have the same level where the row sees no copies beside it.
    """
    fields(data, "", " ".join(PLACES))
    rules: dict[tuple[str, int], Any] = {}
    for place, entry in data.items():
        by_kind = {names[anchor]: entry} if place in ("self", "copies", "copy") else fields(entry, "", " ".join(names))
        require(place != "own" or names[anchor] not in by_kind, "a node's own entry stands under self, and its copies under copies")
        for name, rule in by_kind.items():
            require(size_of(rule) <= MAX_RULE, "the rule of a coefficient is too long")
            rules[place, names.index(name)] = rule
    return rules
