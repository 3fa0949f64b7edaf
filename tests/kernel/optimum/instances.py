"""Points of small problems with random factors, and their Gram matrices class by class, in floats."""

import numpy as np
from flint import ctx

from scverify.kernel.certificate import dyadic
from scverify.kernel.level import level_of
from scverify.kernel.optimum.feasible import feasible_point
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Sphere
from scverify.model.data import problem_data
from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.symbolic.losses import decoupled, supcon

BITS = 40
CASES = [
    Problem(supcon, Classes((7, 3, 3, 3, 2, 2)), temperature="1/2"),
    Problem(supcon, Classes((5, 4, 3)), temperature="1/3", constraint=Sphere("3/2"), reduction="mean"),
    Problem(decoupled, Classes((3, 3, 2, 2)), temperature="1/5"),
]


def integers(matrix):
    return {"bits": BITS, "rows": [[int(x) for x in row] for row in np.rint(np.asarray(matrix) * 2.0**BITS)]}


def a_point(problem, seed):
    """The kernel's level, one of its points with a random factor F, and m (u,)."""
    groups, rng = group_level(problem), np.random.default_rng(seed)
    level = level_of(read_problem(problem_data(problem)), "groups", [list(group) for group in groups.members])
    m = np.array(groups.multiplicity)
    spread = np.where(m > 1, rng.uniform(0.1, 1, len(m)), 0.0)
    witness = {"means": integers(rng.standard_normal((len(m), 3))), "spread": integers(spread[:, None])}
    factor = dyadic(integers(rng.standard_normal((len(m), 2))), "the factor", len(m))
    with ctx.workprec(120):
        return level, feasible_point(level, witness), factor, m


def by_class(level, point, m):
    """The Gram matrix (k, k), and the gradient by it without its diagonal, each pair of classes with the mean of its two entries."""
    of, k = np.repeat(np.arange(len(m)), m), m.sum()
    gram, slopes = np.empty((k, k)), np.zeros((k, k))
    for i, g in enumerate(of):
        for j, h in enumerate(of):
            gram[i, j] = float(point.rows[g][-1 if i == j else h])
            pairs = m[g] * (m[h] - (g == h))
            if i != j:
                slopes[i, j] = float(level.weight[g]) * float(point.slopes[g][h]) / pairs
    return of, gram, (slopes + slopes.T) / 2
