"""The uniqueness radius against other solvers and nearby points, and the reasons where there is none."""

import numpy as np
import pytest

from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.search.factorised import factorised_candidate
from scverify.search.objective import Objective
from scverify.search.relaxation import cvxpy_candidate
from tests.certify.certified import INSTANCES, MERGED, certified, problem
from tests.search.levels import class_level

WARM = [
    INSTANCES["7,3,3,2,2"],
    INSTANCES["9,2,2"],
    INSTANCES["6,6,2,2"],
    problem((5, 4, 3, 2), "1/2"),
    problem((3, 3, 2), 1, NonNegative()),
]


@pytest.mark.parametrize("case", WARM, ids=str)
@pytest.mark.parametrize(("search", "tolerance"), [(lambda level: cvxpy_candidate(level, "CLARABEL"), 2e-3), (factorised_candidate, 1e-6)])
def test_the_optimum_of_another_solver_lies_within_the_radius_up_to_its_tolerance(case, search, tolerance):
    found = certified(case)
    other = search(class_level(case))
    gram = other.means @ other.means.T + np.diag(other.spread)
    assert np.linalg.norm(gram - found.gram) <= float(found.radius) + tolerance


@pytest.mark.parametrize("case", [*WARM, MERGED], ids=str)
def test_points_farther_than_the_radius_are_worse(case):
    """The claim in one direction: a feasible point at a distance beyond the radius has a value above the upper bound."""
    found = certified(case)
    objective, rng, k = Objective.floats(class_level(case)), np.random.default_rng(0), case.classes.k
    left, sizes, _ = np.linalg.svd(found.gram)
    root = left * np.sqrt(sizes)
    for _ in range(20):
        moved = root + 1e-3 * rng.standard_normal((k, k))
        moved = np.abs(moved) if isinstance(case.constraint, NonNegative) else moved
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        assert np.linalg.norm(moved @ moved.T - found.gram) > float(found.radius)
        assert objective.value(objective.similarities(moved, np.zeros(k))) > float(found.upper) * (1 - 1e-14)


def test_the_radius_shrinks_with_the_gap():
    default, more = certified(INSTANCES["5,4,3,2"]), certified(INSTANCES["5,4,3,2"], digits=40)
    assert 0 < more.radius < default.radius
    # the square root of twice the gap over the curvature
    assert float(more.radius) / float(default.radius) == pytest.approx((float(more.gap) / float(default.gap)) ** 0.5, rel=0.5)


@pytest.mark.parametrize("constraint", [Ball(), Ridge("1/10"), NonNegative(Ball())], ids=str)
def test_where_there_is_no_radius_there_is_a_reason(constraint):
    found = certified(problem((5, 4, 3, 2), "1/10", constraint))
    assert found.radius is None and found.rank is None
    assert "only on the sphere" in found.radius_reason and "no rank" in found.rank_reason
    assert list(found.certificates) == ["optimum.json"]


def test_the_rank_of_a_merged_optimum_and_the_certificate_that_states_it():
    claim = certified(MERGED).certificates["uniqueness.json"]["claim"]
    assert claim["rank"] == 2 and claim["type"] == "UniqueMinimizer"
