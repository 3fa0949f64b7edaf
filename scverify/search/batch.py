"""Value, gradient and Hessian of the loss at many embeddings together (MATH 2): arrays (..., d, n), one column per sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Batch:
    """L(H'H) with its ridge term, as a function of H (..., d, n).

    anchors (u,): the samples whose row has a weight; weight (u,), c and q (u, n): their rows, each with its own entry in its place.
    rate: kappa where the rows are log(sum c exp(kappa s)) and an affine remainder, else None.
    """

    formula: Evaluators
    anchors: NDArray[np.int64]
    weight: Floats
    c: Floats
    q: Floats
    tau: float
    ridge: float
    rate: float | None

    @classmethod
    def of(cls, problem: Problem) -> Batch:
        """The objective of a problem in float64. Raises InputError where the kernel refuses the problem."""
        level = sample_level(problem)
        weight, c, q = level.float_arrays()
        part = level.exponential_part
        for table in (c, q):
            np.fill_diagonal(table, table[:, -1])
        on = np.flatnonzero(weight)
        norm = norm_constraint(problem.constraint)
        return cls(
            formula=evaluators(problem.loss.formula),
            anchors=on,
            weight=weight[on],
            c=c[on, :-1],
            q=q[on, :-1],
            tau=float(problem.temperature),
            ridge=float(norm.weight) if isinstance(norm, Ridge) else 0.0,
            rate=None if part is None else float(part.kappa),
        )

    def value_and_gradient(self, points: Floats) -> tuple[Floats, Floats]:
        """L (...) and its gradient (..., d, n)."""
        value, slopes = self.value_and_slopes(points)
        return value, points @ slopes + self.ridge * points

    def hessian_product(self, points: Floats, change: Floats) -> Floats:
        """The derivative (..., d, n) of the gradient along a change of the points."""
        half = change.swapaxes(-1, -2) @ points
        bent = self.slopes_change(points, half + half.swapaxes(-1, -2))
        return points @ bent + change @ self.value_and_slopes(points)[1] + self.ridge * change

    def value_and_slopes(self, points: Floats) -> tuple[Floats, Floats]:
        """L (...) with its ridge term, and 2 grad L(G) (..., n, n) without."""
        loss, slopes = self.formula.value_and_gradient(self._rows(points), self.c, self.q, self.tau)
        return loss @ self.weight + self.ridge / 2 * (points**2).sum(axis=(-2, -1)), self._symmetric(slopes)

    def slopes_change(self, points: Floats, gram_change: Floats) -> Floats:
        """The derivative of 2 grad L(G) along a change of the Gram matrix, (..., n, n)."""
        rows = self._rows(points)
        return self._symmetric(self.formula.hessian_product(rows, self.c, self.q, self.tau, gram_change[..., self.anchors, :]))

    def row_hessians(self, points: Floats) -> Floats:
        """The weighted Hessian of each anchor's row in its similarities, (starts, u, n, n)."""
        rows = self._rows(points)
        n = rows.shape[2]
        many = np.broadcast_to(rows, (n, *rows.shape))
        units = np.broadcast_to(np.eye(n)[:, None, None, :], many.shape)
        columns = self.formula.hessian_product(many, self.c, self.q, self.tau, units)
        curved: Floats = columns.transpose(1, 2, 3, 0) * self.weight[:, None, None]
        return curved

    def shares(self, points: Floats) -> Floats:
        """p_ia = c_ia exp(kappa s_ia) / sum_b c_ib exp(kappa s_ib), (starts, u, n), for rows that have a rate: they sum to one."""
        exponents = (self.rate or 0.0) * self._rows(points)
        exponents -= np.where(self.c > 0, exponents, -np.inf).max(axis=-1, keepdims=True)
        shares = np.where(self.c > 0, self.c * np.exp(np.minimum(exponents, 0.0)), 0.0)
        shares /= shares.sum(axis=-1, keepdims=True)
        return shares

    def _rows(self, points: Floats) -> Floats:
        """The similarities that each anchor sees, (..., u, n)."""
        rows: Floats = points[..., self.anchors].swapaxes(-1, -2) @ points
        return rows

    def _symmetric(self, slopes: Floats) -> Floats:
        """D + D' (..., n, n) from the slopes of the rows (..., u, n)."""
        n = slopes.shape[-1]
        full = np.zeros((*slopes.shape[:-2], n, n))
        full[..., self.anchors, :] = slopes * self.weight[:, None]
        return full + full.swapaxes(-1, -2)
