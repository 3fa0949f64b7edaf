"""A small instance written out entry by entry: the second, slow and independent route to value, gradient and Hessian.

Every entry of H is a scalar symbol and every anchor a sum over the samples, as in MATH 1. Nothing is shared with ``calculus`` or
``compiled``: no symbolic row length, no reduction of classes, no stabilisation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Add, Expr, Integer, Matrix, Rational, Sum, Symbol, diff, lambdify

from scverify.errors import InputError
from scverify.symbolic.losses import ClassTable, CoefficientRule, SampleTable
from scverify.symbolic.row import RowFormula
from scverify.symbolic.symbols import a, c, k, n_anchors, n_other, n_own, n_samples, q, s, tau

if TYPE_CHECKING:
    from scverify.model.problem import Problem

# a Hessian has the square of this many expressions, each as long as the loss
_LARGEST = 60


class Entrywise:
    """The loss of a problem at H (dim x n), L(H'H), as one expression in the dim * n entries of H, for dim * n <= 60.

    Value, gradient (dim x n) and Hessian (dim n x dim n, entries of H taken row by row) are evaluated by NumPy, or in mpmath's precision
    with ``arithmetic="mpmath"``, which small temperatures need. A ridge term is not included. InputError where the dimension is
    missing or the instance too large.
    """

    def __init__(self, problem: Problem, arithmetic: str = "numpy") -> None:
        """Write out the instance; derivatives are taken when they are first asked for."""
        if problem.dim is None or problem.dim * problem.classes.n > _LARGEST:
            size = "no dimension" if problem.dim is None else f"{problem.dim} x {problem.classes.n} entries"
            raise InputError(f"a problem with {size}", f"a dimension, and at most {_LARGEST} entries in H", "choose a smaller instance")
        self.problem = problem
        self.arithmetic = arithmetic
        self.embeddings = Matrix(problem.dim, problem.classes.n, lambda row, column: Symbol(f"H_{row}_{column}", real=True))
        self.expression = _loss(problem, self.embeddings.T * self.embeddings)

    @cached_property
    def variables(self) -> list[Symbol]:
        """The entries of H, row by row."""
        return list(self.embeddings)

    @cached_property
    def slopes(self) -> list[Expr]:
        """The derivative of the loss by each of ``variables``."""
        return [diff(self.expression, variable) for variable in self.variables]

    def value(self, embeddings: Any) -> Any:
        """The loss at ``embeddings`` (dim x n)."""
        return self._compiled_value(*np.ravel(embeddings))

    def gradient(self, embeddings: Any) -> np.ndarray[Any, Any]:
        """The gradient at ``embeddings``, shape (dim, n)."""
        return np.array(self._compiled_gradient(*np.ravel(embeddings))).reshape(self.embeddings.shape)

    def hessian(self, embeddings: Any) -> np.ndarray[Any, Any]:
        """The Hessian at ``embeddings``, shape (dim n, dim n)."""
        upper = iter(self._compiled_hessian(*np.ravel(embeddings)))
        size = len(self.variables)
        matrix = np.empty((size, size), dtype=float if self.arithmetic == "numpy" else object)
        for row in range(size):
            for column in range(row, size):
                matrix[row, column] = matrix[column, row] = next(upper)
        return matrix

    @cached_property
    def _compiled_value(self) -> Callable[..., Any]:
        return self._compile(self.expression)

    @cached_property
    def _compiled_gradient(self) -> Callable[..., Any]:
        return self._compile(self.slopes)

    @cached_property
    def _compiled_hessian(self) -> Callable[..., Any]:
        slopes, variables = self.slopes, self.variables
        return self._compile([diff(slopes[row], variable) for row in range(len(slopes)) for variable in variables[row:]])

    def _compile(self, expressions: Expr | list[Expr]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = lambdify(self.variables, expressions, modules=self.arithmetic, cse=True)
        return compiled


def _loss(problem: Problem, gram: Matrix) -> Expr:
    """Sum over the anchors i of weight_i * row(G_i.; c_i, q_i, tau)."""
    labels = [int(label) for label in problem.classes.labels]
    rows = [_anchor_row(problem, labels, i, gram) for i in range(len(labels))]
    total = Add(*rows)
    return total / _anchors(problem) if problem.reduction == "mean" else total


def _anchor_row(problem: Problem, labels: list[int], i: int, gram: Matrix) -> Expr:
    coefficients = problem.loss.coefficients
    if not isinstance(coefficients, SampleTable) and labels.count(labels[i]) == 1:
        return Integer(0)
    weight = _coefficient(problem, labels, "weight", i, i)
    if weight == 0:
        return Integer(0)
    own = isinstance(coefficients, SampleTable)
    entries = [
        {s[a]: gram[i, j], **{base[a]: _coefficient(problem, labels, str(base), i, j) if own or j != i else Integer(0) for base in (c, q)}}
        for j in range(len(labels))
    ]
    return weight * _written_out(problem.loss.formula, entries).subs(tau, _exact(problem.temperature))


def _written_out(formula: RowFormula, entries: list[dict[Expr, Expr]]) -> Expr:
    """The row formula with every Sum as a plain sum of its bodies at the entries."""
    return formula.expression.replace(Sum, lambda body, limits: Add(*[body.xreplace(entry) for entry in entries]))


def _coefficient(problem: Problem, labels: list[int], name: str, i: int, j: int) -> Expr:
    """``weight`` of anchor i, or its coefficient ``c`` or ``q`` on sample j."""
    coefficients = problem.loss.coefficients
    match coefficients:
        case SampleTable():
            return _exact(coefficients.weight[i] if name == "weight" else getattr(coefficients, name)[i][j])
        case ClassTable():
            return _exact(coefficients.weight[labels[i]] if name == "weight" else getattr(coefficients, name)[labels[i]][labels[j]])
        case CoefficientRule():
            sign = "positive" if labels[i] == labels[j] else "negative"
            entry: Expr = coefficients.weight if name == "weight" else getattr(coefficients, f"{sign}_{name}")
            sizes = {n_own: labels.count(labels[i]), n_other: labels.count(labels[j])}
            return entry.subs({**sizes, k: problem.classes.k, n_samples: len(labels), n_anchors: _anchors(problem)})


def _anchors(problem: Problem) -> int:
    """Number of samples that have a positive."""
    return sum(size for size in problem.classes.sizes if size > 1)


def _exact(value: Any) -> Rational:
    return Rational(value.numerator, value.denominator)
