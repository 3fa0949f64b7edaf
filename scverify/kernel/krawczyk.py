"""Krawczyk's operator in balls: where the zeros of a system near a point can lie, and when there is one and only one.

Let F be continuously differentiable on the box x + E, E the deviations |e_i| <= r_i; f an enclosure of F(x), J one of all derivatives on
the box, entry by entry; C any matrix. Put K = -C f + (I - C J) E.

By the mean value theorem, row by row, F(x + e) = F(x) + A e for some A in J. So a zero x + e has e = -C F(x) + (I - C A) e: it lies in x
+ K. If K lies in the interior of E, there is one and only one zero (Krawczyk 1969; Moore, Kearfott and Cloud 2009, Theorem 8.2):
(a) e -> e - C F(x + e) maps E into K, so it has a fixed point there (Brouwer), where C F = 0;
(b) (I - C A) E is symmetric about 0 and lies in the interior of E, so |I - C A| < 1 in the norm max |e_i|/r_i: C A is invertible, and
with it C and A, for *every* A in J. So F = 0 at the fixed point, and of two zeros F(x + e) - F(x + e') = A (e - e') = 0 makes one.
Nothing is asked of C: a poor one only makes K wide.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat

from .balls import checked_finite
from .certificate import Unresolved


class Singular(Unresolved):
    """A system of equations has no inverse to speak of: what it determines may not be isolated."""


def near_inverse(matrix: arb_mat) -> arb_mat:
    """C, about the inverse of the middle of a matrix; it decides nothing. Singular where the middle has none."""
    try:
        return matrix.mid().inv().mid()
    except ZeroDivisionError as error:
        raise Singular("the system is singular: its zero is not isolated, or the precision too low") from error


def image(inverse: arb_mat, values: Sequence[arb], slopes: arb_mat, deviations: Sequence[arb]) -> list[arb]:
    """K = -C f + (I - C J) E."""
    size = len(values)
    identity = arb_mat(size, size, [arb(int(i == j)) for i in range(size) for j in range(size)])
    slack = (identity - inverse * slopes) * arb_mat(size, 1, deviations)
    return list((slack - inverse * arb_mat(size, 1, values)).entries())


def require_inside(deviations: Sequence[arb], radii: Sequence[arb]) -> None:
    """Prove |e_i| < r_i for every i; Unresolved where it is not certain."""
    for deviation, radius in zip(deviations, radii, strict=True):
        if not checked_finite(deviation, "the Krawczyk operator").abs_upper() < radius:
            raise Unresolved("the Krawczyk operator does not map the box into its interior")
