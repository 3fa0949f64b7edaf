"""The loss and its derivatives in the similarities, in balls, at the Gram matrix of all nodes (MATH 1, 2)."""

from __future__ import annotations

from typing import NamedTuple

from flint import arb, arb_mat, fmpq

from ..balls import checked_finite
from ..certificate import total
from ..formula import Row, evaluate_constant, log_sum_exp, value_and_gradient
from ..limits import afford
from .nodes import PointLevel, PointRow

Matrix = list[list[arb]]


class Slopes(NamedTuple):
    """At Gram matrix G: S (n x n) without the multipliers, and for each node i the Hessian of its rows, weighted, column i for G_ii."""

    matrix: Matrix
    hessians: list[Matrix]


def row_at(level: PointLevel, row: PointRow, gram: Matrix) -> Row:
    """A row with what it sees."""
    return Row(gram[row.anchor], list(map(arb, row.c)), list(map(arb, row.q)), arb(level.tau))


def value_at(level: PointLevel, gram: Matrix) -> arb:
    """The loss."""
    rows = total(row.weight * value_and_gradient(row.formula, row_at(level, row, gram), arb)[0] for row in level.rows)
    return checked_finite(rows + total(norm.weight * gram[i][i] for i, norm in enumerate(level.norms)) / 2, "the value")


def symmetrised(rows: Matrix) -> Matrix:
    """(M + M^T)/2."""
    n = range(len(rows))
    return [[(rows[i][j] + rows[j][i]) / 2 for j in n] for i in n]


def first_slopes(level: PointLevel, gram: Matrix) -> Matrix:
    """grad L(G) = (D + D^T)/2, with the weight/2 of a ridge on the diagonal."""
    slopes = [[arb(0)] * len(gram) for _ in gram]
    for row in level.rows:
        afford("the rows of a critical point")
        gradient = value_and_gradient(row.formula, row_at(level, row, gram), arb)[1]
        weighted = [row.weight * checked_finite(x, f"the gradient of row {row.anchor}") for x in gradient]
        slopes[row.anchor] = [x + y for x, y in zip(slopes[row.anchor], weighted, strict=True)]
    result = symmetrised(slopes)
    for i, norm in enumerate(level.norms):
        result[i][i] += norm.weight / 2
    return result


def slopes_at(level: PointLevel, gram: Matrix) -> Slopes:
    """First and second derivatives of the loss in the similarities."""
    hessians = [arb_mat(len(gram), len(gram)) for _ in gram]
    for row in level.rows:
        hessians[row.anchor] += _weighted_hessian(level, row, gram)
    return Slopes(first_slopes(level, gram), [table.tolist() for table in hessians])


def _weighted_hessian(level: PointLevel, row: PointRow, gram: Matrix) -> arb_mat:
    """Weight times Hessian of a row: for a log-sum-exp kappa^2 (diag p - p p^T), p_a = c_a exp(kappa s_a) over the sum of these."""
    split, at = log_sum_exp(row.formula), row_at(level, row, gram)
    if split is None:
        from ..dual import row_hessian

        second = row_hessian(row.formula, at, arb)
        return arb_mat([[row.weight * checked_finite(x, f"the Hessian of row {row.anchor}") for x in line] for line in second])
    kappa = evaluate_constant(split.kappa, level.tau, fmpq)
    outcomes = [c * (kappa * s).exp() for c, s in zip(at.c, at.s, strict=True)]
    p = [checked_finite(x / total(outcomes), f"the outcomes of row {row.anchor}") for x in outcomes]
    heavy = [row.weight * kappa * kappa * x for x in p]
    result = arb_mat(len(p), 1, heavy) * arb_mat(1, len(p), [-x for x in p])
    for a, x in enumerate(p):
        result[a, a] = heavy[a] * (1 - x)
    return result


def with_multipliers(matrix: Matrix, multipliers: list[arb]) -> Matrix:
    """The matrix with the multipliers added to its diagonal."""
    return [[x + multipliers[i] if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
