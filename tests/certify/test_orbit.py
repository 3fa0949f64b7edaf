"""Certified critical points: the spurious minimum of (4,2) in three dimensions, global minima, saddles, and the ball."""

from functools import cache

import numpy as np
import pytest
from scipy.optimize import minimize

from scverify.certify.better import Better
from scverify.certify.orbit import certify_point
from scverify.errors import InputError
from scverify.kernel.certificate import canonical, digest
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.symbolic.losses import supcon, supcon_in
from tests.certify.certified import assert_verified, certified
from tests.oracles import naive

COLD = Problem(supcon, Classes((4, 2)), dim=3, temperature="1/20")
COLD_BALL = Problem(supcon, Classes((4, 2)), dim=3, temperature="1/20", constraint=Ball())
PAIRS = Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2")
TRIPLE = Problem(supcon, Classes((3, 2, 2)), dim=2, temperature="1/2")
ANTIPODAL = np.array([[1.0] * 4 + [-1.0] * 2, [0] * 6, [0] * 6])
LINE = np.zeros(4)


def descended(problem, start):
    """A minimum on the unit sphere near (d, n), in floats."""
    objective = Batch.of(problem)

    def on_the_sphere(entries):
        columns = entries.reshape(start.shape)
        norms = np.linalg.norm(columns, axis=0)
        value, gradient = objective.value_and_gradient(columns / norms)
        tangent = gradient - (gradient * columns / norms).sum(axis=0) * columns / norms
        return value, (tangent / norms).ravel()

    found = minimize(on_the_sphere, start.ravel(), jac=True, method="BFGS", options={"gtol": 1e-12, "maxiter": 3000}).x.reshape(start.shape)
    return found / np.linalg.norm(found, axis=0)


@cache
def spurious():
    """MATH 8: +-sqrt(1-x^2) e1 + x u and +-sqrt(1-z^2) e2 + z u for the four, the two at -u; x/tau tends to 1, z to 1/sqrt 2."""
    x, z = 0.05, np.sqrt(0.5)
    four = [(sign * np.sqrt(1 - x * x), 0, x) for sign in (1, -1)] + [(0, sign * np.sqrt(1 - z * z), z) for sign in (1, -1)]
    return descended(COLD, np.array([*four, (0, 0, -1), (0, 0, -1)], dtype=float).T)


def better(problem=COLD):
    return Better.of_optimum(certified(problem).certificate)


def counted_inertia(problem, embeddings, tolerance=1e-3):
    """(negative, zero, positive) eigenvalues of supcon's Riemannian Hessian on the sphere: differences of the naive loop's gradient."""
    (d, n), labels, tau, h = embeddings.shape, problem.classes.labels, float(problem.temperature), 1e-6

    def gradient(step):
        return naive.gradient(embeddings + step.reshape(d, n), labels, tau)

    columns = [(gradient(h * unit) - gradient(-h * unit)).ravel() / (2 * h) for unit in np.eye(d * n)]
    hessian = np.array(columns).reshape(d, n, d, n)
    slopes, tangents = gradient(np.zeros(d * n)), []
    for i in range(n):
        hessian[:, i, :, i] -= (slopes[:, i] @ embeddings[:, i]) * np.eye(d)
        for direction in np.linalg.svd(embeddings[:, [i]])[0].T[1:]:
            tangent = np.zeros((d, n))
            tangent[:, i] = direction
            tangents.append(tangent.ravel())
    basis = np.array(tangents)
    values = np.linalg.eigvalsh(basis @ hessian.reshape(d * n, d * n) @ basis.T)
    return tuple(int(count.sum()) for count in (values < -tolerance, abs(values) <= tolerance, values > tolerance))


def test_the_spurious_minimum():
    point = certify_point(COLD, spurious(), hits=3, better=better())
    assert (point.kind, point.reason, point.trust, point.hits) == ("spurious minimum", "", "ball", 3)
    assert point.inertia == (0, 3, 9) == counted_inertia(COLD, spurious())
    assert (point.rank, point.orbit_dimension) == (3, 3)
    assert point.multipliers.min() < 0
    optimum = certified(COLD)
    assert 13 < point.excess <= point.lower - optimum.upper
    assert point.upper - point.lower < optimum.gap + 1e-20
    np.testing.assert_allclose(point.embeddings.T @ point.embeddings, spurious().T @ spurious(), atol=1e-7)
    assert_verified(point.certificates)
    assert [x["claim"]["type"] for x in point.certificates.values()] == ["SpuriousMinimum", "Inertia"]
    assert point.certificate is point.certificates["point.json"]


def test_without_a_better_point_it_is_a_strict_minimum():
    point = certify_point(COLD, spurious())
    assert (point.kind, point.excess) == ("strict minimum", None)
    assert point.reason == "no feasible point is proved to be better"
    assert point.certificate["claim"]["type"] == "StrictMinimum"
    assert_verified(point.certificates)


def test_the_excess_cannot_be_overstated():
    point = certify_point(COLD, spurious(), better=better())
    certificate = point.certificate
    for excess, word in (("13", "VERIFIED"), ("14", "REJECTED")):
        claim = {**certificate["claim"], "excess": excess}
        assert verify_text(canonical({**certificate, "claim": claim, "digest": digest(claim)})).word == word


