"""Integers that bound exponentials and logarithms as Coq computes them, and the tables that are made of balls."""

import math
from fractions import Fraction

import pytest
from flint import arb, ctx

from scverify.certify.coq_integers import BITS, decimal_places, fixed_point, half_terms, inner_product, pivoted_cholesky
from scverify.errors import Undecided


@pytest.mark.parametrize("x", [(0, 1), (1, 3), (-7, 2), (20, 1), (-60, 1)])
def test_exponentials_and_logarithms_are_bounded_closely(x):
    at = fixed_point(BITS, 90)
    with ctx.workprec(2 * BITS):
        true = (arb(x[0]) / x[1]).exp() * at.scale
        below, above = at.exp_below(*x), at.exp_above(*x)
        slack = true * max(1, math.exp(x[0] / x[1])) * 2.0**-60 + 2**20
        assert below <= true and true <= above
        assert true - below < slack and above - true < slack
        value = 3 * at.scale // 7
        assert value <= 2 * at.exp_below(at.log_above(value, 2), at.scale)


def test_what_is_out_of_reach_is_undecided():
    with pytest.raises(Undecided, match="exponential"):
        fixed_point(BITS, 90).exp_above(200, 1)
    with pytest.raises(Undecided, match="logarithm"):
        fixed_point(8, 1).log_above(1 << 200, 1)


def test_probabilities_sum_to_the_scale():
    at = fixed_point(BITS, 90)
    assert sum(at.probabilities([arb(1) / 3, arb(1) / 3, arb(1) / 3])) == at.scale
    assert half_terms(2 * BITS) > half_terms(BITS)


def test_a_factor_gives_its_matrix_back_and_no_columns_of_noise():
    rows = [[2, 0], [1, 1], [1, -1]]
    matrix = [[arb(inner_product(x, y)) for y in rows] for x in rows]
    factor = pivoted_cholesky(matrix, 40)
    assert [len(row) for row in factor] == [2, 2, 2]
    found = [[sum((x * y for x, y in zip(u, v, strict=True)), arb(0)) for v in factor] for u in factor]
    assert all(abs(float(x - y)) < 1e-12 for u, v in zip(found, matrix, strict=True) for x, y in zip(u, v, strict=True))


def test_places_fit_the_width():
    assert decimal_places(Fraction(1, 10**6)) == 9 and decimal_places(Fraction(0)) == 40 and decimal_places(Fraction(1)) == 3
