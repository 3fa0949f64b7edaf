"""Losses written out for Coq: every sample a node, every row a term, from the problem that a certificate states (MATH 1, 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

from flint import fmpq

from scverify.certify.claims import Data
from scverify.errors import InputError
from scverify.kernel.formula import Tree
from scverify.kernel.level import level_of
from scverify.kernel.problem import StatedConstraint, read_problem
from scverify.kernel.units.level import UnitRow
from scverify.kernel.units.nodes import StatedNodes, read_node_problem
from scverify.kernel.units.problem import StatedRow, StatedUnits, read_unit_problem
from scverify.kernel.units.scalars import FIXED
from scverify.kernel.units.separable import affine_slopes, separable

MOST_NODES = 40  # Coq multiplies matrices of so many rows entry by entry
MOST_OUTCOMES = 1_000


class Outcome(NamedTuple):
    """amount * exp(slope * X[row, column] + shift)."""

    row: int
    column: int
    amount: fmpq
    slope: fmpq
    shift: fmpq


@dataclass(frozen=True)
class LossTerm:
    """weight * log(sum of the outcomes); still: probabilities at which the term and its affine remainder have no slope, where known."""

    weight: fmpq
    outcomes: list[Outcome]
    still: list[fmpq] | None


@dataclass
class WrittenLoss:
    """constant + sum of terms + sum of affine[i, j] X_ij; norms by node, and for each node the place of its level that it is a copy of."""

    norms: list[StatedConstraint]
    places: list[tuple[int, int]]
    terms: list[LossTerm] = field(default_factory=list)
    affine: dict[tuple[int, int], fmpq] = field(default_factory=dict)
    constant: fmpq = field(default_factory=lambda: fmpq(0))


class SeenEntry(NamedTuple):
    """What a row sees of an entry of the Gram matrix: its place and coefficients."""

    row: int
    column: int
    c: fmpq
    q: fmpq


def loss_in_terms(problem: Data) -> WrittenLoss:
    """The loss of a claim's problem on all nodes; InputError where it has no theorem in proofs/coq or is too large."""
    if "nodes" in problem:
        stated = read_node_problem(problem)
        loss, rows = WrittenLoss(_norms(stated, stated.nodes), [(i, 0) for i in range(len(stated.nodes))]), _rows_of_nodes(stated)
    elif "units" in problem:
        loss, rows = _units_written(read_unit_problem(problem))
    else:
        loss, rows = _samples_written(problem)
    if len(loss.norms) > MOST_NODES:
        raise InputError(
            f"a loss on {len(loss.norms)} nodes", f"at most {MOST_NODES}, samples counted one by one", "export a smaller problem"
        )
    for weight, formula, tau, seen in rows:
        _add_row(loss, weight, formula, tau, [entry for entry in seen if entry.c != 0 or entry.q != 0])
        if sum(len(term.outcomes) for term in loss.terms) > MOST_OUTCOMES:
            raise InputError(f"a loss with more than {MOST_OUTCOMES} exponentials", "fewer of them", "export a smaller problem")
    for i, norm in enumerate(loss.norms):
        if norm.nonnegative:
            raise InputError("H >= 0", "sphere, ball or ridge", "only these have a theorem in proofs/coq")
        if norm.weight != 0:
            _add(loss, i, i, norm.weight / 2)
    return loss


WrittenRow = tuple[fmpq, Tree, fmpq, list[SeenEntry]]


def _norms(problem: StatedNodes | StatedUnits, kinds: list[int]) -> list[StatedConstraint]:
    if problem.scalars or problem.inverse != FIXED:
        raise InputError("a loss with a free scalar", "a stated temperature and bias", "only these have a theorem in proofs/coq")
    if problem.fixed is not None:
        raise InputError("a loss with fixed nodes", "nodes that are all free", "only these have a theorem in proofs/coq")
    return [problem.constraints[kind] for kind in kinds]


def _rows_of_nodes(problem: StatedNodes) -> Iterator[WrittenRow]:
    for row in problem.rows:
        seen = [SeenEntry(row.anchor, j, row.c.get(j, fmpq(0)), row.q.get(j, fmpq(0))) for j in range(len(problem.nodes))]
        yield row.weight * problem.scale, row.formula, problem.tau, seen


class _Place(NamedTuple):
    """A node of a problem on units: type, unit within the type, kind, copy."""

    type: int
    unit: int
    kind: int
    copy: int


def _units_written(problem: StatedUnits) -> tuple[WrittenLoss, Iterator[WrittenRow]]:
    kinds = len(problem.kinds)
    nodes = [
        _Place(t, u, kind, copy)
        for t, each in enumerate(problem.types)
        for u in range(each.multiplicity)
        for kind in range(kinds)
        for copy in range(each.copies[kind])
    ]
    loss = WrittenLoss(_norms(problem, [node.kind for node in nodes]), [(node.type * kinds + node.kind, node.unit) for node in nodes])
    return loss, (written for row in problem.rows for written in _rows_of_kind(problem, row, nodes))


def _rows_of_kind(problem: StatedUnits, row: StatedRow, nodes: list[_Place]) -> Iterator[WrittenRow]:
    anchors = [i for i, node in enumerate(nodes) if node.kind == row.anchor]
    weight = problem.value(row.weight, 1, 1) if row.pooled else None
    whole = [_seen(problem, row, nodes, i, None) for i in anchors]
    if weight is not None:
        own = problem.types[0].copies[row.anchor]
        weight = problem.value(row.weight, own, own)
        yield weight * problem.scale, row.formula, problem.tau, [entry for seen in whole for entry in seen]
        return
    for i, seen in zip(anchors, whole, strict=True):
        own = problem.types[nodes[i].type].copies[row.anchor]
        weight = problem.value(row.weight, own, own) * problem.scale
        if row.choice is None:
            yield weight, row.formula, problem.tau, seen
            continue
        units = [u for u in range(problem.types[0].multiplicity) if u != nodes[i].unit]
        for chosen in combinations(units, row.choice):
            yield weight, row.formula, problem.tau, _seen(problem, row, nodes, i, chosen)


