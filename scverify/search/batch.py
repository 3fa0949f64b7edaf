"""Value, gradient and Hessian of the loss at many embeddings together (MATH 2): arrays (starts, d, n), one column a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.problem import Problem
from scverify.model.reduction import sample_level
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Batch:
    """L(H'H) with its ridge term, as a function of H (starts, d, n).

    anchors (u,): the samples whose row has a weight; weight (u,), c and q (u, n): their rows, each with its own entry in its place.
    """

    formula: Evaluators
    anchors: NDArray[np.int64]
    weight: Floats
    c: Floats
    q: Floats
    tau: float
    ridge: float

    @classmethod
    def of(cls, problem: Problem) -> Batch:
        """The objective of a problem in float64. Raises InputError where embeddings must be non-negative."""
        if isinstance(problem.constraint, NonNegative):
            raise InputError("the constraint H >= 0", "sphere, ball or ridge", "drop --nonnegative: its critical points are not searched")
        weight, c, q = sample_level(problem).float_arrays()
        for table in (c, q):
            np.fill_diagonal(table, table[:, -1])
        on = np.flatnonzero(weight)
        ridge = float(problem.constraint.weight) if isinstance(problem.constraint, Ridge) else 0.0
        formula = evaluators(problem.loss.formula)
        return cls(formula, on, weight[on], c[on, :-1], q[on, :-1], float(problem.temperature), ridge)

    def value_and_gradient(self, points: Floats) -> tuple[Floats, Floats]:
        """L (starts,) and its gradient by H, (starts, d, n): 2 H grad L(G)."""
        value, twice = self.value_and_slopes(points)
        return value, points @ twice + self.ridge * points

    def value_and_slopes(self, points: Floats) -> tuple[Floats, Floats]:
        """L (starts,) and 2 grad L(G) (starts, n, n), without the ridge term."""
        loss, slopes = self.formula.value_and_gradient(self._rows(points, points), self.c, self.q, self.tau)
        return loss @ self.weight + self.ridge / 2 * (points**2).sum(axis=(1, 2)), self._symmetric(slopes)

    def hessian_product(self, points: Floats, change: Floats) -> Floats:
        """The derivative of the gradient along a change of H, (starts, d, n)."""
        rows = self._rows(points, points)
        slopes = self._symmetric(self.formula.value_and_gradient(rows, self.c, self.q, self.tau)[1])
        moved = self._rows(points, change) + self._rows(change, points)
        bent = self._symmetric(self.formula.hessian_product(rows, self.c, self.q, self.tau, moved))
        return points @ bent + change @ slopes + self.ridge * change

    def hessian(self, points: Floats) -> Floats:
        """The Hessian (starts, d, n, d, n) of L by the entries of H."""
        starts, d, n = points.shape
        rows = self._rows(points, points)
        slopes = self._symmetric(self.formula.value_and_gradient(rows, self.c, self.q, self.tau)[1])
        curved = self._row_hessians(rows)
        anchors = points[:, :, self.anchors]
        outer = (anchors[:, :, None] * anchors[:, None]).reshape(starts, d * d, -1)
        total = (outer @ curved.reshape(starts, -1, n * n)).reshape(starts, d, d, n, n).transpose(0, 1, 3, 2, 4).copy()
        half = points[:, None] @ curved
        mixed = half.transpose(0, 2, 1, 3)[:, :, :, None] * anchors.transpose(0, 2, 1)[:, None, :, :, None]
        total[:, :, self.anchors] += mixed
        total[..., self.anchors] += mixed.transpose(0, 3, 4, 1, 2)
        own = half @ points.transpose(0, 2, 1)[:, None]
        for place, i in enumerate(self.anchors):
            total[:, :, i, :, i] += own[:, place]
        for axis in range(d):
            total[:, axis, :, axis] += slopes + self.ridge * np.eye(n)
        return total

    def _row_hessians(self, rows: Floats) -> Floats:
        """The weighted Hessian of each row in its similarities, (starts, u, n, n), column by column."""
        starts, u, n = rows.shape
        many = np.broadcast_to(rows, (n, starts, u, n))
        units = np.eye(n)[:, None, None, :]
        columns = self.formula.hessian_product(many, self.c, self.q, self.tau, np.broadcast_to(units, many.shape))
        curved: Floats = columns.transpose(1, 2, 3, 0) * self.weight[:, None, None]
        return curved

    def _rows(self, left: Floats, right: Floats) -> Floats:
        """What each anchor of the left sees of the right, (starts, u, n)."""
        rows: Floats = left[:, :, self.anchors].transpose(0, 2, 1) @ right
        return rows

    def _symmetric(self, slopes: Floats) -> Floats:
        """D + D' (starts, n, n) from the slopes of the rows (starts, u, n)."""
        full = np.zeros((len(slopes), slopes.shape[2], slopes.shape[2]))
        full[:, self.anchors] = slopes * self.weight[:, None]
        return full + full.transpose(0, 2, 1)


def radius_of(problem: Problem) -> float | None:
    """rho, or None for a ridge, which bounds no norm."""
    constraint = problem.constraint
    return None if isinstance(constraint, Ridge | NonNegative) else float(constraint.rho)


def is_ball(problem: Problem) -> bool:
    """Whether norms may be smaller than rho."""
    return isinstance(problem.constraint, Ball)
