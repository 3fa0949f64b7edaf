"""The minimum of a loss on units in floats, over means and spreads (MATH 9; Burer and Monteiro 2003). Nothing here is proved.

Unit p of type t has the vectors w_i + (row a of K_t) (x) (vertex p of a simplex): A = W W' + K K', B = W W' - K K'/(m - 1), C = W W'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.model.units import UnitProblem
from scverify.symbolic.compiled import Evaluators, evaluators

Floats = NDArray[np.float64]
# warm temperatures first: at a low one the loss is flat to floats almost everywhere
_WARMEST = 0.5
_COOLING = 0.6
_NEWTON = 30
# a minimum may have become a saddle at the next temperature: there the gradient is 0, and only a nudge leaves it
_NUDGE = 1e-6
_DESCENT, _ROUNDS = 500, 2
# a direction this small beside the largest is one that the point does not have
_EMPTY = 1e-5
_RESIDUAL = 1e-13


@dataclass(frozen=True)
class UnitCandidate:
    """Means (u, r) and spread roots (u, R), the rows of K_t one below the other: floats, or balls once they are polished."""

    means: NDArray[Any]
    spreads: NDArray[Any]


@dataclass(frozen=True)
class _Rows:
    """The rows of one formula: anchors (n,), weights (n,), c and q (n, u + R)."""

    formula: Evaluators
    anchor: NDArray[np.int64]
    weight: Floats
    c: Floats
    q: Floats


class UnitObjective:
    """The loss of a level as a function of means and spreads, side by side in one array (u, r + R)."""

    def __init__(self, problem: UnitProblem, tau: float) -> None:
        """The loss at a temperature of its own."""
        level = problem.level
        self.level, self.tau, self.kinds, self.u = level, tau, level.kinds, level.nodes
        self.m = np.array(level.multiplicity, dtype=np.float64)
        same = np.arange(self.u) // self.kinds
        self.same = same[:, None] == same
        self.single = self.m == 1
        self.ridge = np.array([float(norm.weight) for norm in level.constraint]) * self.m * np.array(level.copies)
        self.bound = np.array([float(norm.bound) for norm in level.constraint])
        self.kind = np.array([norm.kind for norm in level.constraint])
        # a node whose ridge counts m n samples is searched in units of 1/sqrt(m n): all ridges then have the curvature of one sample's
        self.unit = np.where(self.kind == "ridge", 1 / np.sqrt(self.m * np.array(level.copies)), 1.0)[:, None]
        self.rows = self._tables(problem)

    def _tables(self, problem: UnitProblem) -> list[_Rows]:
        found = []
        for formula in dict.fromkeys(problem.formulas):
            rows = [row for row, its in zip(self.level.rows, problem.formulas, strict=True) if its == formula]
            c, q = (np.array([[float(x) for x in getattr(row, name)] for row in rows]) for name in "cq")
            anchor = np.array([row.anchor for row in rows])
            found.append(_Rows(evaluators(formula), anchor, np.array([float(row.weight) for row in rows]), c, q))
        return found

    def similarities(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Entries across units (u, u) and within a unit (u, u, the same types alone) of two arrays of means and spreads."""
        r = first.shape[1] - self.kinds
        means, spreads = first[:, :r] @ second[:, :r].T, np.where(self.same, first[:, r:] @ second[:, r:].T, 0.0)
        apart = spreads / np.maximum(self.m - 1, 1)[:, None] * ~self.single[:, None]
        across: Floats = means - apart
        return across, np.where(self.same, means + spreads, 0.0)

    def _seen(self, rows: _Rows, across: Floats, own: Floats) -> Floats:
        units = (rows.anchor - rows.anchor % self.kinds)[:, None] + np.arange(self.kinds)
        return np.concatenate([across[rows.anchor], own[rows.anchor[:, None], units]], axis=1)

    def _gathered(self, rows: _Rows, slopes: Floats) -> tuple[Floats, Floats]:
        """Slopes by anchor, symmetrised: across units (u, u), and within a unit (u, u)."""
        across, own = np.zeros((self.u, self.u)), np.zeros((self.u, self.u))
        np.add.at(across, rows.anchor, slopes[:, : self.u])
        units = (rows.anchor - rows.anchor % self.kinds)[:, None] + np.arange(self.kinds)
        np.add.at(own, (rows.anchor[:, None], units), slopes[:, self.u :])
        return across + across.T, own + own.T

    def _pulled(self, across: Floats, own: Floats, z: Floats) -> Floats:
        r = z.shape[1] - self.kinds
        inner = np.where(self.same, own - across / np.maximum(self.m - 1, 1)[:, None] * ~self.single[:, None], 0.0)
        return np.concatenate([(across + own) @ z[:, :r], inner @ z[:, r:]], axis=1)

    def slopes(self, z: Floats) -> tuple[float, Floats, Floats]:
        """The loss, and its symmetrised slopes across units and within them."""
        entries = self.similarities(z, z)
        value, across, own = 0.0, np.zeros((self.u, self.u)), np.zeros((self.u, self.u))
        for rows in self.rows:
            loss, slopes = rows.formula.value_and_gradient(self._seen(rows, *entries), rows.c, rows.q, self.tau)
            value += float(rows.weight @ loss)
            more = self._gathered(rows, rows.weight[:, None] * slopes)
            across, own = across + more[0], own + more[1]
        return value + 0.5 * float(self.ridge @ (z * z).sum(axis=1)), across, own

    def value_and_gradient(self, z: Floats) -> tuple[float, Floats]:
        """The loss and its gradient by means and spreads."""
        value, across, own = self.slopes(z)
        gradient: Floats = self._pulled(across, own, z) + self.ridge[:, None] * z
        return value, gradient

    def hessian_product(self, z: Floats, change: Floats, slopes: tuple[Floats, Floats]) -> Floats:
        """The derivative of the gradient along a change; slopes: those at z."""
        entries, moved = self.similarities(z, z), self.similarities(z, change)
        moved = moved[0] + moved[0].T, moved[1] + moved[1].T
        product: Floats = self._pulled(*slopes, change) + self.ridge[:, None] * change
        for rows in self.rows:
            bent = rows.formula.hessian_product(self._seen(rows, *entries), rows.c, rows.q, self.tau, self._seen(rows, *moved))
            product += self._pulled(*self._gathered(rows, rows.weight[:, None] * bent), z)
        return product

    def feasible(self, z: Floats) -> Floats:
        """z with the norms that the constraints ask for."""
        squares = np.maximum((z * z).sum(axis=1), 1e-300)
        factor = np.where(self.kind == "sphere", np.sqrt(self.bound / squares), 1.0)
        factor = np.where((self.kind == "ball") & (squares > self.bound), np.sqrt(self.bound / squares), factor)
        moved: Floats = z * factor[:, None]
        return moved