def _seen(problem: StatedUnits, row: StatedRow, nodes: list[_Place], i: int, chosen: tuple[int, ...] | None) -> list[SeenEntry]:
    """What the row of node i sees of every node; of other units only the chosen ones."""
    own = problem.types[nodes[i].type].copies
    entries = []
    for j, node in enumerate(nodes):
        place = _place_of(nodes[i], node, own[row.anchor])
        if place == "others" and chosen is not None and node.unit not in chosen:
            continue
        other = problem.types[node.type].copies[node.kind]
        c, q = (_coefficient(problem, rules, place, node.kind, own[row.anchor], other) for rules in (row.c, row.q))
        entries.append(SeenEntry(i, j, c, q))
    return entries


def _place_of(anchor: _Place, node: _Place, copies: int) -> str:
    if anchor == node:
        return "self"
    if (anchor.type, anchor.unit) != (node.type, node.unit):
        return "others"
    if anchor.kind != node.kind:
        return "own"
    return "copies" if copies > 2 else "only copy"


def _coefficient(problem: StatedUnits, rules: dict[tuple[str, int], Any], place: str, kind: int, own: int, other: int) -> fmpq:
    """The sum of the rules that speak of a place; of several copies a row must not see one."""
    if place == "copies" and ("copy", kind) in rules:
        raise InputError("rows that see one of several copies", "two copies of each node", "export a problem with two views")
    names = ("copies", "copy") if place == "only copy" else (place,)
    total: fmpq = sum((problem.value(rules[name, kind], own, other) for name in names if (name, kind) in rules), fmpq(0))
    return total


def _samples_written(problem: Data) -> tuple[WrittenLoss, Iterator[WrittenRow]]:
    stated = read_problem(problem)
    if stated.samples > MOST_NODES:
        raise InputError(f"a loss on {stated.samples} samples", f"at most {MOST_NODES}", "export a smaller problem, or supcon on classes")
    level = level_of(stated, "samples", None)
    labels = [c for c, size in enumerate(stated.sizes) for _ in range(size)]
    loss = WrittenLoss([stated.constraint] * level.nodes, [(label, 0) for label in labels])

    def rows() -> Iterator[WrittenRow]:
        for g in range(level.nodes):
            columns = [*range(level.nodes), g]
            seen = [SeenEntry(g, j, c, q) for j, c, q in zip(columns, level.c[g], level.q[g], strict=True)]
            yield level.weight[g], level.formula, level.tau, seen

    return loss, rows()


def _add_row(loss: WrittenLoss, weight: fmpq, formula: Tree, tau: fmpq, seen: list[SeenEntry]) -> None:
    """A row as terms and an affine part: one term for a log-sum-exp, one for each log(1 + e^x)."""
    if weight == 0:
        return
    row = UnitRow(anchor=0, formula=formula, weight=weight, c=[x.c for x in seen], q=[x.q for x in seen], tau=tau)
    softmax = row.split()
    if softmax is not None:
        kappa, at_zero, slopes, amounts = softmax
        if not all(isinstance(amount, fmpq) for amount in amounts):
            raise InputError("rows with irrational coefficients", "rational ones", "only these have a theorem in proofs/coq")
        shown = [a for a, amount in enumerate(amounts) if amount != 0]
        outcomes = [Outcome(seen[a].row, seen[a].column, amounts[a], kappa, fmpq(0)) for a in shown]
        loss.terms.append(LossTerm(weight, outcomes, _still(kappa, slopes, shown)))
    else:
        at_zero, slopes = _add_sigmoids(loss, row, seen)
    loss.constant += weight * at_zero
    for entry, slope in zip(seen, slopes, strict=True):
        _add(loss, entry.row, entry.column, weight * slope)


def _still(kappa: fmpq, slopes: list[fmpq], shown: list[int]) -> list[fmpq] | None:
    """The probabilities p with kappa p + slopes = 0, where there are such."""
    found = [-slope / kappa for slope in slopes]
    hidden = set(range(len(slopes))) - set(shown)
    if any(x < 0 for x in found) or sum(found, fmpq(0)) != 1 or any(found[a] != 0 for a in hidden):
        return None
    return [found[a] for a in shown]


def _add_sigmoids(loss: WrittenLoss, row: UnitRow, seen: list[SeenEntry]) -> tuple[fmpq, list[fmpq]]:
    split = separable(row.formula, row.tau)
    if split is None:
        raise InputError("rows of another kind", "log-sum-exp rows, or sums of log(1 + e^x)", "only these have a theorem in proofs/coq")
    for term in split.terms:
        for entry in seen:
            count = entry.c if term.coefficient == "c" else entry.q
            if count != 0:
                one = Outcome(entry.row, entry.column, fmpq(1), fmpq(0), fmpq(0))
                grown = one._replace(slope=term.rate, shift=term.offset)
                loss.terms.append(LossTerm(row.weight * count, [one, grown], [fmpq(1), fmpq(0)]))
    return affine_slopes(row, split)


def _add(loss: WrittenLoss, i: int, j: int, slope: fmpq) -> None:
    if slope != 0:
        loss.affine[i, j] = loss.affine.get((i, j), fmpq(0)) + slope
