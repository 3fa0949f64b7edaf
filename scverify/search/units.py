"""The minimum of a loss on units in floats, over means and spreads (MATH 9; Burer and Monteiro 2003). Nothing here is proved.

Unit p of type t has the vectors w_i + (row a of K_t) (x) (vertex p of a simplex): A = W W' + K K', B = W W' - K K'/(m - 1), C = W W'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from scverify.kernel.units.level import UnitLevel
from scverify.model.scalars import FreeInterval
from scverify.model.units import UnitProblem
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]
# across units (u, u), within a unit (u, u), and in the scalars (n,)
Slopes = tuple[Floats, Floats, Floats]
# warm temperatures first: at a low one the loss is flat to floats almost everywhere
_WARMEST = 0.5
_COOLING = 0.6
NOISE = 1e-6
_NEWTON = 30
# a minimum may have become a saddle at the next temperature: there the gradient is 0, and only a nudge leaves it
_DESCENT, _ROUNDS = 500, 2
# a direction this small beside the largest is one that the point does not have
_EMPTY = 1e-5
# a Newton step is exact to this; on a system that is singular along rotations a smaller residual drifts
_RESIDUAL = 1e-8


@dataclass(frozen=True)
class UnitCandidate:
    """Means (u, r) and spread roots (u, R), the rows of K_t one below the other; the scalars of the level, and its 1/tau."""

    means: Floats
    spreads: Floats
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
        """Which entries may move: single units have no spread, and a scalar is one number, unless its interval is a point."""
        free = np.ones((self.u + self.n, width), dtype=bool)
        free[: self.u, width - self.kinds :] = ~self.single[:, None]
        free[self.u :] = False
        free[self.u :, 0] = self.ends[:, 0] < self.ends[:, 1]
        return free

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
        """Slopes by anchor, symmetrised: across units (u, u), and within a unit (u, u)."""
        across, own = np.zeros((self.u, self.u)), np.zeros((self.u, self.u))
        np.add.at(across, rows.anchor, slopes[:, : self.u])
        units = (rows.anchor - rows.anchor % self.kinds)[:, None] + np.arange(self.kinds)
        np.add.at(own, (rows.anchor[:, None], units), slopes[:, self.u :])
        return across + across.T, own + own.T

    def _pulled(self, slopes: Slopes, z: Floats) -> Floats:
        r, (across, own, shifts) = z.shape[1] - self.kinds, slopes
        inner = np.where(self.same, own - across / np.maximum(self.m - 1, 1)[:, None] * ~self.single[:, None], 0.0)
        pulled = np.zeros_like(z)
        pulled[: self.u, :r], pulled[: self.u, r:] = (across + own) @ z[: self.u, :r], inner @ z[: self.u, r:]
        pulled[self.u :, 0] = shifts
        return pulled

    def _totals(self, rows: _Rows, slopes: Floats) -> Slopes:
        """Slopes of rows by entry and by scalar."""
        shifts = np.zeros(self.n + 1)
        np.add.at(shifts, rows.shift, slopes)
        return *self._gathered(rows, slopes), shifts[: self.n]

    def slopes(self, z: Floats) -> tuple[float, Slopes]:
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

    def hessian_product(self, z: Floats, change: Floats, slopes: Slopes) -> Floats:
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
        factor = np.where(self.kind == "sphere", np.sqrt(self.bound / squares), 1.0)
        factor = np.where((self.kind == "ball") & (squares > self.bound), np.sqrt(self.bound / squares), factor)
        moved: Floats = z * factor[:, None]
        if self.n:
            moved[self.u :, 0] = np.clip(moved[self.u :, 0], *self.ends.T)
        return moved


def _end(value: fmpq | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def unit_candidate(problem: UnitProblem, level: UnitLevel | None = None, noise: float = NOISE) -> UnitCandidate:
    """The minimum of a problem in floats; level: that of the problem, or one of it in which scalars are fixed.

    noise, relative: by which a point leaves a saddle on the way to low temperatures. What was a minimum at a warmer one may be one no
    longer; but where the loss is flat to floats noise stays.
    """
    level = problem.level if level is None else level
    least, most = (float(x) for x in level.inverse)
    if not level.over_temperature and not isinstance(problem.temperature, FreeInterval):
        least = most = 1 / float(problem.temperature)
    if least == most:
        return _candidate(*_followed(problem, level, least, noise), least)
    found: dict[float, tuple[UnitObjective, Floats]] = {}

    def slope(inverse: float) -> float:
        """The derivative of the least loss in 1/tau: that along the ray of Y, the norms being what 1/tau scales."""
        found[inverse] = objective, z = _followed(problem, level, inverse, noise)
        at_rest = (objective.value_and_gradient(z)[1] * z)[: objective.u]
        return float(at_rest.sum()) / (2 * inverse)

    from scipy.optimize import brentq

    ends = slope(least), slope(most)
    best = least if ends[0] >= 0 else most if ends[1] <= 0 else float(brentq(slope, least, most, xtol=1e-14 * most, rtol=1e-14))
    return _candidate(*(found[best] if best in found else _followed(problem, level, best, noise)), best)


def _candidate(objective: UnitObjective, z: Floats, inverse: float) -> UnitCandidate:
    r, u = z.shape[1] - objective.kinds, objective.u
    return UnitCandidate(means=z[:u, :r], spreads=z[:u, r:], scalars=objective.scalars(z), inverse=inverse)


def _followed(problem: UnitProblem, level: UnitLevel, inverse: float, noise: float) -> tuple[UnitObjective, Floats]:
    """The minimum at a temperature, followed from a warm one down to it."""
    target = 1 / inverse
    scale = max((float(norm.bound) for norm in level.constraint), default=0.0) or 1.0
    tau, z = max(target, _WARMEST * scale), None
    while True:
        objective = UnitObjective(problem, tau, level)
        start = _start(objective) if z is None else objective.feasible(_widened(objective, z, noise))
        z = _finished(objective, objective.feasible(_narrowed(objective, _descended(objective, start))))
        if tau == target:
            return objective, z
        tau = max(target, tau * _COOLING)


def _widened(objective: UnitObjective, z: Floats, noise: float) -> Floats:
    """The point in all directions, with noise."""
    r = z.shape[1] - objective.kinds
    wide = np.zeros((len(z), objective.u + objective.kinds))
    wide[:, :r], wide[:, objective.u :] = z[:, :r], z[:, r:]
    random = np.random.default_rng(1).standard_normal(wide.shape) * objective.free(wide.shape[1])
    shaken: Floats = wide + noise * np.abs(z).max(initial=0.0) * random
    return shaken


def _start(objective: UnitObjective) -> Floats:
    rank = max(1, objective.u)
    z = np.random.default_rng(0).standard_normal((objective.u, rank + objective.kinds))
    z[objective.single, rank:] = 0.0
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return objective.feasible(np.concatenate([z, np.zeros((objective.n, z.shape[1]))]))


def _descended(objective: UnitObjective, start: Floats) -> Floats:
    """L-BFGS over unconstrained arrays whose rows are made feasible: norms beyond a ball's are cut, those of a sphere do not matter."""
    from scipy.optimize import minimize

    shape, free = start.shape, objective.free(start.shape[1])

    def function(x: Floats) -> tuple[float, Floats]:
        z = x.reshape(shape) * objective.unit
        at = objective.feasible(z)
        value, gradient = objective.value_and_gradient(at)
        ratio = np.linalg.norm(at, axis=1, keepdims=True) / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-150)
        held = (objective.kind == "sphere") | ((objective.kind == "ball") & (ratio[:, 0] < 1))
        unit = at / np.maximum(np.linalg.norm(at, axis=1, keepdims=True), 1e-150)
        tangent = gradient - (gradient * unit).sum(axis=1, keepdims=True) * unit
        moved = np.where(held[:, None], tangent * ratio, gradient) * free * objective.unit
        return value, moved.ravel()

    first = (start / objective.unit).ravel()
    low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
    low[objective.u :, 0], high[objective.u :, 0] = objective.ends.T
    bounds = list(zip(low.ravel().tolist(), high.ravel().tolist(), strict=True))
    found = minimize(function, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _DESCENT, "ftol": 0, "gtol": 1e-12})
    z = objective.feasible(np.where(free, found.x.reshape(shape) * objective.unit, start * ~free))
    unbounded = (objective.kind[: objective.u] == "ridge").all() and not (np.isfinite(objective.ends) & free[objective.u :, :1]).any()
    return _under_a_ridge(objective, z) if unbounded else z


