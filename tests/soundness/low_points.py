"""Feasible points of low value, by SciPy in floats: what no lower bound may exceed."""

from fractions import Fraction

import numpy as np
from scipy.optimize import minimize

from tests.soundness import truth

_STEP = 1e-6
_FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}


def low_points(problem):
    """Points found by descent: with equal columns in a class, then, from there, with every column free."""
    value = _objective(problem)
    y, rng = truth.labels(problem), np.random.default_rng(0)
    d = min(len(y), len(problem["sizes"]) + 1)
    starts = rng.standard_normal((2, d, len(problem["sizes"])))
    by_class = [_descend(lambda v: value(v[..., y]), start, problem, 200) for start in starts]
    collapsed = min(by_class, key=lambda v: value(v[:, y]))[:, y]
    free = _descend(value, collapsed + 0.1 * rng.standard_normal(collapsed.shape), problem, 40)
    return [truth.normalised(problem, [[truth.mp.mpf(x) for x in column] for column in point.T.tolist()]) for point in (collapsed, free)]


def _descend(value, start, problem, steps):
    feasible = _feasible(problem)
    moves = _STEP * np.eye(start.size)

    def of_vector(v):
        return value(feasible(v.reshape(*v.shape[:-1], *start.shape)))

    def value_and_slopes(v):
        return float(of_vector(v)), (of_vector(v + moves) - of_vector(v - moves)) / (2 * _STEP)

    found = minimize(value_and_slopes, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps, "gtol": 1e-9, "ftol": 1e-15})
    return feasible(found.x.reshape(start.shape))


def _feasible(problem):
    """From any arrays (..., d, columns) to columns that are feasible up to rounding."""
    constraint = problem["constraint"]
    rho = float(Fraction(constraint.get("rho", 1)))

    def feasible(v):
        columns = v * v if constraint["nonnegative"] else v
        norms = np.linalg.norm(columns, axis=-2, keepdims=True) + 1e-300
        return {"ridge": columns, "sphere": columns / norms * rho, "ball": columns * np.minimum(1, rho / norms)}[constraint["kind"]]

    return feasible


def _objective(problem):
    """The objective at columns (..., d, n), in floats; a large number where it overflows."""
    rows = truth.rows(problem)
    anchors, weight = [i for i, *_ in rows], np.array([float(w) for _, w, *_ in rows])
    c, q = (np.array([[float(x) for x in row[place]] for row in rows]) for place in (2, 3))
    tau = float(Fraction(problem["tau"]))
    ridge = float(Fraction(problem["constraint"].get("weight", 0))) / 2

    def value(columns):
        gram = np.swapaxes(columns, -1, -2) @ columns
        with np.errstate(all="ignore"):
            row = _formula(problem["formula"], gram[..., anchors, :], c, q, tau)
            total = np.sum(weight * row, axis=-1) + ridge * np.trace(gram, axis1=-2, axis2=-1)
        return np.where(np.isfinite(total), total, 1e300)

    return value


def _formula(tree, s, c, q, tau):
    if isinstance(tree, str):
        return {"s": s, "c": c, "q": q, "tau": tau}.get(tree) if tree in ("s", "c", "q", "tau") else float(Fraction(tree))
    head, *arguments = tree
    if head == "pow":
        return _formula(arguments[0], s, c, q, tau) ** float(arguments[1])
    values = [_formula(x, s, c, q, tau) for x in arguments]
    if head == "sum":
        return np.broadcast_to(values[0], s.shape).sum(axis=-1)
    if head in ("add", "mul"):
        return sum(values) if head == "add" else np.prod(np.broadcast_arrays(*values), axis=0)
    return _FUNCTIONS[head](values[0])
