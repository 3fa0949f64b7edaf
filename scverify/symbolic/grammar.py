"""The grammar of row formulas: what a SymPy expression may hold, and its split into a log-sum-exp and an affine remainder (MATH 1)."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Dummy, Expr, Indexed, Integer, Mul, Poly, PolynomialError, Pow, Rational, Sum, Symbol, exp, expand_mul, log

from scverify.errors import InputError
from scverify.symbolic.symbols import a, c, m, q, s, tau

_REMEDY = "write it with s[a], c[a], q[a], tau and row_sum(...)"
_ALLOWED = "+, *, rational powers, exp, log and Sum(..., (a, 0, m - 1)) over s[a], c[a], q[a] and tau"


@dataclass(frozen=True)
class LogSumExp:
    """The split ``log(Sum(coefficient * exp(kappa * s[a]))) + remainder`` of a row; ``remainder`` is affine in ``s``."""

    coefficient: Expr
    kappa: Expr
    remainder: Expr


def split(expression: Expr) -> LogSumExp | None:
    """The split into log(Sum(coefficient * exp(kappa * s))) and an affine remainder, or None where the row has no such form."""
    terms = Add.make_args(expand_mul(expression, deep=False))
    logs = [term for term in terms if isinstance(term, log)]
    if len(logs) != 1:
        return None
    remainder = Add(*[term for term in terms if term is not logs[0]])
    parts = _exponential_body(logs[0].args[0])
    if parts is None or not _is_affine(remainder):
        return None
    return LogSumExp(*parts, remainder)


def factor_of(expression: Expr) -> Expr:
    """The positive rational factor of the row's only logarithm; 1 where it has none or several."""
    products = [term.as_coeff_Mul() for term in Add.make_args(expression)]
    factors = [factor for factor, rest in products if isinstance(rest, log)]
    return factors[0] if len(factors) == 1 and factors[0] > 0 else Integer(1)


def positive_factor(expression: Expr) -> Expr | None:
    """What multiplies a row and does not look at it, such as tau or 1/log(2), where that is known to be positive; None elsewhere."""
    if not isinstance(expression, Mul):
        return None
    seen = (s, c, q)
    constants = [x for x in expression.args if not x.has(*seen)]
    factor = Mul(*constants)
    return factor if constants and len(constants) == len(expression.args) - 1 and factor.is_positive else None


def check_grammar(name: str, expression: object) -> None:
    """Raise InputError unless ``expression`` is a row formula."""
    if not isinstance(expression, Expr):
        raise _refusal(name, f"a {type(expression).__name__}, not a SymPy expression")
    totals = expression.atoms(Sum)
    for total in totals:
        _check_sum(name, total)
    outside = expression.xreplace({total: Dummy() for total in totals})
    stray = [atom for atom in outside.free_symbols if not isinstance(atom, Dummy) and atom != tau]
    if stray:
        raise _refusal(name, f"{_names(stray)} outside a Sum over the row")
    _check_operations(name, expression)
    if not any(total.function.has(s) for total in totals):
        raise _refusal(name, "no similarity s[a]")


def _check_sum(name: str, total: Sum) -> None:
    """Raise InputError unless ``total`` runs over the whole row and its body looks at one entry at a time."""
    if total.function.has(Sum):
        raise _refusal(name, "a Sum inside a Sum (one positive at a time is a row for each positive, as in losses.sincere)")
    if len(total.limits) != 1 or tuple(total.limits[0]) != (a, Integer(0), m - 1):
        raise _refusal(name, f"a Sum over {', '.join(str(limit) for limit in total.limits)}")
    body = total.function.xreplace({base[a]: Dummy() for base in (s, c, q)})
    stray = [atom for atom in body.free_symbols if not isinstance(atom, Dummy) and atom != tau]
    if stray:
        raise _refusal(name, f"{_names(stray)} inside a Sum")
    if body == total.function:
        raise _refusal(name, f"the Sum of {body}, in which neither s[a] nor c[a] nor q[a] occurs")
    _check_operations(name, total.function)


def _check_operations(name: str, expression: Expr) -> None:
    """Raise InputError on an operation or a number outside the small language."""
    if isinstance(expression, (Rational, Symbol, Indexed, Sum)):
        return
    if not isinstance(expression, (Add, Mul, Pow, exp, log)):
        raise _refusal(name, f"{expression} ({type(expression).__name__})")
    if isinstance(expression, Pow) and not isinstance(expression.exp, Rational):
        raise _refusal(name, f"the power {expression}, whose exponent is not rational")
    for argument in expression.args:
        _check_operations(name, argument)


def _refusal(name: str, found: str) -> InputError:
    return InputError(f"{name} is not a row formula: it has {found}", _ALLOWED, _REMEDY)


def _names(symbols: list[Expr]) -> str:
    """The names of symbols, an indexed one without its base."""
    indexed = [atom for atom in symbols if isinstance(atom, Indexed)]
    hidden = {part for atom in indexed for part in atom.free_symbols if part != atom}
    return ", ".join(sorted(str(atom) for atom in symbols if atom not in hidden))


def is_linear(body: Expr) -> bool:
    """Whether the body of a Sum is linear and homogeneous in (c[a], q[a])."""
    weights = (Dummy(), Dummy())
    replaced = body.xreplace(dict(zip((c[a], q[a]), weights, strict=True)))
    try:
        monomials = Poly(replaced, *weights).monoms()
    except PolynomialError:
        return False
    return all(sum(powers) == 1 for powers in monomials)


def _exponential_body(total: Expr) -> tuple[Expr, Expr] | None:
    """(coefficient, kappa) where ``total`` is Sum(coefficient * exp(kappa * s[a])) with coefficient and kappa free of s."""
    if not isinstance(total, Sum):
        return None
    factors = Mul.make_args(total.function)
    exponentials = [factor for factor in factors if factor.has(s)]
    if len(exponentials) != 1 or not isinstance(exponentials[0], exp):
        return None
    kappa = exponentials[0].args[0].expand().coeff(s[a])
    if kappa.has(s, c, q) or (exponentials[0].args[0] - kappa * s[a]).expand() != 0:
        return None
    return Mul(*[factor for factor in factors if factor is not exponentials[0]]), kappa


def _is_affine(expression: Expr) -> bool:
    """Whether ``expression`` is affine in the similarities: s only in linear bodies of Sums that stand in a linear place."""
    totals = [total for total in expression.atoms(Sum) if total.function.has(s)]
    places = {total: Dummy() for total in totals}
    outside = expression.xreplace(places)
    linear_outside = all(outside.diff(first, second) == 0 for first in places.values() for second in places.values())
    return linear_outside and all(total.function.diff(s[a], s[a]) == 0 for total in totals)
