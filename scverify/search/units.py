"""The loss on units in floats, as a function of means, spreads and free scalars (MATH 9; Burer and Monteiro 2003). Nothing here is proved.

Unit p of type t has the vectors w_i + (row a of K_t) (x) (vertex p of a simplex): A = W W' + K K', B = W W' - K K'/(m - 1), C = W W'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]
# across units (u, u), within a unit (u, u), and in the scalars (n,)
UnitSlopes = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class UnitCandidate:
    """Means (u, r) and spread roots (u, R), the rows of K_t one below the other: floats, or balls once they are polished.

    scalars: those of the level; inverse: its 1/tau.
    """

    means: NDArray[Any]
    spreads: NDArray[Any]
    scalars: Floats
    inverse: float


@dataclass(frozen=True)
class _Rows:
    """The rows of one formula: anchors (n,), weights (n,), c and q (n, u + R)."""

    formula: Evaluators
    anchor: NDArray[np.int64]
    weight: Floats
    c: Floats
    q: Floats
    shift: NDArray[np.int64]


class UnitObjective:
    """The loss of a level as a function of means and spreads, side by side in one array (u + n, r + R).

    The first entries of its last n rows are the free scalars; the others of these rows are 0.
    """

    def __init__(self, problem: UnitProblem, tau: float, level: UnitLevel | None = None) -> None:
        """The loss at a temperature of its own; level: that of the problem, or one of it in which scalars are fixed."""
        self.level = level = problem.level if level is None else level
        # rows with free scalars see similarities over tau, so that squared norms are those of the problem over tau
        self.tau, self.stretch = (1.0, 1 / tau) if level.over_temperature else (tau, 1.0)
        self.kinds, self.u, self.n = level.kinds, level.nodes, len(level.scalars)
        self.m = np.array(level.multiplicity, dtype=np.float64)
        same = np.arange(self.u) // self.kinds
        self.same = same[:, None] == same
        self.single = self.m == 1
        counts = np.array([*(self.m * np.array(level.copies)), *(scalar.count for scalar in level.scalars)])
        weights = [norm.weight for norm in level.constraint] + [scalar.domain.weight for scalar in level.scalars]
        self.ridge = np.array([float(x) for x in weights]) * counts
        self.bound = np.array([float(norm.bound) * self.stretch for norm in level.constraint] + [0.0] * self.n)
        self.kind = np.array([norm.kind for norm in level.constraint] + ["scalar"] * self.n)
        self.fixed = self.kind == "fixed"
        self.signed = np.array([norm.nonnegative for norm in level.constraint] + [False] * self.n)
        # a node whose ridge counts m n samples is searched in units of 1/sqrt(m n): all ridges then have the curvature of one sample's
        self.unit = np.where(self.kind == "ridge", 1 / np.sqrt(counts), 1.0)[:, None]
        ends = [[_end(scalar.domain.least, -np.inf), _end(scalar.domain.most, np.inf)] for scalar in level.scalars]
        self.ends = np.array(ends).reshape(-1, 2)
        self.rows = self._tables(problem)

    def _tables(self, problem: UnitProblem) -> list[_Rows]:
        found = []
        for formula in dict.fromkeys(problem.formulas):
            rows = [row for row, its in zip(self.level.rows, problem.formulas, strict=True) if its == formula]
            c, q = (np.array([[float(x) for x in getattr(row, name)] for row in rows]) for name in "cq")
            anchor = np.array([row.anchor for row in rows])
            weights = np.array([float(row.weight) for row in rows])
            # the place n is that of no scalar
            shift = np.array([[k % (self.n + 1) for k in row.shift or [-1] * len(row.c)] for row in rows])
            found.append(_Rows(formula=evaluators(formula), anchor=anchor, weight=weights, c=c, q=q, shift=shift))
        return found

    def free(self, width: int) -> NDArray[np.bool_]:
        """Which entries may move: none of fixed nodes, no spread of single units; of a scalar one number, if at all."""
        free = np.ones((self.u + self.n, width), dtype=bool)
        free[: self.u, width - self.kinds :] = ~self.single[:, None]
        free[self.u :], free[self.fixed] = False, False
        free[self.u :, 0] = self.ends[:, 0] < self.ends[:, 1]
        return free

    def turned(self, z: Floats) -> Floats:
        """z in coordinates whose lower ends are simple, and back: an orthogonal map that is its own inverse."""
        return z

    def ends_of(self, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        """The least and the largest value of each turned coordinate."""
        low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
        low[self.u :, 0], high[self.u :, 0] = self.ends.T
        return low, high

    def allowed(self, change: Floats, z: Floats) -> Floats:
        """The part of a change along which z may move; a scalar at an end of its interval stays there."""
        free = self.free(z.shape[1])
        free[self.u :, 0] &= ~(self.scalars(z)[:, None] == self.ends).any(axis=1)
        part: Floats = change * free
        return part

    def scalars(self, z: Floats) -> Floats:
        """The scalars of an array."""
        values: Floats = z[self.u :, 0]
        return values

    def similarities(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Entries across units (u, u) and within a unit (u, u, the same types alone) of two arrays of means and spreads."""
        first, second = first[: self.u], second[: self.u]
        r = first.shape[1] - self.kinds
        means, spreads = first[:, :r] @ second[:, :r].T, np.where(self.same, first[:, r:] @ second[:, r:].T, 0.0)
        apart = spreads / np.maximum(self.m - 1, 1)[:, None] * ~self.single[:, None]
        across: Floats = means - apart
        return across, np.where(self.same, means + spreads, 0.0)

    def _seen(self, rows: _Rows, across: Floats, own: Floats, scalars: Floats) -> Floats:
        units = (rows.anchor - rows.anchor % self.kinds)[:, None] + np.arange(self.kinds)
        entries = np.concatenate([across[rows.anchor], own[rows.anchor[:, None], units]], axis=1)
        return entries + np.append(scalars, 0.0)[rows.shift] if self.n else entries

    def _gathered(self, rows: _Rows, slopes: Floats) -> tuple[Floats, Floats]:
        """UnitSlopes by anchor, symmetrised: across units (u, u), and within a unit (u, u)."""
        across, own = np.zeros((self.u, self.u)), np.zeros((self.u, self.u))
        np.add.at(across, rows.anchor, slopes[:, : self.u])
        units = (rows.anchor - rows.anchor % self.kinds)[:, None] + np.arange(self.kinds)
        np.add.at(own, (rows.anchor[:, None], units), slopes[:, self.u :])
        return across + across.T, own + own.T

    def _pulled(self, slopes: UnitSlopes, z: Floats) -> Floats:
        r, (across, own, shifts) = z.shape[1] - self.kinds, slopes
        inner = np.where(self.same, own - across / np.maximum(self.m - 1, 1)[:, None] * ~self.single[:, None], 0.0)
        pulled = np.zeros_like(z)
        pulled[: self.u, :r], pulled[: self.u, r:] = (across + own) @ z[: self.u, :r], inner @ z[: self.u, r:]
        pulled[self.u :, 0] = shifts
        return pulled

    def _totals(self, rows: _Rows, slopes: Floats) -> UnitSlopes:
        """UnitSlopes of rows by entry and by scalar."""
        shifts = np.zeros(self.n + 1)
        np.add.at(shifts, rows.shift, slopes)
        return *self._gathered(rows, slopes), shifts[: self.n]

    def slopes(self, z: Floats) -> tuple[float, UnitSlopes]:
        """The loss, and its slopes: symmetrised across units and within them, and in the scalars."""
        entries, scalars = self.similarities(z, z), self.scalars(z)
        value, found = 0.0, (np.zeros((self.u, self.u)), np.zeros((self.u, self.u)), np.zeros(self.n))
        for rows in self.rows:
            loss, slopes = rows.formula.value_and_gradient(self._seen(rows, *entries, scalars), rows.c, rows.q, self.tau)
            value += float(rows.weight @ loss)
            more = self._totals(rows, rows.weight[:, None] * slopes)
            found = found[0] + more[0], found[1] + more[1], found[2] + more[2]
        return value + 0.5 * float(self.ridge @ (z * z).sum(axis=1)), found

    def value_and_gradient(self, z: Floats) -> tuple[float, Floats]:
        """The loss and its gradient by means, spreads and scalars."""
        value, slopes = self.slopes(z)
        gradient: Floats = self._pulled(slopes, z) + self.ridge[:, None] * z
        return value, gradient

    def hessian_product(self, z: Floats, change: Floats, slopes: UnitSlopes) -> Floats:
        """The derivative of the gradient along a change; slopes: those at z."""
        entries, moved = self.similarities(z, z), self.similarities(z, change)
        moved = moved[0] + moved[0].T, moved[1] + moved[1].T
        product: Floats = self._pulled((slopes[0], slopes[1], 0 * slopes[2]), change) + self.ridge[:, None] * change
        for rows in self.rows:
            seen, along = self._seen(rows, *entries, self.scalars(z)), self._seen(rows, *moved, self.scalars(change))
            bent = rows.formula.hessian_product(seen, rows.c, rows.q, self.tau, along)
            product += self._pulled(self._totals(rows, rows.weight[:, None] * bent), z)
        return product

    def feasible(self, z: Floats) -> Floats:
        """z with the norms that the constraints ask for, and its scalars in their intervals."""
        squares = np.maximum((z * z).sum(axis=1), 1e-300)
        factor = np.where((self.kind == "sphere") | self.fixed, np.sqrt(self.bound / squares), 1.0)
        factor = np.where((self.kind == "ball") & (squares > self.bound), np.sqrt(self.bound / squares), factor)
        moved: Floats = z * factor[:, None]
        if self.n:
            moved[self.u :, 0] = np.clip(moved[self.u :, 0], *self.ends.T)
        return moved


def _end(value: fmpq | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
