"""Derivatives of a row formula for symbolic row length, derived by SymPy from the formula and never typed in (MATH 2).

A derivative by ``s[b]`` of a Sum over the row brings in KroneckerDelta(a, b); summing over ``a`` collapses it to the entry ``b``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from sympy import Add, Basic, Dummy, Expr, IndexedBase, Integer, Mul, Piecewise, Sum, Symbol, Tuple, diff, exp

from scverify.errors import InputError
from scverify.symbolic.grammar import LogSumExp
from scverify.symbolic.symbols import a, row_sum, s

if TYPE_CHECKING:
    from scverify.symbolic.row import RowFormula


def gradient(formula: RowFormula, b: Symbol) -> Expr:
    """The derivative of the row by ``s[b]``, an expression in the free index ``b`` with ``0 <= b < m``."""
    _check_free(b)
    return _collapse(diff(formula.expression, s[b]))


def hessian(formula: RowFormula, b: Symbol, b2: Symbol) -> Expr:
    """The second derivative of the row by ``s[b]`` and ``s[b2]``; KroneckerDelta(b, b2) stands for the diagonal."""
    _check_free(b2)
    if b == b2:
        raise InputError(f"the index {b} twice", "two different indices", "rename one")
    return _collapse(diff(gradient(formula, b), s[b2]))


def hessian_product(formula: RowFormula, b: Symbol, v: IndexedBase) -> Expr:
    """Entry ``b`` of the row's Hessian applied to the direction ``v``: the derivative of the gradient along ``s + step v``."""
    step = Dummy("step")
    slope = gradient(formula, b)
    moved = slope.xreplace({s[index]: s[index] + step * v[index] for index in (a, b)})
    return diff(moved, step).xreplace({step: Integer(0)})


@dataclass(frozen=True)
class VarianceIdentity:
    """MATH T1 for a log-sum-exp row: ``quadratic`` = v'Hv is kappa^2 times the variance of v under the row's probabilities.

    ``probability`` is p_a. ``quadratic`` comes from differentiation; ``variance`` is kappa^2 (Sum p v^2 - (Sum p v)^2); ``spread`` is
    kappa^2 Sum p (v - mean)^2, non-negative as it stands because p >= 0. The residuals are the expanded differences: both are 0.
    """

    probability: Expr
    quadratic: Expr
    variance: Expr
    spread: Expr
    variance_residual: Expr
    spread_residual: Expr

    @property
    def holds(self) -> bool:
        """Whether SymPy reduced both differences to 0: v'Hv = kappa^2 Var = kappa^2 Sum p (v - mean)^2 >= 0."""
        return bool(self.variance_residual == 0 and self.spread_residual == 0)


def variance_identity(formula: RowFormula) -> VarianceIdentity:
    """The identity v'Hv = kappa^2 Var_p(v) of a log-sum-exp row, for every row length, with its proof by expansion.

    InputError where the row is not a log-sum-exp with an affine remainder.
    """
    split = formula.log_sum_exp
    if split is None:
        raise InputError(f"the row {formula.name}", "a log-sum-exp row with an affine remainder", "this row's Hessian is not a variance")
    v = IndexedBase("v", real=True)
    b = Dummy("b", integer=True, nonnegative=True)
    total, probability = _probabilities(split)
    quadratic = row_sum(v[a] * _apart(hessian_product(formula, b, v)).xreplace({b: a}))
    mean = row_sum(probability * v[a])
    variance = split.kappa**2 * (row_sum(probability * v[a] ** 2) - mean**2)
    spread = split.kappa**2 * row_sum(probability * (v[a] - _apart(mean)) ** 2)
    first, second = _residual(quadratic - variance, total), _residual(variance - spread, total)
    return VarianceIdentity(
        probability=probability, quadratic=quadratic, variance=variance, spread=spread, variance_residual=first, spread_residual=second
    )


def _probabilities(split: LogSumExp) -> tuple[Expr, Expr]:
    """The row's normalising Sum and the probability of entry ``a``; the index inside the Sum is another one."""
    term = split.coefficient * exp(split.kappa * s[a])
    total = _apart(row_sum(term))
    return total, term / total


def _check_free(b: Symbol) -> None:
    if b == a:
        raise InputError(f"the index {b}", "an index other than the running one", "take another symbol")


def _collapse(expression: Expr) -> Expr:
    """Sum the KroneckerDelta away. SymPy's Piecewise asks whether ``0 <= b < m``, which holds by the meaning of ``b``."""
    return expression.doit().replace(Piecewise, lambda *branches: branches[0][0])


def _apart(expression: Expr) -> Expr:
    """The same expression with a fresh running index in each Sum, so that it may stand inside another Sum."""
    return expression.replace(Sum, _renamed)


def _renamed(body: Expr, limits: Tuple) -> Expr:
    fresh = Dummy("a", integer=True, nonnegative=True)
    return Sum(body.xreplace({limits[0]: fresh}), (fresh, *limits[1:]))


def _residual(difference: Expr, total: Expr) -> Expr:
    """``difference`` multiplied out, with constants pulled out of every Sum; 0 proves that the two sides are equal.

    The normaliser ``total`` is called Z from the start, and one of the Sums it falls into is expressed by Z at the end.
    """
    normaliser, (index, *_) = Dummy("Z", positive=True), total.limits[0]

    def named(body: Expr, limits: Tuple) -> Expr:
        same = (body.xreplace({limits[0]: index}) - total.function).expand() == 0
        return normaliser if same else Sum(body, limits)

    parts = _pull_out(total)
    part = min(parts.atoms(Sum), key=str)
    solved = part + (normaliser - parts) / parts.coeff(part)
    return _pull_out(difference.replace(Sum, named)).expand().xreplace({part: solved.expand()}).expand()


def _pull_out(expression: Basic) -> Expr:
    """Distribute every Sum over the terms of its body, take factors free of its index out, and name that index ``a``."""
    if not expression.args or not expression.has(Sum):
        return expression
    if not isinstance(expression, Sum):
        return expression.func(*(_pull_out(argument) for argument in expression.args))
    index, body = expression.limits[0][0], _pull_out(expression.function).expand()
    return reduce(Add, (_pulled_term(term, index) for term in Add.make_args(body)), Integer(0))


def _pulled_term(term: Expr, index: Symbol) -> Expr:
    outside = [factor for factor in Mul.make_args(term) if index not in factor.free_symbols]
    inside = Mul(*[factor for factor in Mul.make_args(term) if index in factor.free_symbols])
    return Mul(*outside, row_sum(inside.xreplace({index: a})))
