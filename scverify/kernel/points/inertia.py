"""Signs of the eigenvalues of a symmetric ball matrix, by symmetric elimination (Haynsworth's inertia additivity)."""

from __future__ import annotations

from flint import arb

from ..certificate import Unresolved

Matrix = list[list[arb]]


def inertia(matrix: Matrix) -> tuple[int, int]:
    """(negative, positive) eigenvalue counts shared by every symmetric matrix of the enclosure; all of them are nonsingular.

    In(A) = In(P) + In(A/P) for a nonsingular principal block P (Haynsworth 1968, Theorem 1): a pivot of order one with a certain sign,
    or of order two with a negative determinant, which has one eigenvalue of each sign. Unresolved where no such pivot is certain.
    """
    rest = [row[:] for row in matrix]
    negative = positive = 0
    while rest:
        pivot = _pivot(rest)
        if len(pivot) == 1:
            value = rest[pivot[0]][pivot[0]]
            negative, positive = (negative + 1, positive) if value < 0 else (negative, positive + 1)
        else:
            negative, positive = negative + 1, positive + 1
        rest = _schur(rest, pivot)
    return negative, positive


# (1 + sqrt 17)/8 = 0.6404 balances the growth by a pivot of order two against that by two of order one (Bunch and Parlett 1971)
DIAGONAL_SHARE = 0.64


def _pivot(matrix: Matrix) -> tuple[int, ...]:
    """The indices of a safe pivot: a diagonal entry unless the largest entry of the matrix outweighs it by far."""
    size = range(len(matrix))
    best = max(size, key=lambda i: _least(matrix[i][i]))
    diagonal = _least(matrix[best][best])
    pair = max(((i, j) for i in size for j in range(i)), key=lambda ij: _least(matrix[ij[0]][ij[1]]), default=None)
    if pair is not None and _least(matrix[pair[0]][pair[1]]) * DIAGONAL_SHARE > diagonal:
        i, j = pair
        if matrix[i][i] * matrix[j][j] - matrix[i][j] * matrix[i][j] < 0:
            return (j, i)
    if diagonal > 0:
        return (best,)
    raise Unresolved("an eigenvalue cannot be distinguished from zero")


def _least(value: arb) -> float:
    """A rough size for choosing pivots: |x| at least, 0 where the sign is open."""
    return float(value.abs_lower())


def _schur(matrix: Matrix, pivot: tuple[int, ...]) -> Matrix:
    """The Schur complement of a pivot block."""
    keep = [i for i in range(len(matrix)) if i not in pivot]
    if len(pivot) == 1:
        p = pivot[0]
        factors = [matrix[i][p] / matrix[p][p] for i in keep]
        rows = [[matrix[i][j] - factor * matrix[p][j] for j in keep] for i, factor in zip(keep, factors, strict=True)]
        return _symmetric(rows)
    p, q = pivot
    a, b, d = matrix[p][p], matrix[p][q], matrix[q][q]
    determinant = a * d - b * b
    rows = []
    for i in keep:
        x, y = matrix[i][p], matrix[i][q]
        first, second = (x * d - y * b) / determinant, (y * a - x * b) / determinant
        rows.append([matrix[i][j] - first * matrix[p][j] - second * matrix[q][j] for j in keep])
    return _symmetric(rows)


def _symmetric(rows: Matrix) -> Matrix:
    """Entries (i, j) and (j, i) enclose the same number: keep the one of the upper triangle."""
    return [[rows[min(i, j)][max(i, j)] for j in range(len(rows))] for i in range(len(rows))]
