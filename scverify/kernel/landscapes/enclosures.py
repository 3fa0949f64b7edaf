"""What is known of every configuration in a box: similarities, slopes and S, in intervals; and hints that come of them.

A row is w_i (log Sum_j c_ij e^(kappa G_ij) - kappa Sum_j q_ij G_ij) on the unit sphere, convex in G, with w, c >= 0. Everything is
divided by kappa: D_ij = w_i (p_ij - q_ij), p_ij = c_ij e^(kappa G_ij)/Sum_a c_ia e^(kappa G_ia), twice S_ij = D_ij + D_ji off the
diagonal, and twice S_ii = -Sum_j twice S_ij G_ij.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from .boxes import Boxes, embedded
from .hints import eigenvectors, scale_of
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
        before, after = [self.unmoved(nothing)], [nothing]
        for j in range(count - 1):
            before.append(before[-1] + e[:, j])
            after.append(after[-1] + e[:, count - 1 - j])
        rest = stacked([before[j] + after[count - 1 - j] for j in range(count)])
        return e, Intervals(rest.low.swapaxes(0, 1), rest.high.swapaxes(0, 1))

    def unmoved(self, nothing: Intervals) -> Intervals:
        """The outcomes of each row that no configuration changes: none."""
        return nothing

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
        return Intervals(full_table(self.p.low, self.rows.n), full_table(self.p.high, self.rows.n))

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


def _products(left: Floats, right: Floats) -> Floats:
    """Plain float products of n x n matrices, term by term."""
    return float_total([left[:, j, None] * right[j, None] for j in range(len(left))])


def full_table(table: Floats, n: int) -> Floats:
    """(n, n - 1, N) over the others of each row as (n, n, N) with a zero diagonal."""
    result = table[:, :1].repeat(n, axis=1) * 0
    for i in range(n):
        result[i, others(i, n)] = table[i]
    return result
