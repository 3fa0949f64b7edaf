"""Optima that are known in closed form lie in the certified interval, with 60 true digits (MATH 5: T8, T9, T11, T12)."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Sphere
from tests.certify.certified import INSTANCES, MERGED, certified, problem

# the logarithm of 1 + e^-90 loses 40 digits: work with enough of them to be left with 60
WORKING = 120


def value_at(sizes, tau, cosines, rho=1):
    """sum_c n_c log((n_c - 1) + sum_c' n_c' exp((B_cc' - rho^2)/tau)) for B_cc' = rho^2 cosines(c, c'), in mpmath."""
    square, tau = mpmath.mpf(rho) ** 2, mpmath.mpf(tau.numerator) / tau.denominator
    return sum(
        n * mpmath.log(n - 1 + sum(size * mpmath.exp(square * (cosines(c, d) - 1) / tau) for d, size in enumerate(sizes) if d != c))
        for c, n in enumerate(sizes)
    )


def assert_inside(found, value):
    """The interval holds the value to 60 digits."""
    lower, upper = (mpmath.mpf(x.numerator) / x.denominator for x in (found.lower, found.upper))
    slack = abs(value) * mpmath.mpf(10) ** -60
    assert lower - slack <= value <= upper + slack


TEMPERATURES = [Fraction(1, 20), Fraction(37, 100), Fraction(3)]


@pytest.mark.parametrize("tau", TEMPERATURES, ids=str)
@pytest.mark.parametrize(("k", "size"), [(2, 2), (3, 4), (7, 2), (10, 500)])
@pytest.mark.parametrize("constraint", [Sphere(), Ball("3/2")], ids=str)
def test_balanced_classes_form_a_simplex(k, size, tau, constraint):
    with mpmath.workdps(WORKING):
        found = certified(problem(Classes.balanced(k, size), tau, constraint), digits=40)
        assert found.gap <= Fraction(1, 10**40)
        rho = mpmath.mpf(constraint.rho.numerator) / constraint.rho.denominator
        assert_inside(found, value_at((size,) * k, tau, lambda c, d: -mpmath.mpf(1) / (k - 1), rho))


@pytest.mark.parametrize("tau", TEMPERATURES, ids=str)
@pytest.mark.parametrize("sizes", [(2, 2), (9, 2), (4, 1000000)])
def test_two_classes_are_antipodal(sizes, tau):
    with mpmath.workdps(WORKING):
        found = certified(problem(sizes, tau), digits=40)
        assert_inside(found, value_at(sizes, tau, lambda c, d: mpmath.mpf(-1)))
    np.testing.assert_allclose(found.gram, [[1, -1], [-1, 1]], atol=1e-14)
    assert found.rank == 1


@pytest.mark.parametrize("tau", TEMPERATURES, ids=str)
@pytest.mark.parametrize("sizes", [(2, 2, 2), (5, 4, 3, 2), (600, 600, 3, 3)])
@pytest.mark.parametrize("norm", [Sphere(), Ball("1/2")], ids=str)
def test_non_negative_embeddings_form_an_orthogonal_frame(sizes, tau, norm):
    with mpmath.workdps(WORKING):
        found = certified(problem(sizes, tau, NonNegative(norm)), digits=40)
        rho = mpmath.mpf(norm.rho.numerator) / norm.rho.denominator
        assert_inside(found, value_at(sizes, tau, lambda c, d: mpmath.mpf(0), rho))
    np.testing.assert_allclose(found.gram, float(norm.rho) ** 2 * np.eye(len(sizes)), atol=1e-13)
    if norm == Sphere():
        assert found.rank == len(sizes)


@pytest.mark.parametrize("k", [3, 6])
def test_the_uniqueness_claim_holds_the_simplex(k):
    """The stated Gram matrix is within the radius of the simplex, in exact numbers: the claim is about the true minimiser."""
    found = certified(problem(Classes.balanced(k, 3), "1/5"), digits=40)
    claim = found.certificates["uniqueness.json"]["claim"]
    (between, own), unit = claim["gram"]["rows"][0], Fraction(1, 2 ** claim["gram"]["bits"])
    square = k * (k - 1) * (between * unit + Fraction(1, k - 1)) ** 2 + k * (own * unit - 1) ** 2
    assert square <= Fraction(claim["radius"]) ** 2
    assert verify_text(canonical(found.certificates["uniqueness.json"])).word == "VERIFIED"


@pytest.mark.parametrize("case", [INSTANCES["7,3,3,2,2"], INSTANCES["6,6,2,2"], MERGED], ids=lambda p: str(p.classes))
def test_classes_of_equal_size_are_interchangeable(case):
    found, sizes = certified(case), case.classes.sizes
    for c in range(len(sizes)):
        for d in range(c):
            if sizes[c] == sizes[d]:
                swapped = list(range(len(sizes)))
                swapped[c], swapped[d] = d, c
                assert (found.gram[np.ix_(swapped, swapped)] == found.gram).all()
    assert len(set(found.multipliers)) == len(set(sizes))
