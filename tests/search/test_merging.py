"""Candidates of the rank-one system, merged or not, and when it does not apply."""

import numpy as np
import pytest

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Ridge
from scverify.model.level import group_level, smallest_level
from scverify.model.problem import Problem
from scverify.search.merging import rank_one_candidate
from scverify.search.newton import float_equations, float_roots
from scverify.search.objective import Objective
from scverify.search.rank_one import RankOneRefused, system
from scverify.symbolic.losses import spectral, supcon
from tests.oracles.tables import disjoint_batches
from tests.search.cases import OTHERS, SIX, shortfall
from tests.search.levels import class_level

MERGED = [
    (Classes((600, 600, 3, 3)), "1/2", ((2, 3),)),
    (Classes((5159, 5, 2)), "387/100", ((1, 2),)),
    (Classes((3235, 8, 6, 2)), "492/100", ((1, 2, 3),)),
    (Classes((100000, 5, 2, 3, 3, 3)), 5, ((1, 2, 3, 4, 5),)),
]


def random_problem(generator):
    k, top = int(generator.integers(2, 20)), 10 ** generator.uniform(0.5, 6)
    sizes = np.exp(generator.uniform(np.log(2), np.log(top), k)).astype(int)
    few = int(generator.integers(1, 4))
    sizes[:few] = np.maximum(sizes[:few], top)
    tau = float(np.exp(generator.uniform(np.log(1 / 50), np.log(10))))
    return Problem(supcon, Classes(int(size) for size in np.maximum(sizes, 2)), temperature=f"{tau:.3f}")


@pytest.mark.parametrize("make", [group_level, class_level])
@pytest.mark.parametrize(("classes", "tau"), SIX, ids=str)
def test_the_six_instances_are_optimal_to_float_resolution(classes, tau, make):
    candidate = rank_one_candidate(make(Problem(supcon, classes, temperature=tau)))
    assert shortfall(candidate) < 1e-13
    assert candidate.merged == ()
    assert np.linalg.matrix_rank(candidate.means, tol=1e-8) == candidate.means.shape[1] == candidate.level.nodes - 1


@pytest.mark.parametrize("problem", OTHERS, ids=str)
def test_other_problems_are_optimal_to_float_resolution(problem):
    candidate = rank_one_candidate(group_level(problem))
    assert shortfall(candidate) < 1e-12
    norm = problem.constraint
    if not isinstance(norm, Ridge):
        np.testing.assert_allclose((candidate.means**2).sum(axis=1) + candidate.spread, float(norm.rho) ** 2, rtol=1e-14)


@pytest.mark.parametrize("make", [group_level, class_level])
@pytest.mark.parametrize(("classes", "tau", "together"), MERGED, ids=str)
def test_minority_classes_that_merge_are_found(classes, tau, together, make):
    level = make(Problem(supcon, classes, temperature=tau))
    candidate = rank_one_candidate(level)
    found = tuple(tuple(sorted(c for node in cluster for c in level.members[node])) for cluster in candidate.merged)
    assert found == together
    assert shortfall(candidate) < 1e-13
    of = level.nodes_of()
    for cluster in together:
        assert np.ptp(candidate.means[of[list(cluster)]], axis=0).max() == 0
        assert not candidate.spread[of[list(cluster)]].any()


def test_a_merged_cluster_is_one_class_of_the_summed_size():
    merged = rank_one_candidate(class_level(Problem(supcon, Classes((600, 600, 3, 3)), temperature="1/2")))
    summed = rank_one_candidate(class_level(Problem(supcon, Classes((600, 600, 6)), temperature="1/2")))
    assert merged.value == pytest.approx(summed.value, rel=1e-14)


def test_random_instances_are_solved_merged_or_not():
    generator = np.random.default_rng(2)
    candidates = [rank_one_candidate(group_level(random_problem(generator))) for _ in range(60)]
    assert max(map(shortfall, candidates)) < 1e-10
    assert any(candidate.merged for candidate in candidates) and any(not candidate.merged for candidate in candidates)


def test_where_every_self_exponential_is_below_one_the_root_is_semidefinite():
    """The sufficient condition told in merging: log(Z + Z') is conditionally negative definite."""
    generator, seen = np.random.default_rng(3), 0
    for _ in range(40):
        level = class_level(random_problem(generator))
        reduced = system(level)
        log_v, log_z, whole = float_roots(reduced)
        n = np.array(level.mass, dtype=float)
        self_exponents = 2 * log_v + log_z - np.log(2 * float(reduced.kappa) * n * n)
        logs = float_equations(reduced.terms, np.concatenate([log_v, log_z]))[2]
        gram = 1 + logs[:, :-1] / float(reduced.kappa)
        np.fill_diagonal(gram, 1.0)
        lowest = np.linalg.eigvalsh(gram)[0]
        if whole and self_exponents.max() <= 0:
            seen += 1
            assert lowest > -1e-12
        if whole and lowest < -1e-9:
            assert self_exponents.max() > 0
    assert seen > 10


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem(spectral, Classes((4, 3))), "not a log-sum-exp"),
        (Problem(supcon, Classes((4, 3)), constraint=NonNegative()), "non-negative"),
        (Problem(supcon, Classes((5000, 2997, 50)), temperature="1/10", constraint=Ridge(100)), "does not converge"),
        (Problem(disjoint_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)]), Classes((4, 4))), "no exponential"),
    ],
    ids=str,
)
def test_it_says_why_it_does_not_apply(problem, reason):
    with pytest.raises(RankOneRefused, match=reason) as refusal:
        rank_one_candidate(smallest_level(problem))
    assert isinstance(refusal.value, InputError) and "auto" in str(refusal.value)


def test_a_cluster_that_should_not_merge_is_refused():
    level = class_level(Problem(supcon, Classes((7, 3, 3, 2)), temperature="37/100"))
    reduced = system(level, [(1, 2)])
    assert reduced.size == 3 and reduced.merged == ((1, 2),)
    log_v, log_z, _ = float_roots(reduced)
    logs = float_equations(reduced.terms, np.concatenate([log_v, log_z]))[2]
    from scverify.search.merging import _check, _factors

    means, spread = _factors(reduced, logs)
    with pytest.raises(RankOneRefused, match="conditions of optimality"):
        _check(level, Objective.floats(level), means, spread, ((1, 2),))
