"""Problems whose nodes and rows are stated one by one: every node is a unit of its own (MATH 9).

A node may anchor several rows, such as one for each mini-batch that holds it, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq

from ..certificate import fields, integer, items, rational, require
from ..formula import Tree
from ..limits import afford
from ..problem import StatedConstraint
from .level import BYTES_OF_PAIR, MAX_NODES, UnitLevel, UnitRow, check_row, constraints_and_block, unit_level
from .problem import MAX_ROWS, read_formula, read_kinds, read_scale, read_temperatures, read_unit_problem
from .scalars import StatedScalar

ByNode = dict[int, fmpq]


@dataclass(frozen=True)
class StatedNodeRow:
    """A row: its anchor node, its formula, and its coefficients by node, absent where 0."""

    anchor: int
    formula: Tree
    weight: fmpq
    c: ByNode
    q: ByNode


@dataclass(frozen=True)
class StatedNodes:
    """A loss on nodes, each of one of the kinds, at a temperature or at one of an interval; its value is multiplied by scale.

    scalars: none. inverse: the interval of 1/tau where that is free, else (1, 1). fixed: the block of fixed nodes as it is stated, if any.
    """

    tau: fmpq
    scale: fmpq
    kinds: list[str]
    constraints: list[StatedConstraint]
    nodes: list[int]
    rows: list[StatedNodeRow]
    scalars: list[StatedScalar]
    inverse: tuple[fmpq, fmpq]
    fixed: Any


def read_node_problem(data: Any) -> StatedNodes:
    """Check every field of a claim's problem on nodes."""
    fields(data, "tau scale kinds nodes formulas rows", "fixed")
    names, constraints = read_kinds(data)
    nodes = [integer(kind, "the kind of a node", 0, len(names) - 1) for kind in items(data["nodes"], "nodes")]
    require(0 < len(nodes) <= MAX_NODES, f"there are not 1 to {MAX_NODES} nodes")
    formulas = [read_formula(tree) for tree in items(data["formulas"], "formulas")]
    require(0 < len(formulas) <= MAX_ROWS, f"there are not 1 to {MAX_ROWS} formulas")
    rows = items(data["rows"], "rows")
    require(len(rows) > 0, "there are no rows")
    afford(f"{len(rows)} rows of {len(nodes)} nodes", size=BYTES_OF_PAIR * len(rows) * len(nodes))
    stated = [_read_row(row, formulas, len(nodes)) for row in rows]
    tau, inverse = read_temperatures(data["tau"], [], constraints, formulas)
    return StatedNodes(
        tau=tau,
        scale=read_scale(data["scale"]),
        kinds=names,
        constraints=constraints,
        nodes=nodes,
        rows=stated,
        scalars=[],
        inverse=inverse,
        fixed=data.get("fixed"),
    )


def _read_row(data: Any, formulas: list[Tree], nodes: int) -> StatedNodeRow:
    fields(data, "anchor formula weight c q")
    return StatedNodeRow(
        anchor=integer(data["anchor"], "the anchor of a row", 0, nodes - 1),
        formula=formulas[integer(data["formula"], "the formula of a row", 0, len(formulas) - 1)],
        weight=rational(data["weight"], "the weight of a row"),
        c=_read_entries(data["c"], nodes),
        q=_read_entries(data["q"], nodes),
    )


def _read_entries(data: Any, nodes: int) -> ByNode:
    """Coefficients as [value, [nodes]] for each value."""
    entries: ByNode = {}
    for group in items(data, "the coefficients of a row"):
        value, places = items(group, "coefficients of one value", 2)
        for place in items(places, "nodes of one coefficient"):
            node = integer(place, "a node of a coefficient", 0, nodes - 1)
            require(node not in entries, "a row has two coefficients of one kind for a node")
            entries[node] = rational(value, "a coefficient")
    return entries


def stated_level(data: Any) -> UnitLevel:
    """The level of a problem without signed or fixed nodes, which most theorems are about; Rejected where a hypothesis fails.

    A problem on classes is one on its samples.
    """
    if isinstance(data, dict) and "sizes" in data:
        from .samples import level_of_classes

        level = level_of_classes(data)
    else:
        level = constrained_level(data)
    require(level.is_plain, "signed and fixed nodes are not supported here")
    return level


def constrained_level(data: Any) -> UnitLevel:
    """The level of a problem on units, or on nodes that are stated one by one; Rejected where a hypothesis fails."""
    require(isinstance(data, dict), "a problem is an object")
    return node_level(read_node_problem(data)) if "nodes" in data else unit_level(read_unit_problem(data))


def node_level(problem: StatedNodes) -> UnitLevel:
    """The level of a problem on nodes: nothing is merged, so nothing but the rows is to be checked."""
    one = [1] * len(problem.nodes)
    level = UnitLevel(
        kinds=1,
        multiplicity=one,
        copies=one,
        rows=[_row(problem, row) for row in problem.rows if row.weight != 0],
        inverse=problem.inverse,
        **constraints_and_block(problem.fixed, [problem.constraints[kind] for kind in problem.nodes], one, one, 1),
    )
    require(len(level.rows) > 0, "every row has weight 0")
    for row in level.rows:
        check_row(row)
    return level


def _row(problem: StatedNodes, row: StatedNodeRow) -> UnitRow:
    """The anchor's similarity to itself stands last, as the entry of its own unit."""

    def entries(found: ByNode) -> list[fmpq]:
        across = [fmpq(0) if j == row.anchor else found.get(j, fmpq(0)) for j in range(len(problem.nodes))]
        return [*across, found.get(row.anchor, fmpq(0))]

    weight = row.weight * problem.scale
    return UnitRow(anchor=row.anchor, formula=row.formula, weight=weight, c=entries(row.c), q=entries(row.q), tau=problem.tau)
