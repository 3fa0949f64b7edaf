"""Row formulas with parameters, as SymPy expressions (MATH 1). Imported where an expression is asked for, or a factor is 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from sympy import Expr, Integer, Rational, exp, log

from scverify.symbolic.symbols import PARAMETERS, a, c, q, row_sum, s, tau

_ZERO = Integer(0)


def sigmoids(bias: Expr) -> Expr:
    """A sigmoid for each entry, of logit s/tau + bias: q counts the pairs that belong together, c the others."""
    return _logistic(bias, -bias)


def _logistic(p_bias: Expr = _ZERO, p_minus_bias: Expr = _ZERO) -> Expr:
    """`sigmoids`, the bias and its opposite apart."""
    return row_sum(q[a] * log(1 + exp(p_minus_bias - s[a] / tau))) + row_sum(c[a] * log(1 + exp(s[a] / tau + p_bias)))


def _multi_similarity(
    p_minus_alpha: Expr,
    p_alpha_inverse: Expr,
    p_beta: Expr,
    p_beta_inverse: Expr,
    p_alpha_margin: Expr = _ZERO,
    p_minus_beta_margin: Expr = _ZERO,
) -> Expr:
    """1/alpha log(1 + sum q e^{-alpha (s/tau - margin)}) + 1/beta log(1 + sum c e^{beta (s/tau - margin)})."""
    pulled = row_sum(q[a] * exp(p_minus_alpha * s[a] / tau + p_alpha_margin))
    pushed = row_sum(c[a] * exp(p_beta * s[a] / tau + p_minus_beta_margin))
    return log(1 + pulled) * p_alpha_inverse + log(1 + pushed) * p_beta_inverse


def _cosface(p_minus_margin: Expr = _ZERO) -> Expr:
    """Cross-entropy whose label, q = 1, has the logit (s - margin)/tau; c = 1 on the other weights."""
    outcomes = row_sum(c[a] * exp(s[a] / tau)) + exp(p_minus_margin / tau) * row_sum(q[a] * exp(s[a] / tau))
    return log(outcomes) - row_sum(q[a] * (s[a] + p_minus_margin) / tau)


_MAKERS: dict[str, Callable[..., Expr]] = {"logistic": _logistic, "multi_similarity": _multi_similarity, "cosface": _cosface}


def expression_at(template: str, numbers: Mapping[str, Fraction]) -> Expr:
    """The expression of a template at the numbers of its parameters."""
    return _MAKERS[template.partition(" ")[0]](**{name: Rational(x.numerator, x.denominator) for name, x in numbers.items()})


def template_of(template: str, names: tuple[str, ...]) -> Expr:
    """The expression of a template in its parameters, as symbols."""
    return _MAKERS[template.partition(" ")[0]](**{name: PARAMETERS[name] for name in names})
