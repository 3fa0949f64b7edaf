"""What a claim is compared with: the objective from its definition (MATH 1), by plain loops in mp. Nothing of scverify is used.

A point is a list of columns, one a sample.
"""

from fractions import Fraction

import numpy as np
from mpmath import MPContext

mp = MPContext()
mp.dps = 60
TINY = mp.mpf(10) ** -30


def exact(text):
    number = Fraction(text)
    return mp.mpf(number.numerator) / number.denominator


def labels(problem):
    return [c for c, size in enumerate(problem["sizes"]) for _ in range(size)]


def _counted(tree, counts):
    """A coefficient's rule at the sizes."""
    if isinstance(tree, str):
        return Fraction(counts[tree]) if tree in counts else Fraction(tree)
    head, *arguments = tree
    if head == "pow":
        return _counted(arguments[0], counts) ** arguments[1]
    result = Fraction(head == "mul")
    for value in (_counted(x, counts) for x in arguments):
        result = result + value if head == "add" else result * value
    return result


def rows(problem):
    """(anchor, weight, c, q), one for each sample that has a positive; for a table by samples, one for each sample."""
    sizes, y, given = problem["sizes"], labels(problem), problem["coefficients"]
    n, anchors = len(y), sum(size for size in sizes if size > 1)
    result = []
    for i in range(n):
        if given["kind"] != "samples" and sizes[y[i]] == 1:
            continue
        weight = _weight(given, sizes, y, i, anchors) / (anchors if problem["reduction"] == "mean" else 1)
        c, q = ([_coefficient(given, sizes, y, i, j, name, anchors) for j in range(n)] for name in "cq")
        result.append((i, exact(weight), [exact(x) for x in c], [exact(x) for x in q]))
    return result


def _counts(sizes, own, other, anchors):
    return {"n_own": sizes[own], "n_other": sizes[other], "k": len(sizes), "n_samples": sum(sizes), "n_anchors": anchors}


def _weight(given, sizes, y, i, anchors):
    if given["kind"] == "rule":
        return _counted(given["weight"], _counts(sizes, y[i], y[i], anchors))
    return Fraction(given["weight"][y[i] if given["kind"] == "classes" else i])


def _coefficient(given, sizes, y, i, j, name, anchors):
    if given["kind"] == "samples":
        return Fraction(given[name][i][j])
    if i == j:
        return Fraction(0)
    if given["kind"] == "classes":
        return Fraction(given[name][y[i]][y[j]])
    sign = "positive" if y[i] == y[j] else "negative"
    return _counted(given[f"{sign}_{name}"], _counts(sizes, y[i], y[j], anchors))


def _formula(tree, row, entry=None):
    """Value of a formula's tree at a row {"s": [...], "c": [...], "q": [...], "tau": ...}."""
    if isinstance(tree, str):
        return row["tau"] if tree == "tau" else row[tree][entry] if tree in ("s", "c", "q") else exact(tree)
    head, *arguments = tree
    if head == "sum":
        return mp.fsum(_formula(arguments[0], row, a) for a in range(len(row["s"])))
    if head == "pow":
        return _formula(arguments[0], row, entry) ** arguments[1]
    values = [_formula(x, row, entry) for x in arguments]
    if head in ("add", "mul"):
        return mp.fsum(values) if head == "add" else mp.fprod(values)
    return {"exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt}[head](values[0])


def objective(problem, point):
    """L at a point, with the ridge's share."""
    gram = [[mp.fdot(x, z) for z in point] for x in point]
    total = mp.mpf(0)
    for i, weight, c, q in rows(problem):
        total += weight * _formula(problem["formula"], {"s": gram[i], "c": c, "q": q, "tau": exact(problem["tau"])})
    if problem["constraint"]["kind"] == "ridge":
        total += exact(problem["constraint"]["weight"]) / 2 * mp.fsum(gram[i][i] for i in range(len(point)))
    return total


def normalised(problem, point):
    """The point with every column brought onto the sphere, or into the ball."""
    kind = problem["constraint"]["kind"]
    if kind == "ridge":
        return point
    rho, result = exact(problem["constraint"]["rho"]), []
    for x in point:
        norm = mp.sqrt(mp.fdot(x, x))
        result.append(x if kind == "ball" and norm <= rho else [rho * entry / norm for entry in x])
    return result


def _private(m, nonnegative):
    """m vectors of length one: the vertices of a simplex around 0, or an orthonormal frame."""
    frame = [[mp.mpf(i == j) for j in range(m)] for i in range(m)]
    if nonnegative or m == 1:
        return frame
    return [[(x - mp.mpf(1) / m) / mp.sqrt(1 - mp.mpf(1) / m) for x in row] for row in frame]


def stated_point(problem, witness):
    """The point that an upper bound's witness describes: each class its node's mean, beside a private part of squared norm `spread`."""
    y, groups = labels(problem), witness.get("groups")
    nodes = [[i] for i in range(len(y))] if groups is None else groups
    means, spread = (
        [[mp.ldexp(x, -part["bits"]) for x in row] for row in part["rows"]] for part in (witness["upper"][k] for k in ("means", "spread"))
    )
    frames = [_private(len(node), problem["constraint"]["nonnegative"]) for node in nodes]
    columns = {}
    for g, node in enumerate(nodes):
        for place, member in enumerate(node):
            own = [mp.sqrt(spread[g][0]) * x for x in frames[g][place]]
            others = [[mp.mpf(0)] * len(node) for node in nodes]
            private = [x for h, part in enumerate(others) for x in (own if h == g else part)]
            columns[member] = [*means[g], *private]
    point = [columns[i if groups is None else y[i]] for i in range(len(y))]
    return normalised(problem, point)


def dimensions(point):
    """How many dimensions the point uses, numerically."""
    table = np.array([[float(x) for x in column] for column in point])
    return int(np.sum(np.linalg.svd(table, compute_uv=False) > 1e-9 * np.abs(table).max()))


def class_gram(problem, point):
    """Inner products of the first sample of every class, in floats."""
    starts = [0, *np.cumsum(problem["sizes"])[:-1].tolist()]
    table = np.array([[float(x) for x in point[i]] for i in starts])
    return table @ table.T
