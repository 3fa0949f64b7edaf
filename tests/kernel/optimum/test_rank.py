"""The rank of a minimiser, against eigenvalues in floats, class by class."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import dyadic
from scverify.kernel.level import level_of
from scverify.kernel.optimum.feasible import feasible_point
from scverify.kernel.optimum.rank import near_dual, rank_bounds
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Sphere
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.kernel.optimum.instances import CASES, a_point, by_class, integers


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