@pytest.mark.parametrize("problem", [COLD, COLD_BALL], ids=str)
def test_the_global_minimum(problem):
    point = certify_point(problem, ANTIPODAL, better=better(problem))
    assert (point.kind, point.rank, point.orbit_dimension) == ("global minimum", 1, 2)
    assert point.inertia == (0, 2, 10)
    assert point.lower <= certified(problem).upper and certified(problem).lower <= point.upper
    assert_verified(point.certificates)


def test_on_the_ball_the_spurious_minimum_of_the_sphere_is_not_critical():
    point = certify_point(COLD_BALL, spurious(), better=better())
    assert point.kind == "not critical" and "multiplier of sample" in point.reason and "negative" in point.reason
    assert point.certificates == {} and point.certificate is None


@pytest.mark.parametrize(
    ("embeddings", "inertia"),
    [
        (np.array([[1.0, -1, 1, -1], LINE]), (3, 1, 0)),
        (np.array([[1.0, 1, 1, 1], LINE]), (1, 1, 2)),
        (np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]]), (2, 1, 1)),
    ],
    ids=["classes split", "all together", "a cross"],
)
def test_saddles(embeddings, inertia):
    point = certify_point(PAIRS, embeddings)
    assert (point.kind, point.inertia) == ("strict saddle", inertia)
    assert counted_inertia(PAIRS, embeddings) == inertia
    assert_verified(point.certificates)
    assert point.certificate["claim"]["type"] == "StrictSaddle"


def test_a_minimum_of_full_rank_found_by_descent():
    found = descended(TRIPLE, np.random.default_rng(0).standard_normal((2, 7)))
    point = certify_point(TRIPLE, found)
    assert point.kind == "global minimum" and point.inertia == (0, 1, 6) == counted_inertia(TRIPLE, found)
    assert point.lower <= certified(TRIPLE).upper and certified(TRIPLE).lower <= point.upper
    assert_verified(point.certificates)


def test_a_loss_that_is_not_convex_has_no_global_minimum_by_this_argument():
    point = certify_point(Problem(supcon_in, Classes((2, 2)), dim=2, temperature="1/2"), np.array([[1.0, 1, -1, -1], LINE]))
    assert (point.kind, point.inertia) == ("strict minimum", (0, 1, 3))
    assert_verified(point.certificates)


def test_critical_points_under_a_ridge():
    ridge = Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2", constraint=Ridge("1/10"))
    zero = certify_point(ridge, np.zeros((2, 4)))
    assert (zero.kind, zero.inertia, zero.rank) == ("strict saddle", (2, 0, 6), 0)
    least = certify_point(ridge, np.array([[1.0, 1, -1, -1], LINE]))
    assert least.kind == "global minimum"
    assert least.lower <= certified(ridge).upper and certified(ridge).lower <= least.upper
    assert_verified({**zero.certificates, "least": least.certificate})


def test_a_point_that_newtons_method_cannot_save_is_undecided_with_a_reason():
    start = np.random.default_rng(1).standard_normal((2, 6))
    start /= np.linalg.norm(start, axis=0)
    point = certify_point(Problem(supcon, Classes((3, 3)), dim=2, temperature="1/2"), start)
    assert (point.kind, point.trust, point.inertia) == ("undecided", "float", None)
    assert point.reason and point.certificates == {} and point.certificate is None


def test_embeddings_of_another_shape_are_refused():
    with pytest.raises(InputError, match="one column per sample"):
        certify_point(PAIRS, np.zeros((4, 2)))
    with pytest.raises(InputError, match=r"\(None, 4\)"):
        certify_point(Problem(supcon, Classes((2, 2))), np.zeros((2, 4)))


@pytest.mark.parametrize(
    ("constraint", "embeddings", "message"),
    [
        (None, [[1, 1, -1, -1], [0, 0, 0, np.nan]], "NaN"),
        (None, [[1, 1, -1, -1], [0, 0, 0, 1j]], "complex"),
        (None, [[1, 1, -1, -1], [0, 0, 0]], "an array of real numbers"),
        (None, "nonsense", "an array of real numbers"),
        (None, [[0.75, 1, -1, -1], [0, 0, 0, 0]], "embedding 0 of norm 0.75; allowed: a norm near that of its sphere"),
        (Ball(), [[1.2, 1, -1, -1], [0, 0, 0, 0]], "of norm 1.2; allowed: a norm near that of its ball"),
    ],
)
def test_embeddings_that_cannot_be_meant_are_refused(constraint, embeddings, message):
    with pytest.raises(InputError, match=message):
        certify_point(Problem(supcon, Classes((2, 2)), 2, "1/2", constraint), embeddings)


def test_the_same_point_has_the_same_certificate():
    first, second = (certify_point(PAIRS, np.array([[1.0, -1, 1, -1], LINE])) for _ in range(2))
    assert [canonical(x) for x in first.certificates.values()] == [canonical(x) for x in second.certificates.values()]
