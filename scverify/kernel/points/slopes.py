"""The loss and its derivatives in the similarities, in balls, at the Gram matrix of all nodes (MATH 1, 2)."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, arb_mat

from ..balls import checked_finite
from ..certificate import total
from ..formula import Row, value_and_gradient
from ..limits import afford
from .nodes import PointLevel, PointRow

Matrix = list[list[arb]]


@dataclass(frozen=True)
class Slopes:
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
    return _first_slopes(level, [_gradient(level, row, gram) for row in level.rows])


def _first_slopes(level: PointLevel, gradients: Matrix) -> Matrix:
    slopes = [[arb(0)] * level.nodes for _ in range(level.nodes)]
    for row, gradient in zip(level.rows, gradients, strict=True):
        slopes[row.anchor] = [x + row.weight * y for x, y in zip(slopes[row.anchor], gradient, strict=True)]
    result = symmetrised(slopes)
    for i, norm in enumerate(level.norms):
        result[i][i] += norm.weight / 2
    return result


def _gradient(level: PointLevel, row: PointRow, gram: Matrix) -> list[arb]:
    """The gradient of a row, without its weight."""
    afford("the rows of a critical point")
    gradient = value_and_gradient(row.formula, row_at(level, row, gram), arb)[1]
    return [checked_finite(x, f"the gradient of row {row.anchor}") for x in gradient]


def slopes_at(level: PointLevel, gram: Matrix) -> Slopes:
    """First and second derivatives of the loss in the similarities."""
    gradients = [_gradient(level, row, gram) for row in level.rows]
    hessians = [arb_mat(level.nodes, level.nodes) for _ in range(level.nodes)]
    for row, gradient in zip(level.rows, gradients, strict=True):
        hessians[row.anchor] += _weighted_hessian(level, row, gram, gradient)
    return Slopes(_first_slopes(level, gradients), [table.tolist() for table in hessians])


def _weighted_hessian(level: PointLevel, row: PointRow, gram: Matrix, gradient: list[arb]) -> arb_mat:
    """Weight times Hessian of a row: for a log-sum-exp, whose gradient is kappa p + r, the Hessian is kappa^2 (diag p - p p^T)."""
    n = level.nodes
    if row.kappa == 0:
        from ..dual import row_hessian

        second = row_hessian(row.formula, row_at(level, row, gram), arb)
        return arb_mat([[row.weight * checked_finite(x, f"the Hessian of row {row.anchor}") for x in line] for line in second])
    p = [(x - r) / row.kappa for x, r in zip(gradient, row.rest, strict=True)]
    heavy = [row.weight * row.kappa * row.kappa * x for x in p]
    result = arb_mat(n, 1, heavy) * arb_mat(1, n, [-x for x in p])
    for a in range(n):
        result[a, a] = heavy[a] * (1 - p[a])
    return result


def with_multipliers(matrix: Matrix, multipliers: list[arb]) -> Matrix:
    """The matrix with the multipliers added to its diagonal."""
    return [[x + multipliers[i] if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
