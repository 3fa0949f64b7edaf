"""The level of a problem on units: nodes, rows that see other units and their own, and the hypotheses of the reduction (MATH 3, 9).

Node i = (t, a) is the node of kind a in a unit of type t; there are u = T R of them. A row anchored at i has u entries for nodes of *other*
units, and then R entries for the nodes of its own unit, itself included: the similarities B_t[a, b] or C[i, j], and A_t[a, b].
By convexity, averaging over swaps of units and over permutations of copies does not raise the loss; by (R3) all copies of a node may then
coincide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpz

from ..balls import checked_finite, checked_positive
from ..certificate import MAX_BITS, require
from ..formula import Row, SplitTree, Tree, evaluate_constant, is_convex, log_sum_exp, value_and_gradient
from ..limits import afford
from ..problem import StatedConstraint
from .fixed import FixedBlock, read_fixed
from .outcomes import Softmax, log_sum_of_both
from .problem import StatedRow, StatedUnits
from .scalars import FIXED, LevelScalar

# a level holds an exact number for every row and node
MAX_NODES = 2_000
BYTES_OF_PAIR = 200


@dataclass(frozen=True)
class UnitRow:
    """All rows anchored at one node: their number times their weight, and the coefficients of u + R entries.

    shift: by entry the free scalar that is added to it, -1 for none; empty where there is none at all. plain: there is one row per
    node, and it sees all nodes of a kind in other units alike.
    """

    anchor: int
    formula: Tree
    weight: fmpq
    c: list[fmpq]
    q: list[fmpq]
    tau: fmpq
    shift: tuple[int, ...] = ()
    plain: bool = True

    def evaluated(self, similarities: list[arb]) -> tuple[arb, list[arb]]:
        """Value and gradient in balls, without the weight; Unresolved where they are not finite."""
        afford("the rows of a level")
        value, gradient = value_and_gradient(self.formula, self.in_balls(similarities), arb)
        return checked_finite(value, "the value of a row"), [checked_finite(x, "the gradient of a row") for x in gradient]

    def in_balls(self, similarities: list[arb]) -> Row:
        """The row at given similarities in balls."""
        return Row(similarities, list(map(arb, self.c)), list(map(arb, self.q)), arb(self.tau))

    def split(self) -> Softmax | None:
        """The row as a log-sum-exp and what is left; None for a row of another kind."""
        parts: SplitTree | None = log_sum_exp(self.formula)
        coefficients: list[Any] = self.c
        if parts is None:
            both = log_sum_of_both(self.formula)
            if both is None:
                return None
            parts, factor = both
            of_q = evaluate_constant(factor, arb(self.tau), arb)
            # a ball that may hold 0, as a product may for a positive factor, would make an outcome that is there look like none
            coefficients = [
                c if q == 0 else checked_positive(c + of_q * q, "a coefficient of q") for c, q in zip(self.c, self.q, strict=True)
            ]
        zeros = [fmpq(0)] * len(self.c)
        at_zero, slopes = value_and_gradient(parts.remainder, Row(zeros, self.c, self.q, self.tau), fmpq)
        return Softmax(evaluate_constant(parts.kappa, self.tau, fmpq), at_zero, slopes, coefficients)


@dataclass(frozen=True)
class UnitLevel:
    """Nodes by type and kind, with multiplicities, copies and constraints by node, the rows and the free scalars.

    inverse: the interval of 1/tau, by which squared norms are multiplied where rows see similarities over tau; (1, 1) for other rows.
    fixed: the block of fixed nodes, None where there are none; their constraint holds their squared norm.
    """

    kinds: int
    multiplicity: list[int]
    copies: list[int]
    constraint: list[StatedConstraint]
    rows: list[UnitRow]
    scalars: tuple[LevelScalar, ...] = ()
    inverse: tuple[fmpq, fmpq] = FIXED
    fixed: FixedBlock | None = None

    @property
    def nodes(self) -> int:
        """Number of nodes u."""
        return len(self.multiplicity)

    @property
    def over_temperature(self) -> bool:
        """Whether rows see similarities over the temperature."""
        return bool(self.scalars) or self.inverse != FIXED

    @property
    def is_plain(self) -> bool:
        """Whether no node is signed or fixed."""
        return self.fixed is None and not any(norm.nonnegative for norm in self.constraint)

    @property
    def types(self) -> int:
        """Number of unit types."""
        return self.nodes // self.kinds

    def unit(self, i: int) -> range:
        """The nodes of node i's unit."""
        first = i - i % self.kinds
        return range(first, first + self.kinds)


