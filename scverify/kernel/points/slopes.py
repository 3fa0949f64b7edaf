"""The loss and its derivatives in the similarities, in balls, at the Gram matrix of all samples (MATH 1, 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat

from ..balls import checked_finite
from ..certificate import total
from ..formula import Row, value_and_gradient
from ..level import Level
from ..limits import afford

Matrix = list[list[arb]]


@dataclass(frozen=True)
class Slopes:
    """At Gram matrix G: S (n x n) without the multipliers, and for each row i its Hessian times its weight, column i for G_ii."""

    matrix: Matrix
    hessians: list[Matrix]


def _in_place(row: list[Any], i: int) -> list[Any]:
    """Row i with its own entry, last in the level's layout, in place i."""
    return [*row[:i], row[-1], *row[i + 1 : -1]]


def _row(level: Level, gram: Matrix, i: int) -> Row:
    c, q = (list(map(arb, _in_place(table[i], i))) for table in (level.c, level.q))
    return Row(gram[i], c, q, arb(level.tau))


def value_at(level: Level, gram: Matrix) -> arb:
    """The loss."""
    rows = (w * value_and_gradient(level.formula, _row(level, gram, i), arb)[0] for i, w in enumerate(level.weight) if w != 0)
    return checked_finite(total(rows) + level.constraint.weight / 2 * total(row[i] for i, row in enumerate(gram)), "the value")


def symmetrised(rows: Matrix) -> Matrix:
    """(M + M^T)/2."""
    n = range(len(rows))
    return [[(rows[i][j] + rows[j][i]) / 2 for j in n] for i in n]


def first_slopes(level: Level, gram: Matrix) -> Matrix:
    """grad L(G) = (D + D^T)/2, with the ridge's weight/2 on the diagonal."""
    return _first_slopes(level, [_gradient(level, gram, i) for i in range(level.nodes)])


def _first_slopes(level: Level, gradients: Matrix) -> Matrix:
    result = symmetrised([[level.weight[i] * x for x in row] for i, row in enumerate(gradients)])
    for i in range(level.nodes):
        result[i][i] += level.constraint.weight / 2
    return result


def _gradient(level: Level, gram: Matrix, i: int) -> list[arb]:
    """The gradient of row i, without its weight; zeros where that is 0."""
    afford("the rows of a critical point")
    if level.weight[i] == 0:
        return [arb(0)] * level.nodes
    return [checked_finite(x, f"the gradient of row {i}") for x in value_and_gradient(level.formula, _row(level, gram, i), arb)[1]]


def slopes_at(level: Level, gram: Matrix) -> Slopes:
    """First and second derivatives of the loss in the similarities."""
    gradients = [_gradient(level, gram, i) for i in range(level.nodes)]
    hessians = [_weighted_hessian(level, gram, i, gradients[i]) for i in range(level.nodes)]
    return Slopes(_first_slopes(level, gradients), hessians)


def _weighted_hessian(level: Level, gram: Matrix, i: int, gradient: list[arb]) -> Matrix:
    """Weight times Hessian of row i: for a log-sum-exp, whose gradient is kappa p + r, the Hessian is kappa^2 (diag p - p p^T)."""
    part, n, weight = level.exponential_part, level.nodes, level.weight[i]
    if weight == 0:
        return [[arb(0)] * n for _ in range(n)]
    if part is None or part.kappa == 0:
        from ..dual import row_hessian

        second = row_hessian(level.formula, _row(level, gram, i), arb)
        return [[weight * checked_finite(x, f"the Hessian of row {i}") for x in row] for row in second]
    p = [(x - r) / part.kappa for x, r in zip(gradient, _in_place(part.slopes[i], i), strict=True)]
    heavy = [weight * part.kappa * part.kappa * x for x in p]
    result: Matrix = (arb_mat(n, 1, heavy) * arb_mat(1, n, [-x for x in p])).tolist()
    for a in range(n):
        result[a][a] = heavy[a] * (1 - p[a])
    return result


def with_multipliers(matrix: Matrix, multipliers: list[arb]) -> Matrix:
    """The matrix with the multipliers added to its diagonal."""
    return [[x + multipliers[i] if i == j else x for j, x in enumerate(row)] for i, row in enumerate(matrix)]
