"""A problem on units or nodes written out for critical points: every copy of every node a node of its own (MATH 9).

The nodes stand unit type by unit type, unit by unit, kind by kind, copy by copy; those that are stated one by one stand as they are.
Nothing is merged, so neither convexity nor the collapse of copies (R2, R3) is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from flint import arb, fmpq

from ..balls import checked_positive, gram_rows
from ..certificate import dyadic, items, require
from ..claims import Data
from ..formula import log_sum_exp
from ..limits import afford
from ..points.nodes import PointLevel, PointRow
from ..points.slopes import value_at
from ..problem import StatedConstraint
from .level import choices
from .nodes import StatedNodes, read_node_problem
from .problem import StatedRow, StatedUnits, read_unit_problem
from .scalars import FIXED
from .words import unit_subject

# no critical point of so many nodes is proved in a day
MAX_WRITTEN = 1_000
MAX_ROWS_WRITTEN = 20_000
BYTES_OF_ENTRY = 200


class WrittenNode(NamedTuple):
    """A copy of the node of one kind in one unit, units numbered through all types."""

    type: int
    unit: int
    kind: int
    copy: int


def written_level(data: Any, dim: int) -> PointLevel:
    """The nodes and rows of a problem; Rejected where it is none, or has rows or scalars that critical points do not know."""
    require(isinstance(data, dict), "a problem is an object")
    problem = read_node_problem(data) if "nodes" in data else read_unit_problem(data)
    require(not problem.scalars and problem.inverse == FIXED, "critical points are those of a given temperature without free scalars")
    require(problem.fixed is None, "critical points beside fixed nodes are not supported")
    norms, rows = _nodes(problem) if isinstance(problem, StatedNodes) else _units(problem)
    require(len(rows) > 0, "every row has weight 0")
    for row in rows:
        require(row.weight > 0, "a row has a negative weight")
        require(min(row.c) >= 0 and min(row.q) >= 0, "a row has a negative coefficient")
        require(log_sum_exp(row.formula) is None or max(row.c) > 0, "a row has a weight and no c > 0: it is log 0")
    return PointLevel(dim, problem.tau, norms, rows)


def _nodes(problem: StatedNodes) -> tuple[list[StatedConstraint], list[PointRow]]:
    """Nodes that are stated one by one."""
    n = len(problem.nodes)
    _afford(n, len(problem.rows))

    def entries(found: dict[int, fmpq]) -> list[fmpq]:
        return [found.get(j, fmpq(0)) for j in range(n)]

    rows = [
        PointRow(row.anchor, row.formula, row.weight * problem.scale, entries(row.c), entries(row.q))
        for row in problem.rows
        if row.weight != 0
    ]
    return [problem.constraints[kind] for kind in problem.nodes], rows


def _units(problem: StatedUnits) -> tuple[list[StatedConstraint], list[PointRow]]:
    """Units, each with all copies of its nodes."""
    by_kind = [sum(each.multiplicity * each.copies[a] for each in problem.types) for a in range(len(problem.kinds))]
    chosen = [1 if row.choice is None else int(choices(problem.types[0].multiplicity - 1, row.choice)) for row in problem.rows]
    _afford(sum(by_kind), sum(by_kind[row.anchor] * count for row, count in zip(problem.rows, chosen, strict=True)))
    nodes = list(places(problem))
    anchors = [[i for i, node in enumerate(nodes) if node.kind == stated.anchor] for stated in problem.rows]
    rows = [row for stated, own in zip(problem.rows, anchors, strict=True) for i in own for row in _rows(problem, stated, nodes, i)]
    return [problem.constraints[node.kind] for node in nodes], rows


def _afford(nodes: int, rows: int) -> None:
    require(nodes <= MAX_WRITTEN and rows <= MAX_ROWS_WRITTEN, f"{nodes} nodes and {rows} rows are too many to be written out")
    afford(f"{rows} rows of {nodes} nodes", size=BYTES_OF_ENTRY * rows * nodes)


def places(problem: StatedUnits) -> Iterator[WrittenNode]:
    """The nodes in the order of the columns of embeddings."""
    first = 0
    for t, each in enumerate(problem.types):
        for unit in range(first, first + each.multiplicity):
            for kind, copies in enumerate(each.copies):
                yield from (WrittenNode(type=t, unit=unit, kind=kind, copy=copy) for copy in range(copies))
        first += each.multiplicity


def _rows(problem: StatedUnits, stated: StatedRow, nodes: list[WrittenNode], i: int) -> Iterator[PointRow]:
    """The rows of one anchor: one, or one for every choice of other units."""
    anchor = nodes[i]
    own = problem.types[anchor.type].copies[anchor.kind]
    weight = problem.value(stated.weight, own, own) * problem.scale
    if weight == 0:
        return
    require(not stated.pooled, "a row of all anchors together has no anchor of its own: its critical points are not supported")
    # each of the other copies in turn, or one fixed partner: only of two copies the two are one
    single = any(place == "copy" for place, _ in (*stated.c, *stated.q))
    require(not single or own == 2, "which one of the anchor's copies a row sees is not stated")
    others = [unit for unit in range(problem.units) if unit != anchor.unit]
    for chosen in [others] if stated.choice is None else combinations(others, stated.choice):
        seen = set(chosen)

        def entry(rules: dict[tuple[str, int], Any], j: int, seen: set[int] = seen) -> fmpq:
            node = nodes[j]
            count, value = problem.types[node.type].copies[node.kind], fmpq(0)
            for place in _places_of(anchor, node, seen):
                if (place, node.kind) in rules:
                    value += problem.value(rules[place, node.kind], own, count)
            return value

        c, q = ([entry(rules, j) for j in range(len(nodes))] for rules in (stated.c, stated.q))
        yield PointRow(i, stated.formula, weight, c, q)


def _places_of(anchor: WrittenNode, node: WrittenNode, seen: set[int]) -> tuple[str, ...]:
    """The places of a rule at which an anchor sees a node."""
    if node.unit != anchor.unit:
        return ("others",) if node.unit in seen else ()
    if node.kind != anchor.kind:
        return ("own",)
    return ("self",) if node == anchor else ("copies", "copy")


def value_near(level: PointLevel, data: Any) -> arb:
    """The loss at embeddings of a witness (r, n), made exactly feasible: on a sphere scaled to its radius, in a ball to at most that."""
    rows = items(data.get("rows"), "a better point") if isinstance(data, dict) else []
    require(len(rows) <= (level.dim or 0), "the better point has more dimensions than the problem")
    columns = dyadic(data, "a better point", len(rows), len(level.norms)).balls()
    gram = gram_rows(columns.transpose())
    scales = [_scale(norm, gram[i][i], i) for i, norm in enumerate(level.norms)]
    scaled = [[x * scales[i] * scale for x, scale in zip(row, scales, strict=True)] for i, row in enumerate(gram)]
    for i, norm in enumerate(level.norms):
        scaled[i][i] = arb(norm.bound) if norm.kind == "sphere" else scaled[i][i]
    return value_at(level, scaled)


def _scale(norm: StatedConstraint, square: arb, i: int) -> arb:
    if norm.kind == "ridge" or (norm.kind == "ball" and square <= norm.bound):
        return arb(1)
    return (norm.bound / checked_positive(square, f"the norm of node {i}")).sqrt()


def said_of_nodes(claim: Data, said: str) -> str:
    """A sentence about critical points of a problem on units or nodes."""
    order = "the nodes as they are stated" if "nodes" in claim["problem"] else "unit by unit, in it kind by kind and copy by copy"
    return f"{unit_subject(claim['problem'])}: in dimension {claim['dim']}, columns {order}, {said}."
