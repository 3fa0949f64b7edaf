"""Bounds of linear algebra in balls: each is on the safe side of the true number and not far from it."""

import math

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat, ctx
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.balls import (
    checked_finite,
    checked_positive,
    gram_rows,
    least_eigenvalue_of_gram,
    magnitude,
    root_above,
)
from scverify.kernel.certificate import Rejected, Unresolved


@given(st.integers(1, 6), st.integers(0, 2**32 - 1), st.sampled_from([0, 6]))
def test_the_least_eigenvalue_is_bounded_from_below(size, seed, small):
    factor = np.random.default_rng(seed).integers(-9, 10, (size, size)).tolist()
    factor[0] = [x / 2.0**small for x in factor[0]]
    found = least_eigenvalue_of_gram(arb_mat(factor).transpose())
    with mpmath.workdps(40):
        exact = mpmath.mpf(mpmath.eigsy(mpmath.matrix(factor) * mpmath.matrix(factor).T, eigvals_only=True)[0])
        assert float(found) <= float(exact) * (1 + 1e-14) + 1e-25
        if exact > 1e-8:
            assert float(found) >= float(exact) / max(2, math.sqrt(size)) * (1 - 1e-6)


def test_singular_and_empty_matrices():
    assert least_eigenvalue_of_gram(arb_mat([[1, 1], [1, 1]])) == 0
    assert least_eigenvalue_of_gram(arb_mat([[arb(1, 2)]])) == 0
    assert least_eigenvalue_of_gram(arb_mat(0, 0)) == arb("inf")
    assert least_eigenvalue_of_gram(arb_mat(3, 0)) == arb("inf")
    assert least_eigenvalue_of_gram(arb_mat([[2]])) == 4


def test_orthogonal_columns_lose_nothing():
    assert least_eigenvalue_of_gram(arb_mat([[3, -8], [4, 6]])) == 25


def test_a_small_eigenvalue_is_found_with_more_bits():
    columns = arb_mat([[1, 1], [0, arb(2) ** -40]])
    with ctx.workprec(64):
        assert least_eigenvalue_of_gram(columns) == 0
    with ctx.workprec(300):
        found = least_eigenvalue_of_gram(columns)
        assert arb(2) ** -82 < found < arb(2) ** -80


@pytest.mark.parametrize(
    ("ball", "largest"),
    [(arb(3), 3), (arb(-3), 3), (arb(1, 2), 3), (arb(-1, 2), 3), (arb(0), 0), (arb(5, 1), 6)],
)
def test_magnitudes(ball, largest):
    # the ends of a ball are rounded outward by a little
    assert largest <= float(magnitude(ball)) <= largest * (1 + 1e-8)
    assert magnitude(ball).is_exact()


def test_roots_of_what_is_known_to_be_a_square():
    assert float(root_above(arb(4, 5))) >= 3 and root_above(arb(4, 5)).is_exact()
    assert float(root_above(arb(-1e-30, 2e-30))) >= 1e-15


def test_a_gram_matrix_by_rows():
    assert gram_rows(arb_mat([[1, 2], [3, -1]])) == [[5, 1], [1, 10]]


def test_what_is_not_finite_or_not_positive():
    assert checked_finite(arb(2, 1), "x") == arb(2, 1) or checked_finite(arb(2, 1), "x").contains(2)
    for ball in (arb("nan"), arb("inf"), arb(0, "inf"), 1 / arb(0, 1)):
        with pytest.raises(Unresolved, match="x has no finite enclosure"):
            checked_finite(ball, "x")
    assert checked_positive(arb(1, 0.5), "x").contains(1)
    for ball in (arb(0), arb(-1), arb(-1, 0.5)):
        with pytest.raises(Rejected, match="x is not positive"):
            checked_positive(ball, "x")
    for ball in (arb(0, 1), arb(1, 2), arb("nan")):
        with pytest.raises(Unresolved, match="x may not be positive"):
            checked_positive(ball, "x")
