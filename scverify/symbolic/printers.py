"""Row formulas in other languages: NumPy source, mpmath functions, CVXPY, the kernel's nested lists and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Abs, Add, Expr, Indexed, Integer, Max, Min, Mul, Pow, Rational, Sum, Symbol, exp, lambdify, log
from sympy.core.numbers import Exp1
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from scverify.errors import InputError
from scverify.symbolic.calculus import gradient, hessian_product
from scverify.symbolic.numpy_program import NumpyProgram, direction
from scverify.symbolic.symbols import PARAMETERS, a, c, m, q, s, tau

if TYPE_CHECKING:
    import cvxpy

    from scverify.symbolic.row import KernelTree, RowFormula

_KERNEL_LEAVES: dict[Expr, str] = {s[a]: "s", c[a]: "c", q[a]: "q", tau: "tau", **{x: name for name, x in PARAMETERS.items()}}


def to_numpy_source(name: str, results: Sequence[Expr]) -> str:
    """Source of the function ``name(s, c, q, tau, unit, v)`` that returns ``results``.

    A Sum is a reduction over the last axis; entries outside a Sum must have the index ``a`` too.
    See ``compiled`` for the helpers that the source calls and for the meaning of the arguments.
    """
    return NumpyProgram().source(name, ("s", "c", "q", "tau", "unit", "v=None"), results)


def row_source(formula: RowFormula) -> str:
    """Source of a row's value, value_and_gradient and hessian_product, each derived by SymPy."""
    index = Symbol("b", integer=True, nonnegative=True)
    slope = gradient(formula, index).xreplace({index: a})
    product = hessian_product(formula, index, direction).xreplace({index: a})
    results = {"value": [formula.expression], "value_and_gradient": [formula.expression, slope], "hessian_product": [product]}
    return "\n\n".join(to_numpy_source(name, expressions) for name, expressions in results.items())


def to_mpmath(expression: Expr, index: Symbol | None = None) -> Callable[..., Any]:
    """A function (s, c, q, tau[, index]) of lists of mpf and an mpf: the expression as it stands, term by term, in mpmath's precision.

    Nothing is stabilised: mpmath's exponents do not overflow.
    """
    extra = () if index is None else (index,)
    function = lambdify((s, c, q, tau, m, *extra), expression, modules="mpmath")
    return lambda s, c, q, tau, *entry: function(s, c, q, tau, len(s), *entry)


def to_kernel(expression: Expr) -> KernelTree:
    """The kernel's nested lists: leaves "s", "c", "q", "tau" and rationals as text; operations add, mul, pow, exp, log, sqrt, sum.

    Sums and products are in a fixed order, so that equal formulas give equal trees. InputError for anything else, such as a cube root.
    """
    return _tree(expression, _row_atom)


def to_scalar(expression: Expr) -> KernelTree:
    """The kernel's nested lists of an expression in real variables: their names as leaves, and also abs and root.

    Hyperbolic functions are written with exp, minima and maxima with abs, powers with other exponents as exp(exponent log base).
    InputError for anything else.
    """
    return _tree(expression.replace(lambda x: isinstance(x, HyperbolicFunction), lambda x: x.rewrite(exp)), _scalar_atom)


def _tree(expression: Expr, atom: Callable[[Expr], KernelTree | None]) -> KernelTree:
    """Nested lists of an expression; `atom` knows the leaves and operations of one of the two languages, None for the common ones."""
    known = atom(expression)
    if known is not None:
        return known
    match expression:
        case Rational():
            return str(expression)
        case Add():
            ordered = sorted(expression.args, key=lambda term: (term.could_extract_minus_sign(), str(_tree(term, atom))))
            return ["add", *(_tree(term, atom) for term in ordered)]
        case Mul():
            return ["mul", *(_tree(factor, atom) for factor in sorted(expression.args, key=_factor_order))]
        case exp() | log():
            return [expression.func.__name__, _tree(expression.args[0], atom)]
        case Pow() if isinstance(expression.exp, Integer):
            return ["pow", _tree(expression.base, atom), int(expression.exp)]
        case Pow() if isinstance(expression.exp, Rational) and expression.exp.q == 2:
            root: KernelTree = ["sqrt", _tree(expression.base, atom)]
            return root if expression.exp.p == 1 else ["pow", root, int(expression.exp.p)]
        case _:
            raise InputError(f"{expression} for the checker", "+, *, integer powers, sqrt, exp, log, Sum", "rewrite the formula with these")


def _row_atom(expression: Expr) -> KernelTree | None:
    if expression in _KERNEL_LEAVES:
        return _KERNEL_LEAVES[expression]
    return ["sum", to_kernel(expression.function)] if isinstance(expression, Sum) else None


def _scalar_atom(expression: Expr) -> KernelTree | None:
    """Variables, e, magnitudes, minima and maxima, roots, and powers whose exponent is not rational."""
    match expression:
        case Symbol():
            return str(expression.name)
        case Exp1():
            return ["exp", "1"]
        case Abs():
            return ["abs", to_scalar(expression.args[0])]
        case Max() | Min():
            first, *rest = expression.args
            other = expression.func(*rest)
            sign = 1 if isinstance(expression, Max) else -1
            return to_scalar((first + other + sign * Abs(first - other, evaluate=False)) / 2)
        case Pow() if isinstance(expression.exp, Rational) and expression.exp.q > 2:
            root: KernelTree = ["root", to_scalar(expression.base), int(expression.exp.q)]
            return root if expression.exp.p == 1 else ["pow", root, int(expression.exp.p)]
        case Pow() if not isinstance(expression.exp, Rational):
            return to_scalar(exp(expression.exp * log(expression.base)))
    return None