def unit_candidate(problem: UnitProblem) -> UnitCandidate:
    """The minimum of a problem in floats: followed from a warm temperature down to its own."""
    target = float(problem.temperature)
    scale = max((float(norm.bound) for norm in problem.level.constraint), default=0.0) or 1.0
    tau, z = max(target, _WARMEST * scale), None
    while True:
        objective = UnitObjective(problem, tau)
        z = _finished(objective, _descended(objective, _start(objective) if z is None else _nudged(objective, z)))
        if tau == target:
            break
        tau = max(target, tau * _COOLING)
    r = z.shape[1] - objective.kinds
    return UnitCandidate(means=z[:, :r], spreads=z[:, r:])


def _start(objective: UnitObjective) -> Floats:
    rank = max(1, objective.u)
    z = np.random.default_rng(0).standard_normal((objective.u, rank + objective.kinds))
    z[objective.single, rank:] = 0.0
    return objective.feasible(z / np.linalg.norm(z, axis=1, keepdims=True))


def _nudged(objective: UnitObjective, z: Floats) -> Floats:
    """z a little off, its zero columns included."""
    off = _NUDGE * np.random.default_rng(1).standard_normal(z.shape)
    return objective.feasible(z + off * _free(objective, z))


def _free(objective: UnitObjective, z: Floats) -> NDArray[np.bool_]:
    """Which entries may move: single units have no spread."""
    free: NDArray[np.bool_] = ~(objective.single[:, None] & (np.arange(z.shape[1]) >= z.shape[1] - objective.kinds))
    return free


