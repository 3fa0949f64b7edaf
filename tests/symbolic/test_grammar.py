import pytest
from sympy import Float, Integer, Max, Rational, Sum, Symbol, exp, log, oo, pi, sin, sqrt

from scverify.errors import InputError
from scverify.symbolic.losses import spectral, supcon, supcon_in
from scverify.symbolic.row import RowFormula, a, c, m, q, row_sum, s, tau
from tests.symbolic.instances import counted, mixed, n_pair, ratio, softplus

REFUSED = {
    "not an expression": (1, "int"),
    "similarity outside a Sum": (s[a] + row_sum(s[a]), r"s\[a\] outside"),
    "shifted entry": (row_sum(s[a + 1]), r"s\[a \+ 1\]"),
    "fixed entry": (row_sum(s[0] * c[a]), r"s\[0\]"),
    "position": (row_sum(a * s[a]), "a inside"),
    "other function": (sin(row_sum(s[a])), "sin"),
    "no similarity": (row_sum(c[a]), "no similarity"),
    "symbolic power": (row_sum(s[a]) ** tau, "exponent"),
    "float": (row_sum(s[a] * Float("0.5")), "Float"),
    "part of the row": (Sum(s[a], (a, 1, m - 1)), "Sum over"),
    "row too long": (Sum(s[a], (a, 0, m)), "Sum over"),
    "row length": (m * row_sum(s[a]), "m outside"),
    "stray symbol": (row_sum(s[a]) * Symbol("x"), "x outside"),
    "stray symbol inside": (row_sum(s[a] * Symbol("x")), "x inside"),
    "maximum": (row_sum(Max(0, s[a])), "Max"),
    "nested sum": (row_sum(s[a] * row_sum(c[a])), "Sum inside.*for each positive"),
    "irrational number": (row_sum(s[a]) + pi, "Pi"),
    "infinity": (row_sum(s[a]) + oo, "Infinity"),
    "constant body": (row_sum(s[a]) + row_sum(tau), "neither"),
}


@pytest.mark.parametrize(("expression", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_row_formula_is_refused_with_its_reason(expression, reason):
    with pytest.raises(InputError, match=reason) as refusal:
        RowFormula("mine", expression)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("mine is not a row formula")


@pytest.mark.parametrize("formula", [supcon.formula, supcon_in.formula, spectral.formula, softplus, n_pair, ratio, mixed])
def test_sums_linear_in_the_coefficients_are_additive(formula):
    assert formula.is_additive


@pytest.mark.parametrize(
    "expression",
    [
        counted.expression,
        row_sum(s[a]),
        row_sum(c[a] ** 2 * s[a]),
        row_sum(c[a] * q[a] * s[a]),
        row_sum((1 + c[a]) * s[a]),
        row_sum(exp(c[a]) * s[a]),
    ],
)
def test_other_sums_are_not_additive(expression):
    assert not RowFormula("mine", expression).is_additive


def test_log_sum_exp_split_of_supcon():
    split = supcon.formula.log_sum_exp
    assert (split.coefficient, split.kappa, split.remainder) == (c[a], 1 / tau, -row_sum(q[a] * s[a] / tau))


@pytest.mark.parametrize("kappa", [1 / tau, -2 / tau**2, Rational(3, 2), sqrt(tau)])
def test_log_sum_exp_split_puts_the_row_together_again(kappa):
    expression = log(row_sum((c[a] + 2 * q[a]) * exp(kappa * s[a]))) + tau * row_sum(s[a] * q[a]) * row_sum(c[a]) - 5
    split = RowFormula("mine", expression).log_sum_exp
    assert split.kappa == kappa
    together = log(row_sum(split.coefficient * exp(split.kappa * s[a]))) + split.remainder
    assert (together - expression).expand() == 0


@pytest.mark.parametrize(
    "expression",
    [
        supcon_in.formula.expression,
        spectral.formula.expression,
        softplus.expression,
        n_pair.expression,
        2 * log(row_sum(c[a] * exp(s[a]))),
        log(row_sum(c[a] * s[a] * exp(s[a]))),
        log(row_sum(c[a] * exp(s[a] ** 2))),
        log(row_sum(exp(c[a] * s[a]))),
        log(row_sum(c[a] * exp(s[a]))) + row_sum(s[a] ** 2),
        log(row_sum(c[a] * exp(s[a]))) + row_sum(s[a]) ** 2,
        log(row_sum(c[a] * exp(s[a]))) + row_sum(s[a]) * row_sum(q[a] * s[a]),
        Integer(2) ** 1 * row_sum(s[a]),
    ],
)
def test_rows_that_are_no_log_sum_exp_have_no_split(expression):
    assert RowFormula("mine", expression).log_sum_exp is None
