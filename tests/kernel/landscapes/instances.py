"""Small instances, random boxes of theirs, and what is true of one configuration, in floats straight from MATH 1 and 2."""

from itertools import combinations

import numpy as np

from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.rows import domain_of, rows_of
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

SLACK = 1e-9


def of(sizes, d, tau, **more):
    """Problem, its sample level and its rows with all orderings."""
    problem = read_problem(problem_data(Problem(more.pop("loss", supcon), Classes(sizes), dim=d, temperature=tau, **more)))
    level = level_of(problem, "samples", None)
    return problem, level, rows_of(problem, level, list(combinations(range(level.nodes), 2)))


def random_boxes(domain, rng, count, width):
    """Boxes of a width inside random boxes of the domain."""
    roots = domain[rng.integers(0, len(domain), count)]
    centre = roots.low + (roots.high - roots.low) * rng.random(roots.low.shape)
    half = 0.5 * width * rng.random((len(roots.low), 1))
    return Boxes(roots.faces, np.maximum(centre - half, roots.low), np.minimum(centre + half, roots.high))


def points_of(boxes, rng, d):
    """A random configuration (d, n, N) of each box, and its rate."""
    y = boxes.low + (boxes.high - boxes.low) * rng.choice([0.0, 1.0, 0.5, rng.random()], boxes.low.shape)
    n, size = boxes.faces.shape
    coordinates = y[:-1].reshape(n, d - 1, size)
    h = np.empty((d, n, size))
    for i in range(n):
        for place in range(size):
            axis, sign = divmod(int(boxes.faces[i, place]), 2)
            h[:, i, place] = np.insert(coordinates[i, :, place], axis, -1.0 if sign else 1.0)
    return h / np.sqrt((h * h).sum(axis=0)), y[-1]


def truth(level, h, rate):
    """Gram matrix, p, D = w (p - q), twice S and the Riemannian Hessian over kappa of one configuration, straight from MATH 1 and 2."""
    d, n = h.shape
    g = h.T @ h
    off = ~np.eye(n, dtype=bool)
    c, q = (np.array([[float(x) for x in row[:-1]] for row in table]) for table in (level.c, level.q))
    w = np.array([float(x / max(level.weight)) for x in level.weight])
    p = c * np.exp(rate * (g - 1)) * off
    p /= p.sum(axis=1, keepdims=True)
    slope = w[:, None] * (p - q)
    s = slope + slope.T
    np.fill_diagonal(s, 0)
    s -= np.diag((s * g).sum(axis=1))
    frames = np.zeros((d * n, (d - 1) * n))
    for i in range(n):
        frames[i::n, i * (d - 1) : (i + 1) * (d - 1)] = np.linalg.svd(h[:, i : i + 1])[0][:, 1:]
    moved = [h.T @ u.reshape(d, n) + u.reshape(d, n).T @ h for u in frames.T]
    hessian = np.array([[np.sum(s * (a.reshape(d, n).T @ b.reshape(d, n))) for a in frames.T] for b in frames.T])
    for i in range(n):
        x = np.array([m[i] for m in moved])
        mean = x @ p[i]
        hessian += rate * w[i] * ((x * p[i]) @ x.T - np.outer(mean, mean))
    return g, p, slope, s, hessian


CASES = [((2, 2), 2, "1/2"), ((2, 2), 3, "1/5"), ((3, 2), 3, "1/2"), ((2, 2, 2), 2, "1/20"), ((3, 3), 4, "1")]


def inside(found, value):
    assert (found.low <= value + SLACK * (1e-3 + np.abs(value))).all() and (value - SLACK * (1e-3 + np.abs(value)) <= found.high).all()


def where_granted(reason, sizes, d, tau):
    """At a point of each random box for which a reason is given: rows, configuration, Gram matrix, twice S and Hessian there."""
    rng = np.random.default_rng(1)
    problem, level, rows = of(sizes, d, tau)
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 150, width)
        granted = reason(Enclosures(rows, boxes))
        h, rate = points_of(boxes, rng, d)
        for place in np.flatnonzero(granted):
            g, _, _, s, hessian = truth(level, h[:, :, place], rate[place])
            yield rows, h[:, :, place], g, s, hessian