def _narrowed(objective: UnitObjective, z: Floats) -> Floats:
    """The same point in as few directions of the means as it has: the loss is flat to fourth order along those that are empty."""
    z, (u, kinds) = z / objective.unit, (objective.u, objective.kinds)
    left, sizes, _ = np.linalg.svd(z[:u, :-kinds], full_matrices=False)
    kept = sizes > _EMPTY * sizes.max(initial=0.0)
    kept[0] = True
    narrow = np.zeros((len(z), int(kept.sum()) + kinds))
    narrow[:u, :-kinds], narrow[:u, -kinds:], narrow[u:, 0] = left[:, kept] * sizes[kept], z[:u, -kinds:], objective.scalars(z)
    narrowed: Floats = narrow * objective.unit
    return narrowed


def _under_a_ridge(objective: UnitObjective, start: Floats) -> Floats:
    """Newton's method in trust regions, where nothing constrains the norms: a small ridge leaves directions that are nearly flat."""
    from scipy.optimize import minimize

    z = start
    for _ in range(_ROUNDS):
        z = _narrowed(objective, z)
        shape, free = z.shape, objective.free(z.shape[1])

        def function(x: Floats, shape: tuple[int, ...] = shape, free: NDArray[np.bool_] = free) -> tuple[float, Floats]:
            value, gradient = objective.value_and_gradient(x.reshape(shape) * objective.unit)
            return value, (gradient * objective.unit * free).ravel()

        def product(x: Floats, p: Floats, shape: tuple[int, ...] = shape, free: NDArray[np.bool_] = free) -> Floats:
            at = x.reshape(shape) * objective.unit
            bent = objective.hessian_product(at, p.reshape(shape) * objective.unit * free, objective.slopes(at)[1])
            moved: Floats = bent * objective.unit * free
            return moved.ravel()

        first = (z / objective.unit).ravel()
        found = minimize(function, first, jac=True, hessp=product, method="trust-ncg", options={"gtol": 1e-13, "maxiter": 60})
        z = found.x.reshape(shape) * objective.unit
    return z


