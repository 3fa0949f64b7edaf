"""The least value of a loss that is written in plain loops over vectors, by SciPy: a second route to an optimum, in floats.

The loops are given columns that move: `x @ y` is a number for each of many small changes, so that one pass of the loops gives the value
and, by complex steps, the gradient.
"""

import numpy as np
from scipy.optimize import minimize

STEP = 1e-40


class Moving:
    """A vector under many changes at once: (d, changes), complex."""

    def __init__(self, values):
        self.values = values

    def __matmul__(self, other):
        return (self.values * other.values).sum(axis=0)


def least(loss, norms, numbers=0, starts=2):
    """The least of loss(vectors, numbers) that is found; norms: for each vector None (unit length) or the weight of its ridge."""
    shape = (len(norms), len(norms))
    held = np.array([norm is None for norm in norms])
    weight = np.array([0.0 if norm is None else float(norm) for norm in norms])[:, None]
    count = shape[0] * shape[1] + numbers
    steps = 1j * STEP * np.eye(count)

    def value_and_gradient(x):
        z, free = x[: count - numbers].reshape(shape), x[count - numbers :]
        lengths = np.where(held, np.linalg.norm(z, axis=1), 1.0)[:, None]
        at = z / lengths
        moved = at[..., None] + steps[: count - numbers].reshape(*shape, count)
        found = loss([Moving(vector) for vector in moved], list(free[:, None] + steps[count - numbers :]))
        slopes = np.imag(found) / STEP
        pulled = slopes[: count - numbers].reshape(shape) + weight * at
        tangent = np.where(held[:, None], pulled - (pulled * at).sum(axis=1, keepdims=True) * at, pulled) / lengths
        return float(np.real(found[0])) + 0.5 * float((weight * at**2).sum()), np.append(tangent.ravel(), slopes[count - numbers :])

    options = {"maxiter": 2000, "maxfun": 4000, "gtol": 1e-10, "ftol": 1e-15}
    rng = np.random.default_rng(0)
    found = [minimize(value_and_gradient, rng.standard_normal(count), jac=True, method="L-BFGS-B", options=options) for _ in range(starts)]
    return min(each.fun for each in found)
