"""What is known of every configuration in a box, for rows on nodes: several rows for an anchor, outcomes that do not move.

Everything is divided by kappa: D_ij = Sum over the rows r of anchor i of w_r (p_rj - q_rj); S as in `enclosures`.
"""

from __future__ import annotations

from functools import cached_property

from .enclosures import Enclosures
from .intervals import Intervals, stacked, summed
from .node_rows import NodeRows


class NodeEnclosures(Enclosures):
    """What is known of every configuration in each of N boxes; outcomes, p and slopes are (rows, n - 1, N) here."""

    rows: NodeRows

    def unmoved(self, nothing: Intervals) -> Intervals:
        """F e^-kappa (rows, N): the anchor's own outcome has the similarity 1, a constant one the similarity 0."""
        at_zero = (-self.boxes.rate).exp()
        return self.rows.constant[:, None] * at_zero + self.rows.own[:, None] + nothing

    @cached_property
    def shares(self) -> Intervals:
        """F/(F + Sum_j c_j e^(kappa G_ij)) (rows, N), by which the probabilities of a row miss 1: it falls as the sum rises."""
        moved, _ = self.outcomes
        total = summed(Intervals(moved.low.swapaxes(0, 1), moved.high.swapaxes(0, 1)))
        fixed, exact = self.unmoved(Intervals.exact(total.low * 0)), Intervals.exact
        least = exact(fixed.low) / (exact(fixed.low) + exact(total.high))
        most = exact(fixed.high) / (exact(fixed.high) + exact(total.low))
        return Intervals(least.low, most.high).clipped(0.0, 1.0)

    def _exponentials(self, places: list[int]) -> Intervals:
        """e^(kappa (G_ij - 1)) (n - 1, N): the scale that `unmoved` has."""
        return self._unshifted[places]

    @cached_property
    def attractions(self) -> Intervals:
        """D_ij (n, n, N) for i != j, 0 for i = j."""
        n, nothing = self.rows.n, Intervals.exact(self.boxes.low[0] * 0)

        def entry(i: int, j: int) -> Intervals:
            own = self.rows.of(i)
            return summed(self.slopes[own, j - (j > i)]) if own and j != i else nothing

        return stacked([stacked([entry(i, j) for j in range(n)]) for i in range(n)])

    def slope(self, i: int, j: int) -> Intervals:
        """D_ij (N,)."""
        return self.attractions[i, j]
