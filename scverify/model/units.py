"""Losses that bring their own nodes, in interchangeable units of several kinds, and the problems they pose (MATH 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr

from scverify.errors import InputError
from scverify.kernel.units.level import UnitLevel, unit_level
from scverify.kernel.units.problem import read_unit_problem
from scverify.model.constraints import Constraint, NonNegative, Sphere
from scverify.model.data import constraint_data, rule_data
from scverify.model.exact import Rational
from scverify.model.scalars import FreeInterval, FreeScalar, temperature_data
from scverify.model.scalars import temperature as read_temperature
from scverify.symbolic.printers import to_kernel
from scverify.symbolic.row import RowFormula

Rules = Mapping[str, Any]


@dataclass(frozen=True)
class RowKind:
    """The row of every copy of one kind's node. c and q by place: "self" and "copies" hold a rule, "own" and "others" rules by kind.

    shift: the free scalar that is added to the logits, for a formula that knows similarities over tau alone.
    """

    anchor: str
    formula: RowFormula
    weight: Expr
    c: Rules
    q: Rules
    shift: str | None = None


@dataclass(frozen=True)
class UnitLoss:
    """A loss on units: a node of each kind per unit; types (how many units, copies of each kind's node); rows by anchor kind.

    plural: what a unit is called. anchors: how many rows there are, by which reduction "mean" divides.
    """

    name: str
    plural: str
    kinds: tuple[str, ...]
    types: tuple[tuple[int, tuple[int, ...]], ...]
    rows: tuple[RowKind, ...]
    anchors: int
    scalars: tuple[FreeScalar, ...] = ()

    @property
    def units(self) -> int:
        """How many units there are."""
        return sum(multiplicity for multiplicity, _ in self.types)


@dataclass(frozen=True)
class UnitProblem:
    """min over configurations of a loss on units, at a temperature, under a constraint on all kinds or one on each (MATH 9)."""

    loss: UnitLoss
    temperature: Fraction | FreeInterval
    constraints: tuple[Constraint, ...]
    reduction: str

    def __init__(
        self,
        loss: UnitLoss,
        temperature: Rational | FreeInterval = 1,
        constraint: Constraint | Mapping[str, Constraint] | None = None,
        reduction: str = "sum",
    ) -> None:
        """Checks every input; raises InputError."""
        given = Sphere() if constraint is None else constraint
        by_kind = dict(given) if isinstance(given, Mapping) else dict.fromkeys(loss.kinds, given)
        if set(by_kind) != set(loss.kinds):
            raise InputError(
                f"constraints on {', '.join(sorted(by_kind))}", f"one on each of {', '.join(loss.kinds)}", "name every kind once"
            )
        if any(isinstance(norm, NonNegative) for norm in by_kind.values()):
            raise InputError("H >= 0", f"sphere, ball or ridge for {loss.name}", "drop the sign constraint")
        if reduction not in ("sum", "mean"):
            raise InputError(f"reduction {reduction!r}", "sum or mean", "choose one of these")
        object.__setattr__(self, "loss", loss)
        object.__setattr__(self, "temperature", read_temperature(temperature))
        object.__setattr__(self, "constraints", tuple(by_kind[kind] for kind in loss.kinds))
        object.__setattr__(self, "reduction", reduction)

    def __str__(self) -> str:
        norms = (
            str(self.constraints[0])
            if len(set(self.constraints)) == 1
            else ", ".join(f"{kind} {norm}" for kind, norm in zip(self.loss.kinds, self.constraints, strict=True))
        )
        scalars = "".join(f", {scalar}" for scalar in self.loss.scalars)
        return f"{self.loss.name}, {self.loss.units} {self.loss.plural}, tau = {self.temperature}{scalars}, {norms}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The problem as a claim states it."""
        kinds = zip(self.loss.kinds, self.constraints, strict=True)
        return {
            "tau": temperature_data(self.temperature),
            "scale": str(Fraction(1, self.loss.anchors if self.reduction == "mean" else 1)),
            "kinds": [{"name": name, "constraint": constraint_data(norm)} for name, norm in kinds],
            "units": [{"multiplicity": m, "copies": list(copies)} for m, copies in self.loss.types],
            "rows": [_row_data(row) for row in self.loss.rows],
            **({"scalars": [scalar.data for scalar in self.loss.scalars]} if self.loss.scalars else {}),
        }

    @cached_property
    def level(self) -> UnitLevel:
        """The kernel's level; raises its Rejected where a hypothesis of the reduction fails."""
        return unit_level(read_unit_problem(self.data))

    @cached_property
    def formulas(self) -> list[RowFormula]:
        """The formula of each row of the level."""
        by_tree = {str(to_kernel(row.formula.expression)): row.formula for row in self.loss.rows}
        return [by_tree[str(kind)] for kind in self._trees]

    @cached_property
    def _trees(self) -> list[Any]:
        """The formula of each row of the level, as the claim writes it."""
        stated = read_unit_problem(self.data)
        written = {id(kind.formula): row["formula"] for kind, row in zip(stated.rows, self.data["rows"], strict=True)}
        return [written[id(row.formula)] for row in unit_level(stated).rows]


def _row_data(row: RowKind) -> dict[str, Any]:
    def rules(given: Rules) -> dict[str, Any]:
        return {
            place: {kind: rule_data(rule) for kind, rule in entry.items()} if isinstance(entry, Mapping) else rule_data(entry)
            for place, entry in given.items()
        }

    return {
        "anchor": row.anchor,
        "formula": to_kernel(row.formula.expression),
        "weight": rule_data(row.weight),
        "c": rules(row.c),
        "q": rules(row.q),
        **({"shift": row.shift} if row.shift is not None else {}),
    }
