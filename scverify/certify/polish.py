"""Newton in balls on the conditions of optimality of a level's factors (MATH 2, 4.4). Nothing here is trusted.

Unknowns: the means W (u, r), the spreads that are not zero, one multiplier for each norm that is active, and an antisymmetric Omega that
fixes the gauge W -> W Q. Equations: (sym grad + diag lambda) W + W Omega = 0, slope_g + lambda_g = 0 where the spread is not zero,
|w_g|^2 + spread_g = rho^2 where the norm is active, and W above the diagonal of r pivot rows = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from scverify.certify.iteration import ball_solver, float_solver, least_squares_solver, newton_in_balls
from scverify.certify.precise import BallArray, Floats, as_array, float_midpoints, largest_exponent, midpoints
from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel, ball
from scverify.search.objective import Objective

Mask = NDArray[np.bool_]
Array = NDArray[Any]
ACTIVE = 1e-7  # a searcher's answers are good to the square root of float resolution
LEAST_SQUARES_ROUNDS = 4  # the first brings most of what there is


@dataclass(frozen=True)
class Unknowns:
    """means (u, r), spread (u,), multipliers of the norms (u,), and Omega's entries above the diagonal; floats or balls."""

    means: Array
    spread: Array
    multipliers: Array
    omega: Array

    def less(self, step: Unknowns) -> Unknowns:
        """The unknowns after a Newton step, rounded to exact midpoints."""
        return Unknowns(
            midpoints(self.means - step.means),
            midpoints(self.spread - step.spread),
            midpoints(self.multipliers - step.multipliers),
            midpoints(self.omega - step.omega),
        )


@dataclass(frozen=True)
class System:
    """Which entries are unknown. pivots: the rows of W that carry the gauge, empty where W has signs to keep."""

    level: WorkingLevel
    free: Mask
    spreads: Mask
    norms: Mask
    pivots: tuple[int, ...]

    @property
    def gauge(self) -> Mask:
        """The entries of W that the gauge keeps at zero."""
        mask = np.zeros(self.free.shape, dtype=bool)
        for column, row in enumerate(self.pivots):
            mask[row, column + 1 :] = True
        return mask

    @property
    def rotations(self) -> list[tuple[int, int]]:
        """The entries of Omega above the diagonal."""
        r = len(self.pivots)
        return [(i, j) for i in range(r) for j in range(i + 1, r)]

    def gather(self, means: Array, spread: Array, norms: Array) -> Array:
        """One value per equation, from arrays in the shape of W, of the spreads and of the norms (the gauge reads W)."""
        return np.concatenate([means[self.free], spread[self.spreads], norms[self.norms]])

    def scatter(self, step: BallArray) -> Unknowns:
        """One value per unknown, back in the shapes of the unknowns; zero elsewhere."""
        counts = np.cumsum([self.free.sum(), self.spreads.sum(), self.norms.sum()])
        parts = np.split(step, counts)
        means, spread, norms = (as_array(np.zeros(mask.shape)) for mask in (self.free, self.spreads, self.norms))
        means[self.free], spread[self.spreads], norms[self.norms] = parts[:3]
        return Unknowns(means, spread, norms, parts[3])


def polished(level: WorkingLevel, means: Floats, spread: Floats, bits: int) -> tuple[System, Unknowns]:
    """The critical point near the given factors, gauge fixed, to about 2^-bits, or as near as Newton's method comes."""
    means, system = _set_up(level, means, spread)
    spread = np.where(system.spreads, spread, 0.0)
    at = Unknowns(means, spread, _multipliers(system, means, spread), np.zeros(len(system.rotations)))
    precise = Unknowns(*(as_array(x) for x in (at.means, at.spread, at.multipliers, at.omega)))
    objective = Objective.balls(level)

    def residuals(x: Unknowns) -> BallArray:
        return left_sides(system, objective, x)

    def moved(x: Unknowns, step: BallArray) -> Unknowns:
        return x.less(system.scatter(step))

    steps = partial(newton_in_balls, left_sides=residuals, moved=moved, bits=bits)
    precise = steps(precise, solve=float_solver(derivative(system, Objective.floats(level), at)))
    begun = precise
    precise = steps(precise, solve=ball_solver(lambda: derivative(system, objective, begun)))
    for _ in range(LEAST_SQUARES_ROUNDS if largest_exponent(residuals(precise)) > -bits else 0):
        precise = steps(precise, solve=least_squares_solver(derivative(system, Objective.floats(level), _in_floats(precise))))
    return system, precise


def _in_floats(at: Unknowns) -> Unknowns:
    return Unknowns(*map(float_midpoints, (at.means, at.spread, at.multipliers, at.omega)))


