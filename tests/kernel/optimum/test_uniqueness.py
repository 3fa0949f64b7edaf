"""What the kernel's bound of the dual rank is made of, against matrices written out class by class."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import dyadic
from scverify.kernel.level import level_of
from scverify.kernel.optimum.feasible import feasible_point
from scverify.kernel.optimum.uniqueness import distance, near_dual, rank_bounds
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


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("problem", CASES, ids=str)
def test_the_dual_beside_a_factor_class_by_class(problem, seed):
    level, point, factor, m = a_point(problem, seed)
    of, gram, slopes = by_class(level, point, m)
    with ctx.workprec(120):
        near = near_dual(level, point, factor)
    spreads = [float(x) for x in near.spreads]
    dual = slopes - np.diag((slopes * gram).sum(axis=1) / float(level.constraint.bound))
    columns = np.array([[float(x) for x in row] for row in factor.balls().tolist()])[of]
    other = columns @ columns.T
    for g, spread in enumerate(spreads):
        same = np.outer(of == g, of == g)
        other += spread * (np.diag((of == g).astype(float)) - same / m[g])
    assert float(near.error) == pytest.approx(np.linalg.norm(dual - other), rel=1e-9)
    assert float(near.size) == pytest.approx(np.linalg.norm(slopes), rel=1e-9)
    for g, spread in enumerate(spreads):
        lacking = (columns @ columns.T - slopes)[np.ix_(of == g, of == g)][0, -1] if m[g] > 1 else 0.0
        assert spread == pytest.approx(m[g] * max(lacking, 0.0), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_the_distance_class_by_class(problem):
    level, point, _, m = a_point(problem, 0)
    of, gram, _ = by_class(level, point, m)
    stated = np.random.default_rng(5).uniform(-1, 1, (len(m), len(m) + 1))
    other = stated[:, :-1][np.ix_(of, of)].copy()
    np.fill_diagonal(other, stated[of, -1])
    with ctx.workprec(120):
        found = distance(level, point, dyadic(integers(stated), "gram", len(m), len(m) + 1))
    assert float(found) == pytest.approx(np.linalg.norm(gram - other), rel=1e-9)


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_a_rank_from_below_counts_only_eigenvalues_beyond_the_radius(problem):
    """Weyl: within the radius of a point, an eigenvalue of its Gram matrix can fall by the radius."""
    level, point, _, m = a_point(problem, 1)
    eigenvalues = np.linalg.eigvalsh(by_class(level, point, m)[1])
    witness = {"factor": integers(np.zeros((len(m), 1)))}
    granted = set()
    for radius in np.geomspace(1e-3, 10, 200):
        with ctx.workprec(120):
            least, _ = rank_bounds(level, point, witness, arb(radius))
        granted.add(least)
        assert least <= (eigenvalues > radius * (1 - 1e-9)).sum()
    assert min(granted) == 0 and max(granted) >= 2


def test_the_rank_of_the_dual_counts_only_eigenvalues_beyond_all_that_moves():
    """At an optimum S = F F^T of one column: its eigenvalue must exceed kappa^2/2 max w/m (1 + sqrt k) + |grad|/rho^2, times the radius."""
    problem = Problem(supcon, Classes((7, 5, 4)), temperature=3, constraint=Sphere("1/2"))
    found = optimum(problem).certificate["witness"]
    level = level_of(read_problem(problem_data(problem)), "groups", found["groups"])
    with ctx.workprec(144):
        point = feasible_point(level, found["upper"])
        columns = np.array([float(x) for row in dyadic(found["lower"]["factor"], "F", 3).balls().tolist() for x in row])
        slopes = by_class(level, point, np.ones(3, dtype=int))[2]
        moved = (1 / 9) / 2 * 7 * (1 + np.sqrt(3)) + np.linalg.norm(slopes) / 0.25
        for share, rank in ((0.99, 1), (1.01, 0)):
            _, most = rank_bounds(level, point, found["lower"], arb(share * (columns @ columns) / moved))
            assert 3 - most == rank
