"""Row formulas with parameters: convex by the kernel's rules, and equal to what they say at numbers."""

import math
from fractions import Fraction

import pytest

from scverify.symbolic.printers import to_mpmath
from scverify.symbolic.shape import is_known_convex
from scverify.symbolic.templates import cosface_row, logistic_row, multi_similarity_row

HALF = Fraction(1, 2)
S, C, Q, TAU = [0.3, -0.2, 0.9], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0], 0.5
ROWS = {
    "logistic": (
        logistic_row(-HALF),
        math.log1p(math.exp(0.5 - 1.8)) + math.log1p(math.exp(0.6 - 0.5)) + 2 * math.log1p(math.exp(-0.4 - 0.5)),
    ),
    "multi-similarity": (
        multi_similarity_row(Fraction(2), Fraction(10), HALF),
        math.log1p(math.exp(-2 * 1.3)) / 2 + math.log1p(math.exp(10 * 0.1) + 2 * math.exp(10 * -0.9)) / 10,
    ),
    "cosface": (
        cosface_row(HALF),
        math.log(math.exp(0.6) + 2 * math.exp(-0.4) + math.exp(0.8)) - 0.8,
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_convex_additive_and_has_its_value(name):
    formula, value = ROWS[name]
    assert is_known_convex(formula) and formula.is_additive
    assert float(to_mpmath(formula.expression)(S, C, Q, TAU)) == pytest.approx(value, rel=1e-13)