def unit_level(problem: StatedUnits) -> UnitLevel:
    """The level of a problem; Rejected where a hypothesis of its reduction fails."""
    kinds, nodes = len(problem.kinds), len(problem.kinds) * len(problem.types)
    require(nodes <= MAX_NODES, f"there are more than {MAX_NODES} nodes")
    afford(f"a level of {nodes} nodes", size=BYTES_OF_PAIR * nodes * nodes)
    multiplicity = [each.multiplicity for each in problem.types for _ in range(kinds)]
    copies = [n for each in problem.types for n in each.copies]
    # a ridge is on one of X = tau Y; no ridge stands beside a free temperature
    norms = [norm._replace(weight=norm.weight / problem.inverse[0]) for norm in problem.constraints] * len(problem.types)
    rows = [_row(problem, kind, t, multiplicity, copies) for kind in problem.rows for t in range(len(problem.types))]
    level = UnitLevel(
        kinds=kinds,
        multiplicity=multiplicity,
        copies=copies,
        rows=[row for row in rows if row.weight != 0],
        scalars=_scalars(problem),
        inverse=problem.inverse,
        **constraints_and_block(problem.fixed, norms, multiplicity, copies, kinds),
    )
    require(len(level.rows) > 0, "every row has weight 0")
    for row in level.rows:
        check_row(row)
        _check_collapse(level, row)
    return level


def constraints_and_block(
    stated: Any, norms: list[StatedConstraint], multiplicity: list[int], copies: list[int], kinds: int
) -> dict[str, Any]:
    """The constraint of each node and the block of the fixed ones, whose squared norms it says."""
    block = read_fixed(stated, [norm.kind == "fixed" for norm in norms], multiplicity, copies, kinds)
    held = [norm._replace(bound=block.own[i, i]) if block and norm.kind == "fixed" else norm for i, norm in enumerate(norms)]
    return {"constraint": held, "fixed": block}


def _scalars(problem: StatedUnits) -> tuple[LevelScalar, ...]:
    """Each stated scalar, or one for every type where each node of a kind has its own: averaging makes those of a type equal."""
    found = []
    for name, kind, domain in problem.scalars:
        if kind is None:
            found.append(LevelScalar(name=name, type=None, count=1, domain=domain))
            continue
        for t, each in enumerate(problem.types):
            found.append(LevelScalar(name=name, type=t, count=each.multiplicity * each.copies[kind], domain=domain))
    return tuple(found)