def _finished(objective: UnitObjective, z: Floats) -> Floats:
    """Newton's method by MINRES on the tangent directions, as long as the gradient falls."""
    from scipy.sparse.linalg import LinearOperator, minres

    free, best = objective.free(z.shape[1]), np.inf
    free[objective.u :, 0] &= ~np.isin(objective.scalars(z), objective.ends)
    for _ in range(_NEWTON):
        _, slopes = objective.slopes(z)
        gradient = (objective._pulled(slopes, z) + objective.ridge[:, None] * z) * free
        squares = (z * z).sum(axis=1)
        active = (objective.kind == "sphere") | ((objective.kind == "ball") & (squares > objective.bound * (1 - 1e-9)))
        multiplier = np.where(active, (gradient * z).sum(axis=1) / np.maximum(squares, 1e-300), 0.0)

        def tangent(x: Floats, z: Floats = z, active: NDArray[np.bool_] = active, squares: Floats = squares) -> Floats:
            along = np.where(active, (x * z).sum(axis=1) / np.maximum(squares, 1e-300), 0.0)
            projected: Floats = (x - along[:, None] * z) * free * objective.unit
            return projected

        residual = tangent(gradient)
        size = float(np.linalg.norm(residual))
        if not size < 0.9 * best or size == 0.0:
            break
        best, kept = size, z

        def product(x: Floats, z: Floats = z, slopes: Slopes = slopes, multiplier: Floats = multiplier) -> Floats:
            u = tangent(x.reshape(z.shape))
            return tangent(objective.hessian_product(z, u, slopes) - multiplier[:, None] * u).ravel()

        operator = LinearOperator((z.size, z.size), matvec=product, dtype=np.float64)
        step, _ = minres(operator, -residual.ravel(), rtol=_RESIDUAL, maxiter=600)
        z = objective.feasible(z + tangent(step.reshape(z.shape)))
    return kept if np.isfinite(best) else z
