"""A loss as critical points see it, whichever statement it comes from: nodes with a norm each, and rows anchored at nodes (MATH 2, 9)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import fmpq

from ..certificate import integer
from ..formula import Tree
from ..level import Level, level_of
from ..problem import StatedConstraint, read_problem


class PointRow(NamedTuple):
    """A row: its anchor, its formula, and its coefficients by node."""

    anchor: int
    formula: Tree
    weight: fmpq
    c: list[fmpq]
    q: list[fmpq]


class PointLevel(NamedTuple):
    """Every sample a node: the norm of each node, and all rows of positive weight. A node may anchor several rows, or none."""

    dim: int | None
    tau: fmpq
    norms: list[StatedConstraint]
    rows: list[PointRow]


def is_on_nodes(claim: Any) -> bool:
    """Whether the problem of a claim has kinds of nodes, and no classes."""
    return isinstance(claim.get("problem"), dict) and "kinds" in claim["problem"]


def stated_points(claim: Any) -> PointLevel:
    """The nodes and rows of a claim's problem."""
    if is_on_nodes(claim):
        from ..units.written import written_level

        return written_level(claim["problem"], integer(claim["dim"], "dim", 1))
    return point_level(level_of(read_problem(claim["problem"]), "samples", None))


def point_level(level: Level) -> PointLevel:
    """The level of samples: one row for every sample with a weight, its own entry (last in the level) in its place."""
    rows = []
    for i, weight in enumerate(level.weight):
        c, q = ([*table[i][:i], table[i][-1], *table[i][i + 1 : -1]] for table in (level.c, level.q))
        rows += [PointRow(i, level.formula, weight, c, q)] if weight != 0 else []
    return PointLevel(level.dim, level.tau, [level.constraint] * level.nodes, rows)
