"""Of what type a proved critical point is: the inertia of its Hessian along and across its own dimensions (MATH 4.5)."""

from __future__ import annotations

from flint import arb

from .inertia import inertia
from .orbit import Orbit, half_hessian
from .slopes import Matrix


def plane_inertia(orbit: Orbit) -> tuple[int, int]:
    """(negative, positive) of the Riemannian Hessian on tangent directions within the span of H, modulo rotations.

    The tangent space is the sum of the orbit's directions Omega H, on which the Hessian vanishes, and of those with no gauge entry.
    A bordered matrix [[A, B^T], [B, 0]] that is nonsingular has the inertia of A on the kernel of B, and one pair for each row of B
    (Nocedal and Wright, Numerical Optimization, 2006, Theorem 16.3).
    """
    layout, state = orbit.layout, orbit.state
    if layout.r == 0:
        return 0, 0
    hessian = half_hessian(state, orbit.slopes)
    kept = [a * layout.n + i for a in range(layout.r) for i in range(layout.n) if (a, i) not in set(layout.gauge)]
    borders = [[state.h[x // layout.n][i] if x % layout.n == i else arb(0) for x in kept] for i in layout.active]
    negative, positive = inertia(_bordered([[hessian[x][y] for y in kept] for x in kept], borders))
    return negative - len(borders), positive - len(borders)


def normal_inertia(orbit: Orbit) -> tuple[int, int]:
    """(negative, positive) of S on the complement of H's row space, where S vanishes by H S = 0."""
    negative, positive = inertia(_bordered(orbit.s, orbit.state.h))
    return negative - orbit.layout.r, positive - orbit.layout.r


def _bordered(matrix: Matrix, borders: Matrix) -> Matrix:
    top = [row + [border[x] for border in borders] for x, row in enumerate(matrix)]
    symmetric = [[top[min(x, y)][max(x, y)] if y < len(matrix) else top[x][y] for y in range(len(top[x]))] for x in range(len(matrix))]
    return symmetric + [border + [arb(0)] * len(borders) for border in borders]
