"""Linear algebra with proofs, in balls."""

from __future__ import annotations

from flint import arb, arb_mat, ctx

from .certificate import Rejected, Unresolved

Balls = list[arb]
# one machine word: balls of that precision are the cheapest
FEW_BITS = 64


def checked_finite(value: arb, what: str) -> arb:
    """The ball itself if it is finite; Unresolved otherwise."""
    if not value.is_finite():
        raise Unresolved(f"{what} has no finite enclosure")
    return value


def magnitude(value: arb) -> arb:
    """An exact upper bound of |x| for every x of the ball."""
    return abs(value).upper()


def gram_rows(matrix: arb_mat) -> list[list[arb]]:
    """The rows of M M^T."""
    return [list(row) for row in (matrix * matrix.transpose()).tolist()]


def least_eigenvalue_of_gram(columns: arb_mat) -> arb:
    """A positive lower bound of the least eigenvalue of A = F^T F; 0 where none is found.

    Gershgorin's min_i (A_ii - sum_j |A_ij|) (Horn and Johnson, Matrix Analysis, 2013, Theorem 6.1.1) serves columns that are nearly
    orthogonal: lambda_min <= A_ii, so that half is lost at most.
    Else 1/lambda_min = ||A^-1||_2 <= ||A^-1||_F, and a ball inverse exists only if every matrix of the enclosure is invertible. Few bits
    serve most matrices and take half the time.
    """
    if columns.ncols() == 0:
        return arb("inf")
    for bits in (min(FEW_BITS, ctx.prec), ctx.prec):
        with ctx.workprec(bits):
            gram = columns.transpose() * columns
            rows = gram.tolist()
            discs = [(2 * row[i] - sum(map(magnitude, row), arb(0))).lower() for i, row in enumerate(rows)]
            smallest = min((row[i] for i, row in enumerate(rows)), key=lambda x: float(x.mid()))
            if all(disc > 0 and 2 * disc >= smallest for disc in discs):
                return min(discs)
            least = _least_by_inverse(gram)
        if least > 0:
            return least
    return arb(0)


def _least_by_inverse(gram: arb_mat) -> arb:
    try:
        norm = root_above(sum((entry * entry for entry in gram.inv().entries()), arb(0)))
    except ZeroDivisionError:
        return arb(0)
    return (1 / norm).lower() if norm.is_finite() else arb(0)


def root_above(square: arb) -> arb:
    """An exact upper bound of the square root of a quantity known to be non-negative, whose ball may reach below 0."""
    return square.upper().sqrt().upper()


def checked_positive(value: arb, what: str) -> arb:
    """The ball itself if it is positive; Rejected if it is not, Unresolved if it may be."""
    if value > 0:
        return value
    if value <= 0:
        raise Rejected(f"{what} is not positive")
    raise Unresolved(f"{what} may not be positive")
