"""Boxes whose critical points have a known pattern: collapsed within classes, or two antipodal sides. So no local minimum is spurious."""

from __future__ import annotations

from .direction_hints import pole_of
from .enclosures import Enclosures
from .intervals import Mask, summed
from .positives import classes_of, sides_of


def is_collapsing(at: Enclosures) -> Mask:
    """Every critical point of the box has rank < d: it is collapsed within classes (the pair lemma, MATH 10, N2 and N13).

    Hypotheses: all c equal; every class of m >= 2 samples has one weight > 0 and q = 1/(m - 1) within, 0 elsewhere; 2 <= k <= d classes;
    on the whole box S_ii + S_jj >= 0 for all i != j of one class. S_ii is the multiplier of sample i. Let g_i = Sum_a 2 S_ia h_a without
    a = i be half the gradient over kappa, so that g_i = -2 S_ii h_i at a critical point, D = |h_i - h_j|^2 and d_a = h_a.(h_i - h_j). In
    (g_i - g_j).(h_i - h_j) the q and p of the pair itself give w (2/(m - 1) - p_ij - p_ji) D; other rows a give w_a (p_ai - p_aj) d_a >=
    0; and with X all others, w Sum_X (p_ia - p_ja) d_a >= 0: with A_i = Sum_X e^(kappa G_ia), l = log(A_i/A_j)/kappa and pi_i = 1 - p_ij,
    Jensen gives E_j d <= l <= E_i d, and pi_i E_i d >= pi_i l >= pi_j l >= pi_j E_j d, as pi_i >= pi_j iff l >= 0. The left side is
    -(2 S_ii + 2 S_jj) D/2 <= 0. So h_i != h_j gives p_ij + p_ji >= 2/(m - 1). Let i have the least Z of its class, and h_j != h_i: then
    p_ij >= p_ji, so p_ij >= 1/(m - 1) for every positive that is apart, and all the more for those at h_i. They sum to 1, and a negative
    has a share: a contradiction. Collapsed, H = M Z^T; of rank d = k it would have Z^T S = 0, but entries across classes are positive.
    """
    classes = classes_of(at.rows.exact, at.rows.d)
    found = at.everywhere if classes else at.nowhere
    for i, j in at.rows.pairs:
        if classes and classes[i] == classes[j]:
            found &= (at.twice_s[i, i] + at.twice_s[j, j]).low >= 0
    return found


def is_sided(at: Enclosures) -> Mask:
    """Every critical point of the box has h_i = s_i x for one x, and is global; s_i = 1 on one side and -1 on the other.

    Hypotheses on the whole box: S_ij > 0 across the sides, S_ij <= 0 within, and all x_i = s_i h_i in an open hemisphere. At a critical
    point Sum_j a_ij x_j = mu_i x_i with a_ij = -s_i s_j S_ij >= 0. The x_j span a pointed cone; one on an extreme ray is a positive sum
    of its neighbours (a_ij > 0), which therefore lie on that ray; the graph is connected, so all x_i are equal. Then S s = 0 and
    s_i s_j S_ij <= 0 off the diagonal: diag(s) S diag(s) is weakly dominated by its diagonal, so S >= 0.
    """
    rows, sides = at.rows, sides_of(at.rows.exact)
    if not sides:
        return at.nowhere
    found = at.everywhere
    for i, j in rows.pairs:
        s = at.slope(i, j) + at.slope(j, i)
        found &= (s.low > 0) if sides[i] != sides[j] else (at.slope(i, j).high <= 0) & (at.slope(j, i).high <= 0)
    x = [at.h[:, i] * float(sides[i]) for i in range(rows.n)]
    pole = pole_of([part.middle() for part in x])
    for part in x:
        found &= summed(part * pole).low > 0
    return found


TESTS = {"is_collapsing": is_collapsing, "is_sided": is_sided}
