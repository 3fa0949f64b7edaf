"""Certified optima of supervised contrastive problems: gaps, ranks, constraints, tiny temperatures, and what is refused."""

import random
from fractions import Fraction

import numpy as np
import pytest
from sympy import exp, log, sqrt

from scverify.certify import optimum as maker
from scverify.certify.optimum import optimum
from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.refine import PrecisePoint
from scverify.errors import InputError, Undecided
from scverify.kernel.certificate import canonical
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.problem import Problem
from scverify.search.objective import Objective
from scverify.symbolic.losses import LOSSES, Loss, supcon_rule
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau
from tests.certify.certified import INSTANCES, MERGED, assert_verified, certified, problem
from tests.search.levels import class_level

CONSTRAINTS = [
    Ball(),
    Ridge("1/10"),
    NonNegative(),
    NonNegative(Ball()),
    NonNegative(Ridge("1/10")),
]


def relative_gap(found):
    return found.gap / max(abs(found.lower), Fraction(1, 10**400))


@pytest.mark.parametrize("name", INSTANCES)
def test_relative_gap_of_the_six_instances(name):
    found = certified(INSTANCES[name])
    assert relative_gap(found) <= Fraction(1, 10**12)
    assert found.level == "groups" and not found.shortfall
    assert found.rank == INSTANCES[name].classes.k - 1
    assert 0 < found.radius < Fraction(1, 10**12)


@pytest.mark.parametrize("name", INSTANCES)
def test_forty_digits_of_the_six_instances(name):
    found = certified(INSTANCES[name], digits=40)
    assert found.gap <= Fraction(1, 10**40) and not found.shortfall
    # two makings of one optimum cannot contradict each other
    assert max(found.lower, certified(INSTANCES[name]).lower) <= min(found.upper, certified(INSTANCES[name]).upper)


@pytest.mark.parametrize("digits", [None, 40])
def test_merged_minority_classes(digits):
    found = certified(MERGED, digits=digits)
    assert relative_gap(found) <= Fraction(1, 10**10)
    assert found.rank == 2
    assert found.gram[2, 3] == pytest.approx(1, abs=1e-12)