def to_cvxpy(
    formula: RowFormula, similarities: cvxpy.Expression, c_row: Sequence[float], q_row: Sequence[float], temperature: float
) -> cvxpy.Expression:
    """The row as a convex CVXPY expression (DCP) of the ``similarities`` (m,), with numbers ``c_row``, ``q_row`` (m,) and ``temperature``.

    InputError where the formula is not convex by CVXPY's rules.
    """
    leaves = {s[a]: similarities, c[a]: np.asarray(c_row, dtype=float), q[a]: np.asarray(q_row, dtype=float), tau: float(temperature)}
    row: cvxpy.Expression = _CvxpyRow(leaves).build(formula.expression)
    if not row.is_convex():
        raise _not_convex(formula.expression)
    return row


class _CvxpyRow:
    """Builds CVXPY expressions from the tree of a row formula; exponential sums under a logarithm become log_sum_exp."""

    def __init__(self, leaves: dict[Expr, Any]) -> None:
        self._leaves = leaves
        self._cvxpy: Any = import_module("cvxpy")

    def build(self, expression: Expr) -> Any:
        """A number, an array (m,) or a CVXPY expression."""
        if expression in self._leaves:
            return self._leaves[expression]
        match expression:
            case Rational():
                return float(expression)
            case Add():
                return sum((self.build(term) for term in expression.args[1:]), start=self.build(expression.args[0]))
            case Mul():
                return self._product(expression)
            case Sum():
                return self._apply("sum", self.build(expression.function))
            case Pow():
                return self._apply("power", self.build(expression.base), float(expression.exp))
            case exp():
                return self._apply("exp", self.build(expression.args[0]))
            case log() if expression.has(exp):
                return self._log_sum_exp(expression.args[0])
            case log():
                return self._apply("log", self.build(expression.args[0]))
            case _:
                raise _not_convex(expression)

    def _apply(self, name: str, argument: Any, *options: float) -> Any:
        """A function of that name: NumPy's for numbers, CVXPY's for expressions."""
        return getattr(np if _is_constant(argument) else self._cvxpy, name)(argument, *options)

    def _product(self, expression: Expr) -> Any:
        factors = [self.build(factor) for factor in expression.args]
        constants = [factor for factor in factors if _is_constant(factor)]
        variables = [factor for factor in factors if not _is_constant(factor)]
        scale = np.prod(np.broadcast_arrays(1.0, *constants), axis=0)
        if not variables:
            return scale
        if len(variables) > 1:
            raise _not_convex(expression)
        return self._cvxpy.multiply(scale, variables[0])

    def _log_sum_exp(self, argument: Expr) -> Any:
        """The logarithm of weighted exponentials: summed over the row where they stand in Sums, entry by entry where they do not."""
        terms = Add.make_args(argument)
        if not any(term.replace(Sum, lambda *_: Integer(1)).has(Indexed) for term in terms):
            return self._cvxpy.log_sum_exp(self._cvxpy.hstack([self._row_exponents(term) for term in terms]))
        pairs = [self._exponential(term) for term in terms]
        length = self._leaves[s[a]].size
        columns = [self._cvxpy.reshape(exponent + np.log(weight) + np.zeros(length), (length, 1), order="C") for exponent, weight in pairs]
        return self._cvxpy.log_sum_exp(self._cvxpy.hstack(columns), axis=1)

    def _row_exponents(self, term: Expr) -> Any:
        """The exponents of ``term``, a multiple of a Sum of exponentials or one exponential, with the logarithms of their weights."""
        factor, total = term.as_independent(Sum)
        if not isinstance(total, Sum):
            exponent, weight = self._exponential(term)
            return exponent + np.log(weight)
        exponent, weight = self._exponential(factor * total.function)
        weights = np.broadcast_to(weight, exponent.shape)
        used = np.flatnonzero(weights)
        return exponent[used] + np.log(weights[used])

    def _exponential(self, term: Expr) -> tuple[Any, Any]:
        """(exponent, weight) with ``term`` = weight * exp(exponent) and a number or an array >= 0 for the weight."""
        exponents = [factor.args[0] for factor in Mul.make_args(term) if isinstance(factor, exp)]
        weight = self.build(Mul(*[factor for factor in Mul.make_args(term) if not isinstance(factor, exp)]))
        if not _is_constant(weight) or np.min(weight) < 0:
            raise _not_convex(log(term))
        return self.build(Add(*exponents)), weight


def _is_constant(value: Any) -> bool:
    return isinstance(value, (int, float, np.ndarray, np.generic))


def _not_convex(expression: Expr) -> InputError:
    return InputError(
        f"{expression}, which CVXPY cannot read as convex", "rows convex by CVXPY's rules", "use another solver for this loss"
    )


def _factor_order(factor: Expr) -> tuple[int, str]:
    """Numbers, coefficients, powers of tau, similarities, then the rest."""
    base = factor.base if isinstance(factor, Pow) else factor
    if isinstance(base, Indexed):
        return (1 if base.base in (c, q) else 3), str(factor)
    return (0 if factor.is_number else 2 if base == tau else 4), str(factor)
