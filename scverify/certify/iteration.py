"""Newton's method in balls with a fixed Jacobian, and three ways to solve for a step. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from flint import arb

from scverify.certify.precise import BallArray, Floats, as_array, as_matrix, float_midpoints, largest_exponent, midpoints
from scverify.search.linear import lu_solver

At = TypeVar("At")
Solve = Callable[[BallArray], BallArray]
Residuals = Callable[[At], BallArray]
Moved = Callable[[At, BallArray], At]


def newton_in_balls(at: At, left_sides: Residuals[At], moved: Moved[At], solve: Solve, bits: int) -> At:
    """Steps with one solver until the residual is below 2^-bits or no longer shrinks. moved(at, step): where a step leads."""
    values = left_sides(at)
    size = largest_exponent(values)
    while size > -bits:
        there = moved(at, solve(values))
        values = left_sides(there)
        if not largest_exponent(values) < size - 1:
            break
        at, size = there, largest_exponent(values)
    return at


def float_solver(matrix: Floats) -> Solve:
    """One float LU factor of the Jacobian, its rows and columns scaled to one."""
    rows = 1 / np.maximum(np.abs(matrix).max(axis=1, initial=0), 1e-300)
    columns = 1 / np.maximum(np.abs(matrix * rows[:, None]).max(axis=0, initial=0), 1e-300)
    scaled = matrix * rows[:, None] * columns
    if not len(matrix) or not np.isfinite(scaled).all():
        return lambda values: values * 0
    solve_scaled = lu_solver(scaled)

    def solve(values: BallArray) -> BallArray:
        scale = arb(2) ** int(largest_exponent(values))
        step = columns * solve_scaled(rows * float_midpoints(values / scale))
        result: BallArray = as_array(np.where(np.isfinite(step), step, 0.0)) * scale
        return result

    return solve


def least_squares_solver(matrix: Floats) -> Solve:
    """The shortest step that solves the equations best, where critical points are not isolated and the Jacobian is singular."""
    if not np.isfinite(matrix).all():
        return lambda values: values[: len(matrix)] * 0
    inverse = np.linalg.pinv(matrix, rcond=1e-10)

    def solve(values: BallArray) -> BallArray:
        scale = arb(2) ** int(largest_exponent(values))
        result: BallArray = as_array(inverse @ float_midpoints(values / scale)) * scale
        return result

    return solve


def ball_solver(jacobian: Callable[[], BallArray]) -> Solve:
    """The inverse of the Jacobian's midpoint at working precision, for systems that floats cannot resolve. Made when first needed."""
    inverse: list[Any] = []

    def solve(values: BallArray) -> BallArray:
        if not inverse:
            try:
                inverse.append(as_matrix(midpoints(jacobian())).inv().mid())
            except ZeroDivisionError:
                return as_array(np.zeros(len(values)))
        return as_array((inverse[0] * as_matrix(values[:, None])).mid().entries())

    return solve
