"""Why a box of configurations can be left out: each reason is a theorem, and a test in intervals that its hypotheses hold on the whole box.

A row is w_i (log Sum_j c_ij e^(kappa G_ij) - kappa Sum_j q_ij G_ij) on the unit sphere, convex in G, with w, c >= 0. Everything is
divided by kappa: D_ij = w_i (p_ij - q_ij), p_ij = c_ij e^(kappa G_ij)/Sum_a c_ia e^(kappa G_ia), twice S_ij = D_ij + D_ji off the
diagonal, and twice S_ii = -Sum_j twice S_ij G_ij. A critical point has H S = 0 (MATH 2), so every row of H, and every h_i wedge Sum_j
S_ij h_j, lies in a null space.

Where S >= 0 at a critical point it is global over all dimensions (MATH 4.1 with <S, G> = 0). At a local minimum of rank r < d, S >= 0:
u_i = v_i z with z orthogonal to all h_j moves no similarity at first order, and its second derivative is 2 v^T S v |z|^2 (MATH 4.5).
"""

from __future__ import annotations

from functools import cached_property
from math import inf
from typing import Any

from .boxes import Boxes, embedded
from .hints import eigenvectors, negative_direction, pole_of, scale_of, weighted_mean
from .intervals import Floats, Intervals, Mask, float_total, largest, stacked, summed
from .rows import BoxRows, others

# Sums of at most 2 n + 3 products of non-negative floats, n <= 32, each rounded a few times: (1 + 2^-53)^80 < 1 + 2^-40
ROUNDING = 1 + 2.0**-40
ENTRY_ROUNDING = 2.0**-44
# above this kappa, e^(kappa (G - 1)) can be too small for float64 in a whole row
UNSHIFTED = 300.0


