"""A loss as critical points see it, whichever statement it comes from: nodes with a norm each, and rows anchored at nodes (MATH 2, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flint import fmpq

from ..formula import Row, Tree, evaluate_constant, log_sum_exp, value_and_gradient
from ..level import Level
from ..problem import StatedConstraint


class PointRow(NamedTuple):
    """A row, c and q by node. Where it is a log-sum-exp and an affine remainder: kappa, and the slopes of the remainder; else 0."""

    anchor: int
    formula: Tree
    weight: fmpq
    c: list[fmpq]
    q: list[fmpq]
    kappa: fmpq
    rest: list[fmpq]


@dataclass(frozen=True)
class PointLevel:
    """Every sample a node: the norm of each node, and all rows of positive weight. A node may anchor several rows, or none."""

    dim: int | None
    tau: fmpq
    norms: list[StatedConstraint]
    rows: list[PointRow]

    @property
    def nodes(self) -> int:
        """Number of nodes n."""
        return len(self.norms)


def point_row(anchor: int, formula: Tree, weight: fmpq, c: list[fmpq], q: list[fmpq], tau: fmpq) -> PointRow:
    """The row with what its second derivatives need."""
    split, zeros = log_sum_exp(formula), [fmpq(0)] * len(c)
    if split is None:
        return PointRow(anchor, formula, weight, c, q, fmpq(0), zeros)
    rest = value_and_gradient(split.remainder, Row(zeros, c, q, tau), fmpq)[1]
    return PointRow(anchor, formula, weight, c, q, evaluate_constant(split.kappa, tau, fmpq), rest)


def point_level(level: Level) -> PointLevel:
    """The level of samples of a loss on classes: one row for every sample with a weight, its own entry (last in the level) in its place."""

    def in_place(row: list[fmpq], i: int) -> list[fmpq]:
        return [*row[:i], row[-1], *row[i + 1 : -1]]

    rows = [
        point_row(i, level.formula, weight, in_place(level.c[i], i), in_place(level.q[i], i), level.tau)
        for i, weight in enumerate(level.weight)
        if weight != 0
    ]
    return PointLevel(level.dim, level.tau, [level.constraint] * level.nodes, rows)
