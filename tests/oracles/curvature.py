"""What the maker believes about a row formula's shape in s: convexity by composition, and the sign of the self slope.

Searchers use this to choose a level; the kernel decides the same questions again by rules of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import sympy
from sympy import Expr, Rational, Sum

from scverify.symbolic.row import RowFormula, a, c, q, s, tau


@dataclass(frozen=True)
class Shape:
    """Properties of an expression as a function of s, for c, q >= 0 and tau > 0; False means not known."""

    constant: bool = False
    convex: bool = False
    concave: bool = False
    log_convex: bool = False
    nonnegative: bool = False


_AFFINE = Shape(convex=True, concave=True)


def shape(expression: Expr) -> Shape:
    """The shape of an expression by the rules of composition (Boyd and Vandenberghe 2004, 3.2 and 3.5)."""
    if not expression.has(s):
        sign = _constant_is_nonnegative(expression)
        return Shape(True, True, True, sign, sign)
    if expression == s[a]:
        return _AFFINE
    arguments = [shape(arg) for arg in expression.args] if not isinstance(expression, Sum) else []
    match expression:
        case Sum():
            return shape(expression.function)
        case sympy.Add():
            return Shape(*(all(getattr(x, field) for x in arguments) for field in Shape.__dataclass_fields__))
        case sympy.Mul():
            return _product(expression)
        case sympy.exp():
            return Shape(convex=arguments[0].convex, log_convex=arguments[0].convex, nonnegative=True)
        case sympy.log():
            return Shape(convex=arguments[0].log_convex)
        case sympy.Pow():
            return _power(arguments[0], expression.exp)
        case _:
            return Shape()


@lru_cache(maxsize=256)
def is_convex(formula: RowFormula) -> bool:
    """Whether composition shows the row to be convex in s for all c, q >= 0 and tau > 0."""
    return shape(formula.expression).convex


def self_slope_is_never_positive(
    formula: RowFormula, own_c: Fraction, own_q: Fraction, temperature: Fraction, bound: Fraction | None
) -> bool:
    """(R3) of MATH 3: whether raising the self entry, up to `bound` (None: no bound), never raises a convex row."""
    slope = _largest_slope(formula, own_c != 0)
    if slope is None or (slope.has(s) and bound is None):
        return False
    values = (own_c, own_q, temperature, Fraction(0) if bound is None else bound)
    try:
        return bool(_in_fractions(slope)(*values) <= 0)
    except (NameError, TypeError, ZeroDivisionError):
        entries = dict(zip((c[a], q[a], tau, s[a]), map(_exact, values), strict=True))
        return bool(sympy.N(slope.subs(entries), 50) <= 0)


@lru_cache(maxsize=256)
def _largest_slope(formula: RowFormula, outcome: bool) -> Expr | None:
    """The slope of `_separate_slope`, and that of the logarithm: kappa * p_self, at most kappa, and 0 where the entry is no outcome."""
    slope, split = _separate_slope(formula), formula.log_sum_exp
    return slope + split.kappa if slope is not None and split is not None and outcome else slope


@lru_cache(maxsize=256)
def _in_fractions(slope: Expr) -> Callable[..., Fraction]:
    """A function of (c, q, tau, s) in exact numbers; it raises NameError or TypeError where the slope is not rational."""
    places = {c[a]: sympy.Symbol("c_a"), q[a]: sympy.Symbol("q_a"), s[a]: sympy.Symbol("s_a")}
    function: Callable[..., Fraction] = sympy.lambdify((places[c[a]], places[q[a]], tau, places[s[a]]), slope.subs(places), modules=[{}])
    return function


@lru_cache(maxsize=256)
def _separate_slope(formula: RowFormula) -> Expr | None:
    """The slope in one entry of the row, its log-sum-exp aside, where it depends on that entry alone; None elsewhere."""
    split = formula.log_sum_exp
    slope: Expr = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(formula.expression if split is None else split.remainder)):
        factor, rest = term.as_independent(Sum)
        if rest == 1:
            continue
        if not isinstance(rest, Sum) or factor.has(s):
            return None
        slope += factor * sympy.diff(rest.function, s[a])
    return slope


def _product(expression: Expr) -> Shape:
    factor, rest = expression.as_independent(s)
    factors = [shape(x) for x in sympy.Mul.make_args(rest)]
    result = factors[0]
    if len(factors) > 1:
        result = Shape(log_convex=all(x.log_convex for x in factors), nonnegative=all(x.nonnegative for x in factors))
        result = replace(result, convex=result.log_convex)
    if _constant_is_nonnegative(factor):
        return result
    if _constant_is_nonnegative(-factor):
        return Shape(convex=result.concave, concave=result.convex)
    return Shape()


def _power(base: Shape, exponent: Expr) -> Shape:
    if not (exponent.is_Integer and exponent > 0):
        return Shape()
    even = exponent % 2 == 0
    affine = base.convex and base.concave
    convex = (even and affine) or (base.convex and base.nonnegative) or base.log_convex
    return Shape(convex=bool(convex), log_convex=base.log_convex, nonnegative=bool(even) or base.nonnegative)


def _constant_is_nonnegative(expression: Expr) -> bool:
    stand_ins = {base[a]: sympy.Symbol(f"{base}_a", nonnegative=True) for base in (c, q)}
    plain = expression.replace(lambda x: isinstance(x, Sum), lambda x: x.function)
    plain = plain.subs(stand_ins)
    return bool(plain.is_nonnegative)


def _exact(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)