class Enclosures:
    """What is known of every configuration in each of N boxes, worked out when it is first asked for."""

    def __init__(self, rows: BoxRows, boxes: Boxes) -> None:
        """Nothing is worked out yet."""
        self.rows, self.boxes = rows, boxes

    def kept(self, mask: Mask) -> Enclosures:
        """The same for some of the boxes; what is already known is kept, not worked out again."""
        result = Enclosures(self.rows, self.boxes[mask])
        for name, value in vars(self).items():
            if name not in ("rows", "boxes", "ends", "outcomes"):
                vars(result)[name] = value[..., mask]
        return result

    @cached_property
    def h(self) -> Intervals:
        """Unit vectors (d, n, N)."""
        return embedded(self.boxes, self.rows.d)

    @cached_property
    def ends(self) -> tuple[Intervals, Intervals]:
        """The two vectors of every pair, each (d, pairs, N)."""
        first, second = ([pair[end] for pair in self.rows.pairs] for end in (0, 1))
        return self.h[:, first], self.h[:, second]

    @cached_property
    def gram(self) -> Intervals:
        """G_ij (pairs, N): h_i.h_j = 1 - |h_i - h_j|^2/2 = |h_i + h_j|^2/2 - 1; one is narrow in general, one near 1, one near -1."""
        first, second = self.ends
        apart = summed((first - second).square()) * -0.5 + 1.0
        together = summed((first + second).square()) * 0.5 - 1.0
        return summed(first * second).meet(apart).meet(together).clipped(-1.0, 1.0)

    @cached_property
    def outcomes(self) -> tuple[Intervals, Intervals]:
        """c_ij e^(kappa (G_ij - t_i)) and the sum of the others of its row, both (n, n - 1, N).

        t_i is any float, for it cancels in p: 1, or where kappa is large a bound of the largest similarity of the row.
        """
        e = stacked([self._exponentials(places) for places in self.rows.table]) * self.rows.c[:, :, None]
        count = self.rows.n - 1
        nothing = Intervals.exact(e.low[:, 0] * 0)
        before, after = [nothing], [nothing]
        for j in range(count - 1):
            before.append(before[-1] + e[:, j])
            after.append(after[-1] + e[:, count - 1 - j])
        rest = stacked([before[j] + after[count - 1 - j] for j in range(count)])
        return e, Intervals(rest.low.swapaxes(0, 1), rest.high.swapaxes(0, 1))

    @cached_property
    def _unshifted(self) -> Intervals:
        """e^(kappa (G_ij - 1)) (pairs, N)."""
        return ((self.gram - 1.0) * self.boxes.rate).exp()

    def _exponentials(self, places: list[int]) -> Intervals:
        """e^(kappa (G_ij - t_i)) (n - 1, N) of the similarities of one row."""
        if (self.boxes.rate.high <= UNSHIFTED).all():
            return self._unshifted[places]
        return ((self.gram[places] - largest(self.gram.high[places])) * self.boxes.rate).exp()

    @cached_property
    def p(self) -> Intervals:
        """p_ij (n, n - 1, N) = e/(e + rest): it rises with e and falls with the rest."""
        return self._at_ends(lambda x, y: x / (x + y)).clipped(0.0, 1.0)

    @cached_property
    def full_p(self) -> Intervals:
        """p_ij (n, n, N) with p_ii = 0."""
        return Intervals(_square(self.p.low, self.rows.n), _square(self.p.high, self.rows.n))

    @cached_property
    def slopes(self) -> Intervals:
        """D_ij (n, n - 1, N) = w_i (p_ij - q_ij), p - q = (e (1 - q) - q rest)/(e + rest): near q = 1 nothing cancels."""
        q = self.rows.q[:, :, None]
        complement = Intervals.exact(1.0) - q
        found = self._at_ends(lambda x, y: (x * complement - y * q) / (x + y))
        return found * self.rows.weight[:, None, None]

    def _at_ends(self, of: Any) -> Intervals:
        """The range of a function that rises with e and falls with the rest of the row."""
        e, rest = self.outcomes
        exact = Intervals.exact
        return Intervals(of(exact(e.low), exact(rest.high)).low, of(exact(e.high), exact(rest.low)).high)

    @cached_property
    def wedges(self) -> Intervals:
        """h_i wedge h_j (components, pairs, N), i < j."""
        first, second = self.ends
        d = self.rows.d
        return stacked([first[a] * second[b] - first[b] * second[a] for a in range(d) for b in range(a + 1, d)])

    @cached_property
    def twice_s(self) -> Intervals:
        """2 S (n, n, N)."""
        n = self.rows.n
        entries: list[list[Any]] = [[None] * n for _ in range(n)]
        for i, j in self.rows.pairs:
            entries[i][j] = entries[j][i] = self.slope(i, j) + self.slope(j, i)
        for i in range(n):
            products = [entries[i][j] * self.gram[self.rows.place[i, j]] for j in others(i, n)]
            entries[i][i] = -summed(stacked(products))
        return stacked([stacked(row) for row in entries])

    @cached_property
    def scaled(self) -> Intervals:
        """2 S between positive diagonal factors (n, n, N): the same inertia at one magnitude."""
        scale = scale_of(self.twice_s.middle(), self.rows.n)
        return self.twice_s * scale[:, None] * scale[None]

    @cached_property
    def eigenvectors(self) -> Floats:
        """Hint: V (n, n, N), eigenvectors of the middle of `scaled`."""
        return eigenvectors(self.scaled.middle())

    @cached_property
    def congruent(self) -> Floats:
        """fl(V^T M V) (n, n, N), M the middle of `scaled`."""
        v = self.eigenvectors
        return _products(v.swapaxes(0, 1), _products(self.scaled.middle(), v))

    @cached_property
    def errors(self) -> Floats:
        """Bounds of |V^T scaled V - fl(V^T M V)| (n, n, N).

        With R >= |scaled - M| entrywise they are |V|^T (R + e |M|) |V|, where e covers the 2 n + 2 roundings of each sum.
        """
        middle, size = self.scaled.middle(), abs(self.eigenvectors)
        radius = self.scaled.radius(middle) + ENTRY_ROUNDING * abs(middle)
        return _products(size.swapaxes(0, 1), _products(radius, size)) * ROUNDING + 1e-290

    @cached_property
    def bounds(self) -> Floats:
        """Of the magnitudes of V^T scaled V (n, n, N)."""
        return (abs(self.congruent) + self.errors) * ROUNDING

    @cached_property
    def diagonal(self) -> Intervals:
        """The diagonal of V^T scaled V (n, N)."""
        pairs = [(Intervals.exact(self.congruent[k, k]), self.errors[k, k]) for k in range(self.rows.n)]
        return stacked([Intervals((centre - error).low, (centre + error).high) for centre, error in pairs])

    @cached_property
    def eigenvalues(self) -> Floats:
        """Hint: the eigenvalues (n, N) that belong to the columns of V."""
        return self.diagonal.middle()

    @property
    def everywhere(self) -> Mask:
        """True for every box."""
        every: Mask = self.boxes.low[0] == self.boxes.low[0]
        return every

    @property
    def nowhere(self) -> Mask:
        """False for every box."""
        return ~self.everywhere

    def slope(self, i: int, j: int) -> Intervals:
        """D_ij (N,)."""
        return self.slopes[i, j - (j > i)]


