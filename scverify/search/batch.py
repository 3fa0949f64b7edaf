"""Value, gradient and Hessian of the loss at many embeddings together (MATH 2): arrays (starts, d, n), one column a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.level import sample_level
from scverify.model.problem import Problem
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

    def value_and_slopes(self, points: Floats) -> tuple[Floats, Floats]:
        """L (starts,) with its ridge term, and 2 grad L(G) (starts, n, n) without."""
        loss, slopes = self.formula.value_and_gradient(self._rows(points), self.c, self.q, self.tau)
        return loss @ self.weight + self.ridge / 2 * (points**2).sum(axis=(1, 2)), self._symmetric(slopes)

    def slopes_change(self, points: Floats, gram_change: Floats) -> Floats:
        """The derivative of 2 grad L(G) along a change of the Gram matrix, (starts, n, n)."""
        rows = self._rows(points)
        return self._symmetric(self.formula.hessian_product(rows, self.c, self.q, self.tau, gram_change[:, self.anchors]))

    def row_hessians(self, points: Floats) -> Floats:
        """The weighted Hessian of each anchor's row in its similarities, (starts, u, n, n)."""
        rows = self._rows(points)
        n = rows.shape[2]
        many = np.broadcast_to(rows, (n, *rows.shape))
        units = np.broadcast_to(np.eye(n)[:, None, None, :], many.shape)
        columns = self.formula.hessian_product(many, self.c, self.q, self.tau, units)
        curved: Floats = columns.transpose(1, 2, 3, 0) * self.weight[:, None, None]
        return curved

    def _rows(self, points: Floats) -> Floats:
        """The similarities that each anchor sees, (starts, u, n)."""
        rows: Floats = points[:, :, self.anchors].transpose(0, 2, 1) @ points
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
