"""Certified critical points held against other arithmetic: 50 digits of mpmath, the entrywise Hessian, rotations, the uniqueness radius."""

from fractions import Fraction

import mpmath
import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scverify.certify.orbit import certify_point
from scverify.certify.points import critical_points
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.geometry import gram, procrustes
from scverify.model.problem import Problem
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import supcon

problems = st.builds(
    lambda sizes, dim, tau, constraint: Problem(supcon, Classes(sizes), dim=dim, temperature=tau, constraint=constraint),
    st.sampled_from([(2, 2), (3, 2)]),
    st.sampled_from([2, 3]),
    st.sampled_from(["1/5", "1/2", "1"]),
    st.sampled_from([Sphere(), Sphere("3/2"), Ball(), Ridge("1/10")]),
)
seeds = st.integers(0, 10**6)
# a failing example is small already, and shrinking would search and certify for minutes
few = settings(max_examples=6, phases=[Phase.explicit, Phase.generate])


def exact_embeddings(point):
    """The certificate's embeddings (d, n), as Fractions; rows beyond the rank are zero."""
    stated = point.certificate["claim"]["embeddings"]
    rows = [[Fraction(x, 2 ** stated["bits"]) for x in row] for row in stated["rows"]]
    return rows + [[Fraction(0)] * point.problem.classes.n] * (point.problem.dim - len(rows))


def certified(problem, seed):
    return [point for point in critical_points(problem, starts=8, seed=seed) if point.certificate is not None]


@few
@given(problems, seeds)
def test_the_riemannian_gradient_vanishes_to_thirty_digits(problem, seed):
    written = Entrywise(problem, arithmetic="mpmath")
    with mpmath.workdps(50):
        for point in certified(problem, seed):
            h = np.array([[mpmath.mpf(x.numerator) / x.denominator for x in row] for row in exact_embeddings(point)], dtype=object)
            slope = written.gradient(h)
            if isinstance(problem.constraint, Ridge):
                slope = slope + mpmath.mpf(1) / 10 * h
            else:
                norms = (h * h).sum(axis=0)
                active = np.array([bool(x > mpmath.mpf("0.999999") * mpmath.mpf(float(problem.constraint.rho) ** 2)) for x in norms])
                slope = slope - np.where(active, (slope * h).sum(axis=0) / np.where(norms == 0, 1, norms), 0) * h
            assert max(abs(x) for x in slope.ravel()) < mpmath.mpf(10) ** -30


@settings(few, max_examples=3)
@given(st.sampled_from(["1/3", "1/2", "1"]), st.sampled_from([Sphere(), Ridge("1/10")]), seeds)
def test_the_inertia_is_that_of_the_entrywise_hessian(tau, constraint, seed):
    problem = Problem(supcon, Classes((2, 2)), dim=2, temperature=tau, constraint=constraint)
    written = Entrywise(problem)
    compared = 0
    for point in certified(problem, seed):
        if point.inertia is None:
            continue
        h, (d, n) = point.embeddings, point.embeddings.shape
        curvature = written.hessian(h) + 2 * np.diag(np.tile(point.multipliers, d))
        basis = np.eye(d * n)
        if isinstance(constraint, Ridge):
            curvature = curvature + 0.1 * np.eye(d * n)
        else:
            normals = np.stack([np.concatenate([h[a, i] * np.eye(n)[i] for a in range(d)]) for i in range(n)])
            basis = np.linalg.svd(normals)[2][n:].T
        values = np.linalg.eigvalsh(basis.T @ curvature @ basis)
        assert point.inertia == (int((values < -1e-7).sum()), int((abs(values) <= 1e-7).sum()), int((values > 1e-7).sum()))
        compared += 1
    assert compared > 0


@few
@given(problems, seeds)
def test_every_certificate_is_verified_and_no_other_is_issued(problem, seed):
    found = critical_points(problem, starts=8, seed=seed)
    assert {verify_data(certificate).word for certificate in found.certificates.values()} <= {"VERIFIED"}


@few
@given(problems, seeds)
def test_a_rotated_point_lies_on_the_same_orbit(problem, seed):
    rotation = np.linalg.qr(np.random.default_rng(seed).standard_normal((problem.dim, problem.dim)))[0]
    for point in certified(problem, seed)[:3]:
        turned = certify_point(problem, rotation @ point.embeddings)
        assert (turned.inertia, turned.rank) == (point.inertia, point.rank)
        assert abs(turned.lower - point.lower) < Fraction(1, 10**25)
        assert procrustes(point.embeddings, turned.embeddings).residual < 1e-9


@few
@given(st.sampled_from([(2, 2), (3, 2), (2, 2, 2), (3, 2, 2)]), st.sampled_from(["1/5", "1/2", "2"]), seeds)
def test_a_certified_global_minimiser_lies_within_the_radius(sizes, tau, seed):
    problem = Problem(supcon, Classes(sizes), dim=len(sizes), temperature=tau)
    found = critical_points(problem, starts=12, seed=seed)
    minima = found.of_kind("global minimum")
    first = np.cumsum([0, *sizes[:-1]])
    for point in minima:
        classes = gram(point.embeddings)[np.ix_(first, first)]
        assert np.linalg.norm(classes - found.optimum.gram) <= float(found.optimum.radius) + 1e-10
        assert point.lower <= found.optimum.upper and point.upper >= found.optimum.lower
    assert len(minima) == 1