def is_copy(at: Enclosures) -> Mask:
    """No configuration of the box satisfies all orderings, so each has a copy elsewhere (`copies.orderings`)."""
    gram, place = at.gram, at.rows.place
    found = at.nowhere
    for first, second in at.rows.orderings:
        found |= gram.high[place[first]] < gram.low[place[second]]
    return found


def has_gradient(at: Enclosures) -> Mask:
    """No critical point: h_i wedge Sum_j 2 S_ij h_j is nowhere 0 for some i and some component.

    Sum_j D_ij = w_i (1 - Sum q) =: r_i, so with any float c the sum is c r_i + Sum_j [D_ij (W_ij - c) + D_ji W_ij]. A bracket is affine
    in W_ij: its range is that of the two ends of W_ij.
    """
    n = at.rows.n
    found = at.nowhere
    for i in range(n):
        there = [at.rows.place[i, j] for j in others(i, n)]
        wedge = at.wedges[:, there]
        wedge = stacked([-wedge[:, j] if j < i else wedge[:, j] for j in range(n - 1)])
        # (n - 1, components, N) from here on
        own = at.slopes[i][:, None]
        back = stacked([at.slope(j, i) for j in others(i, n)])[:, None]
        centre = weighted_mean(own, wedge)
        low, high = (own.times_difference(end, centre) + back * end for end in (wedge.low, wedge.high))
        torque = summed(low.hull(high)) + (at.rows.weight[i] * at.rows.rest[i]) * centre
        for component in range(torque.shape[0]):
            found |= torque[component].has_no_zero()
    return found


def _products(left: Floats, right: Floats) -> Floats:
    """Plain float products of n x n matrices, term by term."""
    return float_total([left[:, j, None] * right[j, None] for j in range(len(left))])


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


def is_positive(at: Enclosures) -> Mask:
    """Every local minimum is global: S has n - d positive eigenvalues.

    V^T S V is positive definite on n - d columns of V, so S is on their span. A critical point of rank d has H S = 0: S has no other
    eigenvalue but 0, and S >= 0. One of lower rank that is a local minimum has S >= 0.
    """
    return _dominant(at, _among_largest(at.eigenvalues, at.rows.n - at.rows.d), True)


def is_of_low_rank(at: Enclosures) -> Mask:
    """Every critical point has rank < d: S has n - d + 1 eigenvalues other than 0, and H S = 0. So a local minimum is global."""
    return _dominant(at, _among_largest(abs(at.eigenvalues), at.rows.n - at.rows.d + 1), False)