def _descended(objective: UnitObjective, start: Floats) -> Floats:
    """L-BFGS over unconstrained arrays whose rows are made feasible: norms beyond a ball's are cut, those of a sphere do not matter."""
    from scipy.optimize import minimize

    shape, free = start.shape, _free(objective, start)

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
    found = minimize(function, first, jac=True, method="L-BFGS-B", options={"maxiter": _DESCENT, "ftol": 0, "gtol": 1e-12})
    z = objective.feasible(found.x.reshape(shape) * objective.unit * free)
    return _under_a_ridge(objective, z) if (objective.kind == "ridge").all() else z


def _narrowed(z: Floats, kinds: int) -> Floats:
    """The same point in as few directions of the means as it has: the loss is flat to fourth order along those that are empty."""
    left, sizes, _ = np.linalg.svd(z[:, :-kinds], full_matrices=False)
    kept = sizes > _EMPTY * sizes.max(initial=0.0)
    return np.concatenate([left[:, kept] * sizes[kept], z[:, -kinds:]], axis=1)


def _under_a_ridge(objective: UnitObjective, start: Floats) -> Floats:
    """Newton's method in trust regions, where nothing constrains the norms: a small ridge leaves directions that are nearly flat."""
    from scipy.optimize import minimize

    z = start
    for _ in range(_ROUNDS):
        z = _narrowed(z / objective.unit, objective.kinds) * objective.unit
        shape, free = z.shape, _free(objective, z)

        def function(x: Floats, shape: tuple[int, ...] = shape, free: NDArray[np.bool_] = free) -> tuple[float, Floats]:
            value, gradient = objective.value_and_gradient(x.reshape(shape) * objective.unit)
            return value, (gradient * objective.unit * free).ravel()

        def product(x: Floats, p: Floats, shape: tuple[int, ...] = shape, free: NDArray[np.bool_] = free) -> Floats:
            at = x.reshape(shape) * objective.unit
            bent = objective.hessian_product(at, p.reshape(shape) * objective.unit * free, objective.slopes(at)[1:])
            moved: Floats = bent * objective.unit * free
            return moved.ravel()

        first = (z / objective.unit).ravel()
        found = minimize(function, first, jac=True, hessp=product, method="trust-ncg", options={"gtol": 1e-13, "maxiter": 60})
        z = found.x.reshape(shape) * objective.unit
    return z


def _finished(objective: UnitObjective, z: Floats) -> Floats:
    """Newton's method by MINRES on the tangent directions, as long as the gradient falls."""
    best = np.inf
    for _ in range(_NEWTON):
        _, gradient = objective.value_and_gradient(z)
        residual, _ = _tangent(objective, z)
        size = float(np.linalg.norm(residual(gradient)))
        if not size < 0.9 * best or size == 0.0:
            break
        best, kept = size, z
        z = objective.feasible(z + newton_step(objective, z, gradient))
    return kept if np.isfinite(best) else z


def newton_step(objective: UnitObjective, z: Floats, gradient: Floats) -> Floats:
    """The tangent step at z that takes a gradient away. By MINRES: the system is singular along rotations."""
    from scipy.sparse.linalg import LinearOperator, minres

    _, across, own = objective.slopes(z)
    tangent, active = _tangent(objective, z)
    multiplier = np.where(active, (objective.value_and_gradient(z)[1] * z).sum(axis=1) / np.maximum((z * z).sum(axis=1), 1e-300), 0.0)

    def product(x: Floats) -> Floats:
        u = tangent(x.reshape(z.shape))
        return tangent(objective.hessian_product(z, u, (across, own)) - multiplier[:, None] * u).ravel()

    operator = LinearOperator((z.size, z.size), matvec=product, dtype=np.float64)
    step, _ = minres(operator, -tangent(gradient).ravel(), rtol=_RESIDUAL, maxiter=600)
    return tangent(step.reshape(z.shape))


def _tangent(objective: UnitObjective, z: Floats) -> tuple[Callable[[Floats], Floats], NDArray[np.bool_]]:
    """The projection on the directions that keep the norms, in the units of the search, and which norms are kept."""
    free, squares = _free(objective, z), (z * z).sum(axis=1)
    active = (objective.kind == "sphere") | ((objective.kind == "ball") & (squares > objective.bound * (1 - 1e-9)))

    def tangent(x: Floats) -> Floats:
        along = np.where(active, (x * z).sum(axis=1) / np.maximum(squares, 1e-300), 0.0)
        projected: Floats = (x - along[:, None] * z) * free * objective.unit
        return projected

    return tangent, active
