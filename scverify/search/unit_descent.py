"""How a loss on units is made smaller in floats: descent, Newton's method, and fewer directions (MATH 9). Nothing here is proved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scverify.search.units import Floats, UnitObjective

# iterations of L-BFGS, rounds and steps of Newton: bounds on the time of a poor start, others end by their tolerance
_DESCENT, _ROUNDS, _NEWTON = 500, 2, 30
# a direction this small beside the largest is one that the point does not have
_EMPTY = 1e-5
# a Newton step is exact to this; on a system that is singular along rotations a smaller residual drifts
_RESIDUAL = 1e-8


def descended(objective: UnitObjective, start: Floats) -> Floats:
    """L-BFGS over unconstrained arrays whose rows are made feasible: norms beyond a ball's are cut, those of a sphere do not matter."""
    from scipy.optimize import minimize

    shape, free = start.shape, objective.free(start.shape[1])

    def function(x: Floats) -> tuple[float, Floats]:
        z = objective.turned(x.reshape(shape)) * objective.unit
        at = objective.feasible(z)
        value, gradient = objective.value_and_gradient(at)
        ratio = np.linalg.norm(at, axis=1, keepdims=True) / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-150)
        held = (objective.kind == "sphere") | ((objective.kind == "ball") & (ratio[:, 0] < 1))
        unit = at / np.maximum(np.linalg.norm(at, axis=1, keepdims=True), 1e-150)
        tangent = gradient - (gradient * unit).sum(axis=1, keepdims=True) * unit
        moved = np.where(held[:, None], tangent * ratio, gradient) * free * objective.unit
        return value, objective.turned(moved).ravel()

    first = objective.turned(start / objective.unit).ravel()
    low, high = objective.ends_of(shape)
    bounds = list(zip(low.ravel().tolist(), high.ravel().tolist(), strict=True))
    found = minimize(function, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _DESCENT, "ftol": 0, "gtol": 1e-12})
    z = objective.feasible(np.where(free, objective.turned(found.x.reshape(shape)) * objective.unit, start * ~free))
    unbounded = np.isin(objective.kind[: objective.u], ("ridge", "fixed")).all() and not objective.signed.any()
    bounded = (np.isfinite(objective.ends) & free[objective.u :, :1]).any()
    return _under_a_ridge(objective, z) if unbounded and not bounded else z


def narrowed(objective: UnitObjective, z: Floats) -> Floats:
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
        z = narrowed(objective, z)
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


def finished(objective: UnitObjective, z: Floats) -> Floats:
    """Newton's method on the tangent directions, as long as the gradient falls."""
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

    _, slopes = objective.slopes(z)
    tangent, active = _tangent(objective, z)
    multiplier = np.where(active, (objective.value_and_gradient(z)[1] * z).sum(axis=1) / np.maximum((z * z).sum(axis=1), 1e-300), 0.0)

    def product(x: Floats) -> Floats:
        u = tangent(x.reshape(z.shape))
        return tangent(objective.hessian_product(z, u, slopes) - multiplier[:, None] * u).ravel()

    operator = LinearOperator((z.size, z.size), matvec=product, dtype=np.float64)
    step, _ = minres(operator, -tangent(gradient).ravel(), rtol=_RESIDUAL, maxiter=600)
    return tangent(step.reshape(z.shape))


def _tangent(objective: UnitObjective, z: Floats) -> tuple[Callable[[Floats], Floats], NDArray[np.bool_]]:
    """The projection on the directions that keep the norms, in the units of the search, and which norms are kept."""
    squares = (z * z).sum(axis=1)
    active = (objective.kind == "sphere") | ((objective.kind == "ball") & (squares > objective.bound * (1 - 1e-9)))

    def tangent(x: Floats) -> Floats:
        along = np.where(active, (x * z).sum(axis=1) / np.maximum(squares, 1e-300), 0.0)
        projected: Floats = objective.allowed(x - along[:, None] * z, z) * objective.unit
        return projected

    return tangent, active