def _shift(problem: StatedUnits, kind: StatedRow, t: int) -> tuple[int, ...]:
    """By entry of a row anchored in a unit of type t, the number of the scalar that is added to it."""
    if kind.shift is None:
        return ()
    kinds, types = len(problem.kinds), len(problem.types)
    first = sum(1 if each.kind is None else types for each in problem.scalars[: kind.shift])
    of = problem.scalars[kind.shift].kind
    columns = [(j // kinds, j % kinds) for j in range(types * kinds)] + [(t, b) for b in range(kinds)]
    return tuple(first if of is None else first + other if b == of else -1 for other, b in columns)


def _row(problem: StatedUnits, kind: StatedRow, t: int, multiplicity: list[int], copies: list[int]) -> UnitRow:
    """Merge equal similarities: an entry's coefficient is the number of samples behind it times theirs."""
    kinds = len(problem.kinds)
    anchor = t * kinds + kind.anchor
    own, anchors = copies[anchor], multiplicity[anchor] * copies[anchor]
    _check_places(kind, own)
    met = [multiplicity[j] - (j // kinds == t) if kind.choice is None else kind.choice for j in range(len(copies))]

    def entries(rules: dict[tuple[str, int], object]) -> list[fmpq]:
        def value(place: str, j: int) -> fmpq:
            rule = rules.get((place, j % kinds))
            return fmpq(0) if rule is None else problem.value(rule, own, copies[j])

        count = [copies[j] * met[j] for j in range(len(copies))]
        across = [count[j] * value("others", j) if count[j] else fmpq(0) for j in range(len(copies))]
        unit = range(t * kinds, (t + 1) * kinds)
        inside = [copies[j] * value("own", j) if j != anchor else value("self", j) for j in unit]
        if own > 1:
            inside[kind.anchor] += (own - 1) * value("copies", anchor) + value("copy", anchor)
        # a pooled row sees what each of its anchors sees, and by averaging all of them see alike
        return [x * (anchors if kind.pooled else 1) for x in [*across, *inside]]

    weight = problem.value(kind.weight, own, own) * problem.scale
    if not kind.pooled:
        weight *= anchors * (1 if kind.choice is None else choices(multiplicity[anchor] - 1, kind.choice))
    shift, c, q = _shift(problem, kind, t), entries(kind.c), entries(kind.q)
    plain = not kind.pooled and kind.choice is None
    return UnitRow(anchor=anchor, formula=kind.formula, weight=weight, c=c, q=q, tau=problem.tau, shift=shift, plain=plain)


def choices(units: int, chosen: int) -> fmpq:
    """The number of ways to choose units."""
    least = min(chosen, units - chosen)
    require(least * max(units.bit_length(), 1) <= MAX_BITS, "there are too many choices of units")
    return fmpq(fmpz.bin_uiui(units, least))


def _check_places(kind: StatedRow, own: int) -> None:
    """What a row sees of its own node: itself, or its copies, or one of them."""
    seen = {place for place, _ in (*kind.c, *kind.q)}
    require(own > 1 or "copy" not in seen, "a row sees one of its anchor's copies, and there is none")
    places = seen & {"self", "copies", "copy"}
    require(own == 1 or len(places) < 2, "R3 is not shown for a row that sees its anchor or a copy of it beside all copies")


def check_row(row: UnitRow) -> None:
    """Signs, convexity (R2), and some outcome for a logarithm of a sum."""
    require(row.weight > 0, "a row has a negative weight")
    require(min(row.c) >= 0 and min(row.q) >= 0, "a row has a negative coefficient")
    require(is_convex(row.formula), "R2 fails: the formula is not convex by composition")
    split = row.split()
    require(split is None or any(x != 0 for x in split.coefficients), "a row has a weight and no c > 0: it is log 0")


def _check_collapse(level: UnitLevel, row: UnitRow) -> None:
    """(R3): raising the similarity of a node's copies never raises its row; nothing to show where there is one copy, or it is not seen."""
    place = level.nodes + row.anchor % level.kinds
    if level.copies[row.anchor] == 1 or (row.c[place] == 0 and row.q[place] == 0):
        return
    reason = "R3 fails: raising the similarity of a node's copies may raise its row"
    split = row.split()
    if split is not None:
        # slope = kappa * p_self + the remainder's slope, 0 <= p_self <= 1, and p_self = 0 without the outcome
        require(split.kappa > 0, "the exponent's rate is not positive")
        require(split.slopes[place] + (split.kappa if split.coefficients[place] != 0 else 0) <= 0, reason)
        return
    norms = [level.constraint[i] for i in range(level.nodes)]
    require(not level.over_temperature, "R3 is not shown for this formula beside free scalars")
    require(all(norm.kind != "ridge" for norm in norms), "R3 is not shown for this formula without a bound on the norms")
    from ..convexity import check_falling

    reach = arb(max(norm.bound for norm in norms))
    entries = [reach.union(-reach)] * len(row.c)
    entries[place] = arb(level.constraint[row.anchor].bound)
    check_falling(row.formula, row.in_balls(entries), place, reason)
