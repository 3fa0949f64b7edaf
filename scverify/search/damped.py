"""Newton's method with damped steps, in floats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# of equations that are logarithms of numbers near 1
CONVERGED = 1e-9
# a step whose square is rounding: the root is reached. From 1e-12 to 1e-2 candidates of 13 problems were the same
SETTLED = 1e-7
# a step that has to be shorter leads nowhere
LEAST_DAMPING = 1e-5


@np.errstate(over="ignore", invalid="ignore")
def damped_newton(equations: Callable[[Floats], tuple[Floats, Floats]], x: Floats, steps: int) -> tuple[Floats, Floats] | None:
    """A root near x and the Jacobian there; None where the residual does not come below CONVERGED in so many steps.

    equations: the values (u,) and their Jacobian (u, u) at a point (u,).
    """
    values, jacobian = equations(x)
    for _ in range(steps):
        norm = float(np.linalg.norm(values))
        try:
            move = -np.linalg.solve(jacobian, values)
        except np.linalg.LinAlgError:
            return None
        damping = 1.0
        while damping > LEAST_DAMPING:
            trial = x + damping * move
            trial_values, trial_jacobian = equations(trial)
            if np.linalg.norm(trial_values) <= (1 - 1e-4 * damping) * norm:
                break
            damping /= 2
        else:
            break
        x, values, jacobian = trial, trial_values, trial_jacobian
        if np.abs(damping * move).max() < SETTLED * max(1.0, float(np.abs(x).max())):
            break
    return (x, jacobian) if np.abs(values).max() < CONVERGED else None
