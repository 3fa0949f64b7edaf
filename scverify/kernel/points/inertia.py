"""Of what type a proved critical point is: the signs of the eigenvalues of its Hessian along and across its dimensions (MATH 4.5)."""

from __future__ import annotations

from flint import arb, arb_mat

from ..balls import checked_finite
from ..certificate import Unresolved
from .orbit import Orbit, half_hessian
from .slopes import Matrix

OPEN = "an eigenvalue cannot be distinguished from zero"
# up to this size single pivots take less time than matrix products
SINGLE = 12


def plane_inertia(orbit: Orbit) -> tuple[int, int]:
    """(negative, positive) of the Riemannian Hessian on tangent directions within the span of H, modulo rotations.

    The tangent space is the sum of the orbit's directions Omega H, on which the Hessian vanishes, and of those with no gauge entry.
    A bordered matrix [[A, B^T], [B, 0]] that is nonsingular has the inertia of A on the kernel of B, and one pair for each row of B
    (Nocedal and Wright, Numerical Optimization, 2006, Theorem 16.3).
    """
    layout, state = orbit.layout, orbit.state
    if layout.r == 0:
        return 0, 0
    hessian = half_hessian(state, orbit.slopes)
    kept = [a * layout.n + i for a in range(layout.r) for i in range(layout.n) if (a, i) not in set(layout.gauge)]
    borders = [[state.h[x // layout.n][i] if x % layout.n == i else arb(0) for x in kept] for i in layout.active]
    negative, positive = inertia(_bordered([[hessian[x][y] for y in kept] for x in kept], borders))
    return negative - len(borders), positive - len(borders)


def normal_inertia(orbit: Orbit) -> tuple[int, int]:
    """(negative, positive) of S on the complement of H's row space, where S vanishes by H S = 0."""
    negative, positive = inertia(_bordered(orbit.s, orbit.state.h))
    return negative - orbit.layout.r, positive - orbit.layout.r


def _bordered(matrix: Matrix, borders: Matrix) -> Matrix:
    top = [row + [border[x] for border in borders] for x, row in enumerate(matrix)]
    symmetric = [[top[min(x, y)][max(x, y)] if y < len(matrix) else top[x][y] for y in range(len(top[x]))] for x in range(len(matrix))]
    return symmetric + [border + [arb(0)] * len(borders) for border in borders]


def inertia(matrix: Matrix) -> tuple[int, int]:
    """(negative, positive) eigenvalue counts shared by every symmetric matrix of the enclosure; all of them are nonsingular.

    In(A) = In(P) + In(A/P) for a nonsingular principal block P (Haynsworth 1968, Theorem 1). Half of the indices make a P where it serves;
    else single pivots do, chosen with care. Unresolved where neither is certain.
    """
    half = len(matrix) // 2
    if len(matrix) > SINGLE:
        try:
            parts = inertia([row[:half] for row in matrix[:half]]), inertia(_complement(matrix, half))
            return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]
        except Unresolved:
            pass
    return _by_pivots(matrix)


def _complement(matrix: Matrix, size: int) -> Matrix:
    """The Schur complement of the leading block; Unresolved where that block may be singular."""
    if size == len(matrix):
        return []
    right = arb_mat([row[size:] for row in matrix[:size]])
    try:
        solved = arb_mat([row[:size] for row in matrix[:size]]).solve(right)
    except ZeroDivisionError as error:
        raise Unresolved(OPEN) from error
    rest = (arb_mat([row[size:] for row in matrix[size:]]) - right.transpose() * solved).tolist()
    # entries (i, j) and (j, i) enclose the same number: keep the one of the upper triangle
    return [[checked_finite(rest[min(i, j)][max(i, j)], "a Schur complement") for j in range(len(rest))] for i in range(len(rest))]


def _by_pivots(matrix: Matrix) -> tuple[int, int]:
    """The same by a pivot of order one with a certain sign, or of order two with a negative determinant, one eigenvalue of each sign."""
    rest, negative, positive = matrix, 0, 0
    while rest:
        pivot = _pivot(rest)
        below_zero = len(pivot) == 2 or rest[pivot[0]][pivot[0]] < 0
        negative, positive = negative + below_zero, positive + len(pivot) - below_zero
        order = [*pivot, *(i for i in range(len(rest)) if i not in pivot)]
        rest = _complement([[rest[i][j] for j in order] for i in order], len(pivot))
    return negative, positive


def _pivot(matrix: Matrix) -> tuple[int, ...]:
    """The indices of a safe pivot: a diagonal entry unless the largest entry of the matrix outweighs it by far."""
    size = range(len(matrix))
    best = max(size, key=lambda i: _least(matrix[i][i]))
    diagonal = _least(matrix[best][best])
    pair = max(((i, j) for i in size for j in range(i)), key=lambda ij: _least(matrix[ij[0]][ij[1]]), default=None)
    # (1 + sqrt 17)/8 = 0.6404 balances the growth by a pivot of order two against that by two of order one (Bunch and Parlett 1971)
    if pair is not None and _least(matrix[pair[0]][pair[1]]) * 0.64 > diagonal:
        i, j = pair
        if matrix[i][i] * matrix[j][j] - matrix[i][j] * matrix[i][j] < 0:
            return (j, i)
    if diagonal > 0:
        return (best,)
    raise Unresolved(OPEN)


def _least(value: arb) -> float:
    """A rough size for choosing pivots: |x| at least, 0 where the sign is open."""
    return float(value.abs_lower())
