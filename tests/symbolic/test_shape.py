"""Which rows are shown to be convex: the kernel's rules of composition."""

import pytest
from sympy import Rational, exp, log

from scverify.symbolic.losses import supcon
from scverify.symbolic.row import RowFormula, a, c, row_sum, s
from scverify.symbolic.shape import is_known_convex
from tests.oracles import curvature
from tests.symbolic.instances import CONVEX, FORMULAS


@pytest.mark.parametrize("name", FORMULAS)
def test_the_convex_rows_are_known_and_the_oracle_agrees(name):
    assert is_known_convex(FORMULAS[name]) == (name in (*CONVEX, "counted"))
    assert is_known_convex(FORMULAS[name]) == curvature.is_convex(FORMULAS[name])


def test_a_row_turned_upside_down_is_not_convex():
    assert not is_known_convex(RowFormula("upside down", -supcon.formula.expression))
    assert not is_known_convex(RowFormula("concave", log(row_sum(c[a] * s[a]))))


def test_what_the_kernel_cannot_read_is_not_shown_to_be_convex():
    # a power 4/3 of a convex, non-negative function is convex, but the kernel's grammar has no cube roots
    assert not is_known_convex(RowFormula("cubes", row_sum(c[a] * exp(s[a])) ** Rational(4, 3)))