def drawn(seed):
    """Sizes 2..10^6, temperatures 1/50..10; every other instance has a tail of tiny classes, which merge when it is warm."""
    generator = random.Random(seed)
    k = generator.randint(3, 8)
    sizes = [int(10 ** generator.uniform(0.31, 6)) for _ in range(k)]
    if generator.random() < 0.5:
        sizes[k // 2 :] = [generator.randint(2, 5) for _ in sizes[k // 2 :]]
    return problem(tuple(sizes), Fraction(generator.choice([1, 1, 1, 2, 5, 10]), generator.choice([1, 1, 2, 3, 5, 10, 20, 50])))


@pytest.mark.parametrize("seed", range(20))
def test_random_instances_some_of_which_merge(seed):
    found = certified(drawn(seed))
    assert relative_gap(found) <= Fraction(1, 10**10)
    if found.rank is not None:
        sizes = np.linalg.eigvalsh(found.gram)
        assert (sizes > 1e-9).sum() == found.rank


def test_some_of_the_random_instances_merge():
    ranks = {seed: certified(drawn(seed)).rank for seed in range(20)}
    assert any(rank is not None and rank < drawn(seed).classes.k - 1 for seed, rank in ranks.items())
    assert any(rank == drawn(seed).classes.k - 1 for seed, rank in ranks.items())


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("name", ["5,4,3,2", "cifar10-lt"])
def test_other_constraints(name, constraint):
    sphere = INSTANCES[name]
    found = certified(problem(sphere.classes, "1/10", constraint))
    assert relative_gap(found) <= Fraction(1, 10**10)
    assert found.radius is None or constraint == NonNegative()
    assert bool(found.radius_reason) == (found.radius is None)


@pytest.mark.parametrize("constraint", [Ball(), Ridge("1/10"), NonNegative()], ids=str)
def test_forty_digits_under_other_constraints(constraint):
    assert certified(problem((5, 4, 3, 2), "1/10", constraint), digits=40).gap <= Fraction(1, 10**40)


def test_how_constraints_order_the_optimum():
    sphere, ball, frame = (certified(problem((5, 4, 3, 2), "1/10", c)) for c in (None, Ball(), NonNegative()))
    assert ball.lower <= sphere.upper and sphere.lower <= frame.upper
    # a larger ball allows more, and signs cost
    assert certified(problem((5, 4, 3, 2), "1/10", Ball("11/10"))).upper < ball.lower
    assert sphere.upper < frame.lower


def test_a_heavy_ridge_has_its_optimum_at_zero():
    found = certified(problem((3, 3, 2), 1, Ridge(100)))
    assert np.abs(found.gram).max() == 0 and found.rank in (0, None)
    assert found.lower <= 8 * _log(7) <= found.upper


def _log(value):
    from mpmath import mp, workdps

    with workdps(80):
        return Fraction(str(mp.log(value)))


@pytest.mark.parametrize(("sizes", "tau"), [((2, 2, 2), "1/50"), ((3, 2, 2), "1/200"), ((6, 4, 3), "1/50"), ((2, 2), "1/1000")])
def test_tiny_temperatures(sizes, tau):
    found = certified(problem(sizes, tau))
    assert found.lower > 0 and found.gap <= found.lower / 10**12
    k = len(sizes)
    assert found.rank == k - 1 or (k == 2 and found.rank_reason)
    np.testing.assert_allclose(found.gram[:2, :2], [[1, -1 / (k - 1)], [-1 / (k - 1), 1]], atol=0.1)


def test_averaging_divides_the_optimum_by_the_anchors():
    total, mean = (certified(problem((4, 3, 1), "1/2", singletons="ignore", reduction=kind)) for kind in ("sum", "mean"))
    assert total.lower / 7 <= mean.upper and mean.lower <= total.upper / 7
    assert mean.gap < Fraction(1, 10**30)


def test_every_solver_leads_to_the_same_interval():
    warm = problem((5, 4, 3, 2), "1/2")
    makings = [certified(warm, solver=solver) for solver in ("auto", "rank-one", "factorised", "cvxpy:CLARABEL")]
    assert max(x.lower for x in makings) <= min(x.upper for x in makings)
    assert all(relative_gap(x) <= Fraction(1, 10**12) for x in makings)
    assert [x.solver for x in makings[1:]] == ["rank-one", "factorised", "cvxpy:CLARABEL"]


def test_results_are_deterministic():
    first, second = (optimum(problem((7, 3, 3, 2, 2), "37/100")) for _ in range(2))
    assert [canonical(x) for x in first.certificates.values()] == [canonical(x) for x in second.certificates.values()]
    assert (first.gram == second.gram).all() and first.multipliers == second.multipliers


def test_multipliers_make_the_gram_matrix_stationary():
    found = certified(INSTANCES["7,3,3,2,2"])
    objective = Objective.floats(class_level(found.problem))
    own = np.diag(found.gram)
    slopes = objective.value_and_gradient(np.column_stack([found.gram - np.diag(own), own]))[1]
    dual = (slopes[:, :-1] + slopes[:, :-1].T) / 2 + np.diag(slopes[:, -1] + np.array(found.multipliers))
    np.testing.assert_allclose(dual @ found.gram, 0, atol=1e-12)
    assert np.linalg.eigvalsh(dual).min() > -1e-12


def test_a_dimension_below_the_rank_is_refused_and_the_rank_itself_is_enough():
    with pytest.raises(InputError, match="dim 2; allowed: dim >= 3"):
        optimum(problem((5, 4, 3, 2), "1/10", dim=2))
    found = certified(problem((5, 4, 3, 2), "1/10", dim=3))
    assert found.certificate["claim"]["problem"]["dim"] == 3
    with pytest.raises(InputError, match="dim >= 4"):
        optimum(problem((5, 4, 3, 2), "1/10", NonNegative(), dim=3))
    assert certified(problem((600, 600, 3, 3), "1/2", dim=2)).rank == 2


def test_too_little_precision_is_told():
    with pytest.raises(Undecided, match=r"within 128 bits.*raise --max-precision") as refusal:
        optimum(problem((5, 4, 3, 2), "1/10"), digits=60, max_precision=128)
    assert refusal.value.exit_code == 4


def test_digits_that_are_not_reached_are_a_shortfall_with_a_valid_interval(monkeypatch):
    exact = maker.precise_point

    def rough(candidate, bits):
        """A point that no precision makes better than 20 bits."""
        point = exact(candidate, bits)
        means, spread = (np.round(float_midpoints(x) * 2**20) / 2**20 for x in (point.means, point.spread))
        rows = Objective.floats(candidate.level).similarities(means, spread)
        return PrecisePoint(*(as_array(x) for x in (rows, means, spread)))

    monkeypatch.setattr(maker, "precise_point", rough)
    found = optimum(problem((5, 4, 3, 2), "1/10"), digits=40)
    assert found.shortfall == "a gap below 1e-40 was asked"
    assert found.gap > Fraction(1, 10**40)
    assert_verified(found.certificates)
    best = certified(problem((5, 4, 3, 2), "1/10"))
    assert found.lower <= best.lower and best.upper <= found.upper
    assert str(found).count("1e-40")


def test_a_class_count_of_a_hundred():
    found = certified(problem(Classes.named("cifar100-lt"), "1/10"))
    assert relative_gap(found) <= Fraction(1, 10**14)
    assert found.rank == 99


def test_a_float_solvers_answer_is_refined_at_its_true_rank():
    # Clarabel leaves a fourth direction of relative size 0.011, which Newton's method cannot shrink to zero
    found = optimum(problem((5, 4, 3, 2), "1/10"), solver="cvxpy:CLARABEL")
    assert relative_gap(found) <= Fraction(1, 10**12) and found.rank == 3


def test_no_precision_is_raised_for_a_radius_that_no_precision_gives(monkeypatch):
    bits = []
    attempt = maker._attempt
    monkeypatch.setattr(maker, "_attempt", lambda candidate, b: bits.append(b) or attempt(candidate, b))
    found = optimum(Problem(LOSSES["decoupled"], Classes((4, 3, 2)), temperature="1/2"))
    assert found.rank is None and found.radius_reason and len(set(bits)) == 1


def test_a_rate_that_is_no_rational_has_the_tangent_form():
    """The row of a temperature 1/(2 sqrt 2), for which the kernel has no exact number."""
    row = log(row_sum(c[a] * exp(sqrt(2) * s[a] / tau))) - row_sum(sqrt(2) * q[a] * s[a] / tau)
    found = optimum(Problem(Loss("steeper", RowFormula("steeper", row), supcon_rule), Classes((2, 2)), temperature="1/2"))
    assert_verified(found.certificates)
    assert found.certificate["witness"]["lower"]["form"] == "tangent"
    assert relative_gap(found) <= Fraction(1, 10**12)
    assert np.isclose(float(found.lower), 4 * np.log(1 + 2 * np.exp(-4 * np.sqrt(2))))
