"""Value, gradient and Hessian of the loss at many embeddings together (MATH 2): arrays (..., d, n), one column per sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.kernel.formula import evaluate_constant, log_sum_exp
from scverify.kernel.points.nodes import PointLevel, PointRow
from scverify.model.points import AnyProblem, formula_by_tree, point_level_of
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RowsOfBatch:
    """Rows of one formula at different nodes: anchors (u,), weight (u,), c and q (u, n), each with its own entry in its place.

    rate: kappa where the rows are log(sum c exp(kappa s)) and an affine remainder, else None.
    """

    formula: Evaluators
    anchors: NDArray[np.int64]
    weight: Floats
    c: Floats
    q: Floats
    tau: float
    rate: float | None

    def seen(self, points: Floats) -> Floats:
        """The similarities that each anchor sees, (..., u, n)."""
        rows: Floats = points[..., self.anchors].swapaxes(-1, -2) @ points
        return rows

    def hessians(self, points: Floats) -> Floats:
        """The weighted Hessian of each anchor's row in its similarities, (starts, u, n, n)."""
        rows = self.seen(points)
        n = rows.shape[2]
        many = np.broadcast_to(rows, (n, *rows.shape))
        units = np.broadcast_to(np.eye(n)[:, None, None, :], many.shape)
        columns = self.formula.hessian_product(many, self.c, self.q, self.tau, units)
        curved: Floats = columns.transpose(1, 2, 3, 0) * self.weight[:, None, None]
        return curved

    def shares(self, points: Floats) -> Floats:
        """p_ia = c_ia exp(kappa s_ia) / sum_b c_ib exp(kappa s_ib), (starts, u, n), for rows that have a rate: they sum to one."""
        exponents = (self.rate or 0.0) * self.seen(points)
        exponents -= np.where(self.c > 0, exponents, -np.inf).max(axis=-1, keepdims=True)
        shares = np.where(self.c > 0, self.c * np.exp(np.minimum(exponents, 0.0)), 0.0)
        shares /= shares.sum(axis=-1, keepdims=True)
        return shares


@dataclass(frozen=True)
class Batch:
    """L(H'H) with its ridge term, as a function of H (..., d, n). ridge (n,): the weight on each node."""

    parts: tuple[RowsOfBatch, ...]
    ridge: Floats

    @classmethod
    def of(cls, problem: AnyProblem) -> Batch:
        """The objective of a problem in float64. Raises InputError where the kernel refuses the problem."""
        level, formulas = point_level_of(problem), formula_by_tree(problem)
        groups: dict[tuple[str, int], list[PointRow]] = {}
        met: dict[tuple[str, int], int] = {}
        for row in level.rows:
            # rows of one part have different anchors: a node's second row of a formula stands in a second part
            key = str(row.formula), row.anchor
            met[key] = met.get(key, -1) + 1
            groups.setdefault((key[0], met[key]), []).append(row)
        parts = tuple(_rows_of(rows, evaluators(formulas[tree]), level, problem) for (tree, _), rows in groups.items())
        if not any(part.weight.any() for part in parts):
            raise InputError(f"{problem}: every row has the weight 0", "an anchor of positive weight in float64", "change the weights")
        return cls(parts=parts, ridge=np.array([float(norm.weight) for norm in level.norms]))

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
        value = (self.ridge * points**2).sum(axis=(-2, -1)) / 2
        full = np.zeros((*points.shape[:-2], points.shape[-1], points.shape[-1]))
        for part in self.parts:
            loss, slopes = part.formula.value_and_gradient(part.seen(points), part.c, part.q, part.tau)
            value = value + loss @ part.weight
            full[..., part.anchors, :] += slopes * part.weight[:, None]
        return value, full + full.swapaxes(-1, -2)

    def slopes_change(self, points: Floats, gram_change: Floats) -> Floats:
        """The derivative of 2 grad L(G) along a change of the Gram matrix, (..., n, n)."""
        full = np.zeros_like(gram_change)
        for part in self.parts:
            change = gram_change[..., part.anchors, :]
            bent = part.formula.hessian_product(part.seen(points), part.c, part.q, part.tau, change)
            full[..., part.anchors, :] += bent * part.weight[:, None]
        changed: Floats = full + full.swapaxes(-1, -2)
        return changed


def _rows_of(rows: list[PointRow], formula: Evaluators, level: PointLevel, problem: AnyProblem) -> RowsOfBatch:
    """The rows in float64; InputError where a coefficient is beyond it."""
    try:
        weight = np.array([float(row.weight) for row in rows])
        c, q = (np.array([[float(x) for x in table] for table in tables]) for tables in ([row.c for row in rows], [row.q for row in rows]))
    except OverflowError as error:
        raise InputError(f"{problem}: a coefficient beyond 10^308", "coefficients that float64 holds", "scale the loss") from error
    split = log_sum_exp(rows[0].formula)
    rate = None if split is None else float(evaluate_constant(split.kappa, level.tau, fmpq))
    anchors = np.array([row.anchor for row in rows])
    return RowsOfBatch(formula=formula, anchors=anchors, weight=weight, c=c, q=q, tau=float(level.tau), rate=rate or None)