def has_negative_curvature(at: Enclosures) -> Mask:
    """No local minimum: the Riemannian Hessian over kappa is negative in one direction on the whole box.

    For any v the directions u_i = v_i - (h_i.v_i) h_i are tangent. Their second derivative over kappa is
    Sum_ij 2 S_ij u_i.u_j + kappa Sum_i w_i Var_{p_i}(x_i), x_ij = h_i.u_j + u_i.h_j (MATH 2; this Hessian is the one of a critical point),
    and a variance is at most Sum_j p_ij (x_ij - c)^2 for any float c.
    """
    n, h = at.rows.n, at.h
    p = _square(at.p.middle(), n)
    v = negative_direction(h.middle(), at.twice_s.middle(), p, at.rows.weight.middle(), at.boxes.rate.middle())
    u = Intervals.exact(v) - h * summed(h * v)
    value = summed(stacked([at.twice_s[i, i] * summed(u[:, i].square()) for i in range(n)]))
    firsts, seconds = ([pair[end] for pair in at.rows.pairs] for end in (0, 1))
    products = summed(u[:, firsts] * u[:, seconds]) * 2.0
    moved = summed(h[:, firsts] * u[:, seconds]) + summed(u[:, firsts] * h[:, seconds])
    for place, (i, j) in enumerate(at.rows.pairs):
        value = value + at.twice_s[i, j] * products[place]
    variances = []
    for i in range(n):
        x = moved[at.rows.table[i]]
        centre = weighted_mean(Intervals(-at.p[i].high, at.p[i].low), x)
        variances.append(summed(at.p[i] * (x - centre).square()) * at.rows.weight[i])
    value = value + summed(stacked(variances)) * at.boxes.rate
    return value.high < 0


def has_bent_sample(at: Enclosures) -> Mask:
    """No local minimum: moving one sample alone, the Hessian over kappa has a negative trace on the whole box (MATH 10, N17, box by box).

    For u orthogonal to h_i it is 2 S_ii |u|^2 + kappa (w_i Var_{p_i}(h_j.u) + Sum_{j != i} w_j p_ji (1 - p_ji) (h_j.u)^2). Over d - 1
    orthonormal u, with P the projection along h_i, |P h_j|^2 = 1 - G_ij^2 and the trace of the covariance of P h_j is
    Sum_j p_ij (1 - G_ij^2) - |Sum_j p_ij P h_j|^2, where |P v|^2 = |v|^2 - (h_i.v)^2.
    """
    n, d = at.rows.n, at.rows.d
    found = at.nowhere
    for i in range(n):
        there = [at.rows.place[i, j] for j in others(i, n)]
        gram, own = at.gram[there], at.p[i]
        apart = -gram.square() + 1.0
        back = stacked([at.p[j, i - (i > j)] for j in others(i, n)])
        pulls = back * (Intervals.exact(1.0) - back)
        weights = stacked([at.rows.weight[j] * pulls[place] for place, j in enumerate(others(i, n))])
        mean = summed(stacked([own[place] * at.h[:, j] for place, j in enumerate(others(i, n))]))
        spread = summed(own * apart) - (summed(mean.square()) - summed(own * gram).square()).clipped(0.0, inf)
        bend = (spread * at.rows.weight[i] + summed(weights * apart)) * at.boxes.rate + at.twice_s[i, i] * float(d - 1)
        found |= bend.high < 0
    return found


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
    classes = at.rows.classes
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
    rows = at.rows
    found = at.everywhere if rows.sides else at.nowhere
    if not rows.sides:
        return found
    for i, j in rows.pairs:
        s = at.slope(i, j) + at.slope(j, i)
        found &= (s.low > 0) if rows.sides[i] != rows.sides[j] else (at.slope(i, j).high <= 0) & (at.slope(j, i).high <= 0)
    x = [at.h[:, i] * float(rows.sides[i]) for i in range(rows.n)]
    pole = pole_of([part.middle() for part in x])
    for part in x:
        found &= summed(part * pole).low > 0
    return found


def _square(table: Floats, n: int) -> Floats:
    """(n, n - 1, N) over the others of each row as (n, n, N) with a zero diagonal."""
    result = table[:, :1].repeat(n, axis=1) * 0
    for i in range(n):
        result[i, others(i, n)] = table[i]
    return result
