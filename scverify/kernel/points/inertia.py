"""Signs of the eigenvalues of a symmetric ball matrix, by symmetric elimination (Haynsworth's inertia additivity)."""

from __future__ import annotations

from flint import arb, arb_mat

from ..certificate import Unresolved

Matrix = list[list[arb]]


# up to this size single pivots take less time than matrix products
SINGLE = 12


def inertia(matrix: Matrix) -> tuple[int, int]:
    """(negative, positive) eigenvalue counts shared by every symmetric matrix of the enclosure; all of them are nonsingular.

    In(A) = In(P) + In(A/P) for a nonsingular principal block P (Haynsworth 1968, Theorem 1). Half of the indices make a P where it serves;
    else single pivots do, chosen with care. Unresolved where neither is certain.
    """
    size = len(matrix)
    if size > SINGLE and (rest := _complement(matrix, size // 2)) is not None:
        try:
            (negative, positive), (more_negative, more_positive) = inertia([row[: size // 2] for row in matrix[: size // 2]]), inertia(rest)
            return negative + more_negative, positive + more_positive
        except Unresolved:
            pass
    return _by_pivots(matrix)


def _complement(matrix: Matrix, size: int) -> Matrix | None:
    """The Schur complement of the leading block; None where that block may be singular."""
    block, right = arb_mat([row[:size] for row in matrix[:size]]), arb_mat([row[size:] for row in matrix[:size]])
    try:
        solved = block.solve(right)
    except ZeroDivisionError:
        return None
    rest: Matrix = (arb_mat([row[size:] for row in matrix[size:]]) - right.transpose() * solved).tolist()
    return _symmetric(rest) if all(x.is_finite() for row in rest for x in row) else None


def _by_pivots(matrix: Matrix) -> tuple[int, int]:
    """The same by a pivot of order one with a certain sign, or of order two with a negative determinant, one eigenvalue of each sign."""
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
