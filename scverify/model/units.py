"""Losses that bring their own nodes, in interchangeable units of several kinds, and the problems they pose (MATH 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scverify.errors import InputError, must_be, one_of
from scverify.kernel.formula import parse
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.nodes import constrained_level
from scverify.model.constraints import Ball, Constraint, NonNegative, Ridge, Sphere, as_constraint
from scverify.model.data import constraint_data
from scverify.model.exact import Rational, whole
from scverify.model.fixed import Fixed, parse_fixed
from scverify.model.nodes import NodeLoss
from scverify.model.scalars import FreeInterval, FreeScalar, as_temperature, temperature_data
from scverify.symbolic.row import RowFormula

if TYPE_CHECKING:
    from sympy import Expr

KindConstraint = Constraint | Fixed
Rules = Mapping[str, Any]
Types = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class RowKind:
    """The row of every copy of one kind's node.

    c and q by place: "self", "copies" and "copy" hold a rule, "own" and "others" rules by kind. "copy"
    is one of the anchor's other copies: each in turn, or a fixed partner. choice: how many other units the row sees, once for every choice
    of them; None: all. pooled: one row for all anchors, which sees what each of them sees. A rule, as the weight is one, is a SymPy
    expression in the unit's symbols or a rational number. shift: the free scalar that is added to the logits, for a formula that knows
    similarities over tau alone.
    """

    anchor: str
    formula: RowFormula
    weight: Expr | Fraction | int
    c: Rules
    q: Rules
    choice: int | None = None
    pooled: bool = False
    shift: str | None = None


@dataclass(frozen=True, repr=False)
class UnitLoss:
    """A loss on units: a node of each kind per unit; types (how many units, copies of each kind's node); rows by anchor kind.

    plural: what a unit is called. anchors: how many rows there are, by which reduction "mean" divides.
    """

    name: str
    plural: str
    kinds: tuple[str, ...]
    types: Types
    rows: tuple[RowKind, ...]
    anchors: int
    scalars: tuple[FreeScalar, ...] = ()

    def __repr__(self) -> str:
        return f"<UnitLoss: {self.name}, {self.extent}>"

    @property
    def units(self) -> int:
        """How many units there are."""
        return sum(multiplicity for multiplicity, _ in self.types)

    @property
    def extent(self) -> str:
        """How many units there are, in words."""
        return f"{self.units} {self.plural}"

    @property
    def node_names(self) -> list[str]:
        """What each node of the level is called."""
        many = [(m, kind, n) for m, copies in self.types for kind, n in zip(self.kinds, copies, strict=True)]
        return [f"{m} × {kind}{f' × {n}' if n > 1 else ''}" for m, kind, n in many]

    @cached_property
    def formulas(self) -> tuple[RowFormula, ...]:
        """The formulas of the rows, each once."""
        return tuple(dict.fromkeys(row.formula for row in self.rows))

    @cached_property
    def data(self) -> dict[str, Any]:
        """Units and rows as a claim states them."""
        return {
            "units": [{"multiplicity": m, "copies": list(copies)} for m, copies in self.types],
            "rows": [_row_data(row) for row in self.rows],
            **({"scalars": [scalar.data for scalar in self.scalars]} if self.scalars else {}),
        }

    def to_json(self) -> dict[str, Any]:
        """Multiplicity and copies of each type."""
        return {"units": [{"multiplicity": m, "copies": dict(zip(self.kinds, copies, strict=True))} for m, copies in self.types]}


@dataclass(frozen=True, repr=False)
class UnitProblem:
    """min over configurations of a loss on units or nodes, at a temperature, under a constraint on all kinds or one on each (MATH 9).

    dim: of the embeddings, which critical points need; an optimum is one over all dimensions.

    >>> UnitProblem(losses.siglip(pairs=5), temperature=1).loss.name
    'siglip'
    """

    loss: UnitLoss | NodeLoss
    temperature: Fraction | FreeInterval
    constraints: tuple[KindConstraint, ...]
    reduction: str
    dim: int | None

    def __init__(
        self,
        loss: UnitLoss | NodeLoss,
        temperature: Rational | FreeInterval = 1,
        constraint: KindConstraint | str | Mapping[str, KindConstraint | str] | None = None,
        reduction: str = "sum",
        dim: int | None = None,
    ) -> None:
        """Checks every input; raises InputError."""
        must_be(loss, (UnitLoss, NodeLoss), "loss", "a loss on units, such as scverify.losses.clip(pairs=4)")
        given = constraint if isinstance(constraint, Mapping) else dict.fromkeys(loss.kinds, constraint)
        by_kind = {kind: _constraint_on_kind(norm) for kind, norm in given.items()}
        if set(by_kind) != set(loss.kinds):
            raise InputError(
                f"constraints on {', '.join(map(str, by_kind))}", f"one on each of {', '.join(loss.kinds)}", "name every kind once"
            )
        _check_fixed(list(by_kind.values()))
        one_of(reduction, "reduction", ("sum", "mean"))
        object.__setattr__(self, "loss", loss)
        object.__setattr__(self, "temperature", as_temperature(temperature))
        object.__setattr__(self, "constraints", tuple(by_kind[kind] for kind in loss.kinds))
        object.__setattr__(self, "reduction", reduction)
        object.__setattr__(self, "dim", None if dim is None else whole(dim, "dim", 1))

    def __hash__(self) -> int:
        # rules by place are mappings, which have no hash
        return hash(str(self))

    def __repr__(self) -> str:
        return f"<UnitProblem: {self}>"

    def __str__(self) -> str:
        norms = (
            str(self.constraints[0])
            if len(set(self.constraints)) == 1
            else ", ".join(f"{kind} {norm}" for kind, norm in zip(self.loss.kinds, self.constraints, strict=True))
        )
        scalars = "".join(f", {scalar}" for scalar in self.loss.scalars)
        dim = "" if self.dim is None else f", d = {self.dim}"
        return f"{self.loss.name}, {self.loss.extent}, tau = {self.temperature}{scalars}, {norms}{dim}"

    def replace(self, **changes: Any) -> UnitProblem:
        """The problem with some of its inputs changed, each checked again."""
        given = {"constraint": dict(zip(self.loss.kinds, self.constraints, strict=True))}
        kept = {name: getattr(self, name) for name in ("loss", "temperature", "reduction", "dim")}
        return UnitProblem(**given | kept | changes)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The problem as a claim states it."""
        kinds = zip(self.loss.kinds, self.constraints, strict=True)
        return {
            "tau": temperature_data(self.temperature),
            "scale": str(Fraction(1, self.loss.anchors if self.reduction == "mean" else 1)),
            "kinds": [{"name": name, "constraint": _kind_constraint_data(norm)} for name, norm in kinds],
            **self.loss.data,
            **self._fixed,
        }

    @property
    def _fixed(self) -> dict[str, Any]:
        """The block of fixed nodes, if there are any."""
        for kind, norm in enumerate(self.constraints):
            if isinstance(norm, Fixed):
                loss = self.loss
                alike = [m for m, _ in loss.types] if isinstance(loss, UnitLoss) else [1] * loss.nodes.count(kind)
                return {"fixed": norm.block(alike)}
        return {}

    @cached_property
    def level(self) -> UnitLevel:
        """The kernel's level; raises its Rejected where a hypothesis of the reduction fails."""
        return constrained_level(self.data)

    @cached_property
    def formulas(self) -> list[RowFormula]:
        """The formula of each row of the level."""
        by_tree = {str(parse(formula.tree)): formula for formula in self.loss.formulas}
        return [by_tree[str(row.formula)] for row in self.level.rows]


def parse_constraints(text: str, kinds: Sequence[str], nonnegative: bool = False) -> dict[str, KindConstraint]:
    """Constraints on kinds as a command line names them: one for all, or KIND=CONSTRAINT for each, with commas between.

    nonnegative: whether the nodes of all kinds that are not fixed are >= 0. Raises InputError for any other text.

    >>> parse_constraints("weight=fixed:simplex,feature=ball", ("weight", "feature"))["feature"]
    Ball(rho=Fraction(1, 1))
    """
    parts = [part.partition("=") for part in text.split(",")] if "=" in text else [(kind, "=", text) for kind in kinds]
    named = [kind for kind, _, _ in parts]
    if len(set(named)) < len(named):
        raise InputError(f"constraint {text!r}", f"one constraint on each of {', '.join(kinds)}", "name every kind once")
    norms = {kind: _constraint_on_kind(norm) for kind, _, norm in parts}
    return {kind: NonNegative(norm) if nonnegative and isinstance(norm, Sphere | Ball | Ridge) else norm for kind, norm in norms.items()}


def _constraint_on_kind(given: object) -> KindConstraint:
    """A constraint, or the one that a text names."""
    if isinstance(given, Fixed):
        return given
    return parse_fixed(given) if isinstance(given, str) and given.startswith("fixed") else as_constraint(given)


def _check_fixed(norms: list[KindConstraint]) -> None:
    fixed = sum(isinstance(norm, Fixed) for norm in norms)
    if fixed == len(norms) or fixed > 1:
        raise InputError(f"{fixed} fixed kinds", "one fixed kind, beside others that are free", "free the others")
    if fixed and any(isinstance(norm, NonNegative) for norm in norms):
        raise InputError("H >= 0 beside fixed nodes", "signs or fixed nodes", "drop the sign constraint")


def _kind_constraint_data(norm: KindConstraint) -> dict[str, Any]:
    return {"kind": "fixed"} if isinstance(norm, Fixed) else constraint_data(norm)


def _stated(rule: Expr | Fraction | int) -> Any:
    if isinstance(rule, Fraction | int):
        return str(rule)
    from scverify.symbolic.rules import stated_rule

    return stated_rule(rule)


def _row_data(row: RowKind) -> dict[str, Any]:
    def rules(given: Rules) -> dict[str, Any]:
        return {
            place: {kind: _stated(rule) for kind, rule in entry.items()} if isinstance(entry, Mapping) else _stated(entry)
            for place, entry in given.items()
        }

    data = {
        "anchor": row.anchor,
        "formula": row.formula.tree,
        "weight": _stated(row.weight),
        "c": rules(row.c),
        "q": rules(row.q),
    }
    if row.shift is not None:
        data["shift"] = row.shift
    if row.choice is not None:
        data["choice"] = row.choice
    return {**data, "pooled": True} if row.pooled else data