def _set_up(level: WorkingLevel, means: Floats, spread: Floats) -> tuple[Floats, System]:
    norm = norm_constraint(level.problem.constraint)
    pivots: tuple[int, ...] = ()
    if isinstance(level.problem.constraint, NonNegative):
        means = means[:, means.max(axis=0, initial=0) > ACTIVE]
        free = means > ACTIVE
        means = np.where(free, means, 0.0)
    else:
        means, pivots = in_gauge(means)
        free = np.ones(means.shape, dtype=bool)
    squares = (means**2).sum(axis=1) + spread
    norms = np.full(level.nodes, not isinstance(norm, Ridge))
    if isinstance(norm, Ball):
        norms = squares > float(norm.rho) ** 2 * (1 - ACTIVE)
    system = System(level=level, free=free, spreads=spread > ACTIVE**2, norms=norms, pivots=pivots)
    return np.where(system.gauge, 0.0, means), system


def in_gauge(means: Floats) -> tuple[Floats, tuple[int, ...]]:
    """Means (u, r) of full rank with the same Gram matrix, rotated so that those of the pivot rows are triangular; and these rows."""
    from scipy.linalg import qr

    means = _full_rank(means)
    if not means.shape[1]:
        return means, ()
    rotation, _, order = qr(means.T, pivoting=True)
    return means @ rotation, tuple(int(row) for row in order[: means.shape[1]])


def _full_rank(means: Floats) -> Floats:
    """The same Gram matrix from as many columns as its rank, directions of negligible size left out."""
    if not means.size:
        return means[:, :0]
    left, sizes, _ = np.linalg.svd(means, full_matrices=False)
    rank = int((sizes > ACTIVE * 10 * sizes[0]).sum()) if sizes[0] > ACTIVE else 0
    columns: Floats = left[:, :rank] * sizes[:rank]
    return columns


def _multipliers(system: System, means: Floats, spread: Floats) -> Floats:
    objective = Objective.floats(system.level)
    symmetric, slope = objective.gram_gradient(objective.value_and_gradient(objective.similarities(means, spread))[1])
    squares = (means**2).sum(axis=1) + spread
    estimate = -(((symmetric @ means) * means).sum(axis=1) + slope * spread) / np.maximum(squares, 1e-300)
    return np.where(system.norms, estimate, 0.0)


def left_sides(system: System, objective: Objective, at: Unknowns) -> BallArray:
    """The left-hand sides, the gauge last."""
    norm = norm_constraint(system.level.problem.constraint)
    square = arb(0) if isinstance(norm, Ridge) else ball(norm.rho**2)
    _, gradient = objective.value_and_gradient(objective.similarities(at.means, at.spread))
    symmetric, slope = objective.gram_gradient(gradient)
    stationary = symmetric @ at.means + at.multipliers[:, None] * at.means + at.means @ _antisymmetric(system, at.omega)
    norms = (at.means * at.means).sum(axis=1) + at.spread - square
    return np.concatenate([system.gather(stationary, slope + at.multipliers, norms), at.means[system.gauge]])


def _antisymmetric(system: System, omega: Array) -> Array:
    r = system.free.shape[1]
    matrix = np.zeros((r, r)) if omega.dtype != object else as_array(np.zeros((r, r)))
    for value, (i, j) in zip(omega, system.rotations, strict=True):
        matrix[i, j], matrix[j, i] = value, -value
    return matrix


def derivative(system: System, objective: Objective, at: Unknowns) -> Array:
    """The derivative of the equations in the unknowns, in the arithmetic of the objective."""
    rows = objective.similarities(at.means, at.spread)
    symmetric, _ = objective.gram_gradient(objective.value_and_gradient(rows)[1])
    zero_w, zero_s = at.means * 0, at.spread * 0
    one = zero_s.sum() + 1

    def along(dw: Array, ds: Array) -> Array:
        bent = objective.hessian_product(rows, objective.similarity_change(at.means, dw, ds))
        turned, slope = objective.gram_gradient(bent)
        stationary = turned @ at.means + symmetric @ dw + at.multipliers[:, None] * dw
        norms = 2 * (at.means * dw).sum(axis=1) + ds
        return np.concatenate([system.gather(stationary, slope, norms), dw[system.gauge]])

    def unit(like: Array, index: Any) -> Array:
        array = like.copy()
        array[index] = one
        return array

    columns = [along(unit(zero_w, tuple(index)), zero_s) for index in np.argwhere(system.free)]
    columns += [along(zero_w, unit(zero_s, g)) for g in np.flatnonzero(system.spreads)]
    for g in np.flatnonzero(system.norms):
        by_multiplier = zero_w.copy()
        by_multiplier[g] = at.means[g]
        columns.append(np.concatenate([system.gather(by_multiplier, unit(zero_s, g), zero_s), zero_w[system.gauge]]))
    for i, j in system.rotations:
        by_omega = zero_w.copy()
        by_omega[:, j], by_omega[:, i] = at.means[:, i], -at.means[:, j]
        columns.append(np.concatenate([system.gather(by_omega, zero_s, zero_s), zero_w[system.gauge]]))
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0))
