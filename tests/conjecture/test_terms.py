"""Terms of a loss in a formula: what substitution reaches, how they unfold, and how they read."""

import pytest
import sympy
from sympy import Symbol, symbols

from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.formulas import Formula
from scverify.conjecture.terms import as_expression, from_two, in_latex, letters, readable, unfolded
from scverify.errors import InputError
from scverify.symbolic.losses import supcon
from scverify.symbolic.row import a, row_sum, s, tau

own, cross = symbols("beta u", real=True)


def test_substitution_reaches_the_arguments_of_a_term():
    n = class_size("c")
    slope = ClassRow(supcon, n, own, (Seen(1, n, cross),)).slope(cross).subs({own: 1, cross: -1})
    assert unfolded(slope).free_symbols == {tau, *n.free_symbols}
    assert in_latex(slope) == r"\partial_{u} L_{n_{c}}\bigl|_{\beta = 1, u = -1}"
    assert in_latex(slope**2) == r"\left(\partial_{u} L_{n_{c}}\bigl|_{\beta = 1, u = -1}\right)^{2}"


def test_numbers_from_two_on_read_as_themselves():
    k = from_two("k")
    assert (k - 1).is_positive and readable(k - 1) == Symbol("k") - 1
    assert Formula(k, "> 0").latex == "k > 0"


def test_letters_leave_out_the_row():
    x = Symbol("x")
    assert letters(x * row_sum(s[a] / tau)) == {x, tau}


@pytest.mark.parametrize("given", [None, "x +", [], lambda: 1, sympy.true])
def test_what_is_no_expression_is_refused(given):
    assert as_expression(3) == sympy.Integer(3)
    with pytest.raises(InputError, match="expression"):
        as_expression(given)
