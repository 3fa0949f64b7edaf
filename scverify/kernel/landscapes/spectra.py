"""Signs of eigenvalues of S on a whole box, and what they say of its critical points.

A critical point has H S = 0 (MATH 2), so every row of H lies in the null space of S. Where S >= 0 at a critical point it is global over all
dimensions (MATH 4.1 with <S, G> = 0). At a local minimum of rank r < d, S >= 0: u_i = v_i z with z orthogonal to all h_j moves no
similarity at first order, and its second derivative is 2 v^T S v |z|^2 (MATH 4.5).
"""

from __future__ import annotations

from .enclosures import ROUNDING, Enclosures
from .intervals import Floats, Mask, float_total


def is_positive(at: Enclosures) -> Mask:
    """Every local minimum is global: S has n - d positive eigenvalues.

    V^T S V is positive definite on n - d columns of V, so S is on their span. A critical point of rank d has H S = 0: S has no other
    eigenvalue but 0, and S >= 0. One of lower rank that is a local minimum has S >= 0.
    """
    return _dominant(at, _among_largest(at.eigenvalues, at.rows.n - at.rows.d), True)


def is_of_low_rank(at: Enclosures) -> Mask:
    """Every critical point has rank < d: S has n - d + 1 eigenvalues other than 0, and H S = 0. So a local minimum is global."""
    return _dominant(at, _among_largest(abs(at.eigenvalues), at.rows.n - at.rows.d + 1), False)


def _among_largest(keys: Floats, count: int) -> list[Mask]:
    """For each k, whether it is among the `count` largest keys, ties in order."""
    n = range(len(keys))
    return [sum((keys[j] >= keys[k]) if j < k else (keys[j] > keys[k]) for j in n if j != k) < count for k in n]


def _dominant(at: Enclosures, among: list[Mask], positive: bool) -> Mask:
    """A principal submatrix of B = V^T S V, that of the rows `among`, has |B_kk| > Sum_l |B_kl|.

    Then it is nonsingular, and positive definite where every B_kk > 0 (Gershgorin; Horn and Johnson 2013, Theorem 6.1.1, Corollary 6.1.10).
    """
    found = at.everywhere
    for k, chosen_k in enumerate(among):
        row = float_total([at.bounds[k, other] * (mask & (other != k)) for other, mask in enumerate(among)]) * ROUNDING
        large = at.diagonal.low[k] > row
        if not positive:
            large |= -at.diagonal.high[k] > row
        found = found & (large | ~chosen_k)
    return found


TESTS = {"is_positive": is_positive, "is_of_low_rank": is_of_low_rank}
