"""A float point refined to a zero of the kernel's own gauge-fixed system (MATH 4.4). Nothing here is trusted."""

from __future__ import annotations

from functools import partial

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from scverify.certify.iteration import ball_solver, float_solver, least_squares_solver, newton_in_balls
from scverify.certify.polish import ACTIVE, LEAST_SQUARES_ROUNDS, in_gauge
from scverify.certify.precise import BallArray, Floats, as_array, float_midpoints, largest_exponent
from scverify.kernel.points.nodes import PointLevel
from scverify.kernel.points.orbit import Layout, State, gram_of, jacobian, moved, orbit_equations
from scverify.kernel.points.slopes import first_slopes, slopes_at


def stationary(level: PointLevel, embeddings: NDArray[np.float64], bits: int) -> tuple[Layout, State]:
    """The critical point near embeddings (d, n), in its gauge, to about 2^-bits, or as near as Newton's method comes."""
    layout, at = _begun(level, embeddings)
    if not layout.r:
        return layout, at

    def residuals(x: State) -> BallArray:
        return as_array(orbit_equations(level.norms, layout, x, first_slopes(level, gram_of(layout, x))))

    def after(x: State, step: BallArray) -> State:
        there = moved(layout, x, [-e for e in step])
        return State([[e.mid() for e in row] for row in there.h], [e.mid() for e in there.multipliers], [e.mid() for e in there.omega])

    def derivative(x: State) -> BallArray:
        table: arb_mat = jacobian(layout, x, slopes_at(level, gram_of(layout, x)))
        return as_array(table.tolist())

    steps = partial(newton_in_balls, left_sides=residuals, moved=after, bits=bits)
    first = derivative(at)
    at = steps(at, solve=float_solver(float_midpoints(first)))
    at = steps(at, solve=ball_solver(lambda: first))
    for _ in range(LEAST_SQUARES_ROUNDS if largest_exponent(residuals(at)) > -bits else 0):
        at = steps(at, solve=least_squares_solver(float_midpoints(derivative(at))))
    return layout, at


def _begun(level: PointLevel, embeddings: Floats) -> tuple[Layout, State]:
    """The gauge of a float point, its active norms, and what its multipliers are near."""
    means, pivots = in_gauge(np.ascontiguousarray(embeddings.T))
    squares = (means**2).sum(axis=1)
    active = [
        i
        for i, norm in enumerate(level.norms)
        if norm.kind == "sphere" or (norm.kind == "ball" and squares[i] > float(norm.bound) * (1 - ACTIVE))
    ]
    layout = Layout(r=len(pivots), n=len(level.norms), active=active, columns=list(pivots))
    for a, i in layout.gauge:
        means[i, a] = 0.0
    h = [[arb(float(x)) for x in row] for row in means.T]
    state = State(h, [arb(0)] * len(level.norms), [arb(0)] * len(layout.pairs))
    if not layout.r:
        return layout, state
    slopes = float_midpoints(as_array(first_slopes(level, gram_of(layout, state))))
    along = -((slopes @ means) * means).sum(axis=1) / np.maximum(squares, 1e-300)
    return layout, State(h, [arb(float(x)) if i in active else arb(0) for i, x in enumerate(along)], state.omega)
