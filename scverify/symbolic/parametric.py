"""Row formulas with parameters, as SymPy expressions (MATH 1). Imported where such a loss is made."""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Rational, exp, log

from scverify.symbolic.row import RowFormula
from scverify.symbolic.symbols import a, c, q, row_sum, s, tau


def _number(value: Fraction) -> Expr:
    return Rational(value.numerator, value.denominator)


def sigmoids(bias: Expr) -> Expr:
    """A sigmoid for each entry, of logit s/tau + bias: q counts the pairs that belong together, c the others."""
    logit = s[a] / tau + bias
    return row_sum(q[a] * log(1 + exp(-logit))) + row_sum(c[a] * log(1 + exp(logit)))


def logistic_row(bias: Fraction) -> RowFormula:
    """The row of sigmoids with a rational bias."""
    return RowFormula("binary_logistic", sigmoids(_number(bias)))


def multi_similarity_row(alpha: Fraction, beta: Fraction, margin: Fraction) -> RowFormula:
    """1/alpha log(1 + sum q e^{-alpha (s/tau - margin)}) + 1/beta log(1 + sum c e^{beta (s/tau - margin)})."""
    up, down, shifted = _number(alpha), _number(beta), s[a] / tau - _number(margin)
    pulled, pushed = row_sum(q[a] * exp(-up * shifted)), row_sum(c[a] * exp(down * shifted))
    return RowFormula("multi_similarity", log(1 + pulled) / up + log(1 + pushed) / down)


def cosface_row(margin: Fraction) -> RowFormula:
    """Cross-entropy whose label, q = 1, has the logit (s - margin)/tau; c = 1 on the other weights."""
    gap = _number(margin)
    outcomes = row_sum(c[a] * exp(s[a] / tau)) + exp(-gap / tau) * row_sum(q[a] * exp(s[a] / tau))
    return RowFormula("cosface", log(outcomes) - row_sum(q[a] * (s[a] - gap) / tau))
