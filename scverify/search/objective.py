"""Value, gradient and Hessian products of a level (MATH 3): one code for samples, classes and groups, for float64 and for balls.

Rows are arrays X (u, u+1) laid out as in Level. Factors are means W (u, r) and spread (u,): the m_g classes of node g are w_g plus
sqrt(spread_g) times the vertices of a unit simplex in private dimensions (orthonormal vectors where embeddings are non-negative), so

    beta_g = |w_g|^2 + spread_g,    a_g = |w_g|^2 - overlap_g spread_g,    X_gh = <w_g, w_h>,    overlap_g = 1/(m_g - 1), or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel, ball
from scverify.symbolic.compiled import Evaluators, evaluators

Array = NDArray[Any]


@dataclass(frozen=True)
class Objective:
    """The loss of a level with its ridge term; arrays are float64, or object arrays of flint.arb.

    weight, ridge (the slope of the ridge term in beta) and overlap have shape (u,), c and q (u, u+1).
    """

    formula: Evaluators
    anchors: NDArray[np.bool_]
    weight: Array
    c: Array
    q: Array
    tau: Any
    ridge: Array
    overlap: Array

    @classmethod
    def floats(cls, level: WorkingLevel) -> Objective:
        """The objective in float64."""
        return cls._of(level, float, np.float64)

    @classmethod
    def balls(cls, level: WorkingLevel) -> Objective:
        """The objective in balls, its coefficients rounded at the current precision of flint."""
        return cls._of(level, ball, object)

    @classmethod
    def _of(cls, level: WorkingLevel, convert: Callable[[Any], Any], kind: type) -> Objective:
        norm = norm_constraint(level.problem.constraint)
        half = norm.weight / 2 if isinstance(norm, Ridge) else Fraction(0)
        simplex = not isinstance(level.problem.constraint, NonNegative)
        multiplicity = level.multiplicity

        def array(values: Iterable[Any]) -> Array:
            return np.array([convert(value) for value in values], dtype=kind)

        c, q = (table.array(convert, kind) for table in level.tables)
        return cls(
            formula=evaluators(level.problem.loss.formula),
            anchors=np.array([weight != 0 for weight in level.weight]),
            weight=array(level.weight),
            c=c,
            q=q,
            tau=convert(level.problem.temperature),
            ridge=array(half * m * mass for m, mass in zip(multiplicity, level.mass, strict=True)),
            overlap=array(Fraction(1, m - 1) if simplex and m > 1 else Fraction(0) for m in multiplicity),
        )

    def similarities(self, means: Array, spread: Array) -> Array:
        """X (u, u+1) at the factors."""
        gram = means @ means.T
        squares = _diagonal(gram)
        rows = np.concatenate([gram, (squares + spread)[:, None]], axis=1)
        np.fill_diagonal(rows, squares - self.overlap * spread)
        return rows

    def similarity_change(self, means: Array, means_change: Array, spread_change: Array) -> Array:
        """The derivative of X (u, u+1) along a change of the factors."""
        half = means @ means_change.T
        gram = half + half.T
        squares = _diagonal(gram)
        rows = np.concatenate([gram, (squares + spread_change)[:, None]], axis=1)
        np.fill_diagonal(rows, squares - self.overlap * spread_change)
        return rows

    def value(self, rows: Array) -> Any:
        """The loss at X (u, u+1), a number."""
        on = self.anchors
        loss = self.formula.value(rows[on], self.c[on], self.q[on], self.tau)
        return (self.weight[on] * loss).sum() + (self.ridge * rows[:, -1]).sum()

    def value_and_gradient(self, rows: Array) -> tuple[Any, Array]:
        """The loss at X and D (u, u+1), its derivative by each entry of X (rows independent)."""
        on = self.anchors
        loss, slopes = self.formula.value_and_gradient(rows[on], self.c[on], self.q[on], self.tau)
        gradient = self._scattered(slopes)
        gradient[:, -1] = gradient[:, -1] + self.ridge
        return (self.weight[on] * loss).sum() + (self.ridge * rows[:, -1]).sum(), gradient

    def hessian_product(self, rows: Array, change: Array) -> Array:
        """The derivative of D (u, u+1) along a change of X."""
        on = self.anchors
        return self._scattered(self.formula.hessian_product(rows[on], self.c[on], self.q[on], self.tau, change[on]))

    def _scattered(self, slopes: Array) -> Array:
        gradient = np.zeros_like(self.c) if self.c.dtype != object else self.c * 0
        gradient[self.anchors] = self.weight[self.anchors][:, None] * slopes
        return gradient

    def gram_gradient(self, gradient: Array) -> tuple[Array, Array]:
        """From D: the symmetric gradient (u, u) by the Gram matrix of means, for <A, B> = tr AB, and the slope (u,) in spread."""
        square = gradient[:, :-1]
        symmetric = (square + square.T) / 2
        within, own = _diagonal(square), gradient[:, -1]
        np.fill_diagonal(symmetric, within + own)
        return symmetric, own - self.overlap * within

    def pull_back(self, gradient: Array, means: Array) -> tuple[Array, Array]:
        """From D to the gradients by the factors: (u, r) and (u,)."""
        symmetric, slope = self.gram_gradient(gradient)
        return 2 * (symmetric @ means), slope

    def factor_product(
        self, means: Array, spread: Array, means_change: Array, spread_change: Array, gradient: Array
    ) -> tuple[Array, Array]:
        """The derivative of pull_back along a change of the factors; gradient is D at the factors."""
        rows = self.similarities(means, spread)
        change = self.hessian_product(rows, self.similarity_change(means, means_change, spread_change))
        bent, slope = self.pull_back(change, means)
        return bent + 2 * (self.gram_gradient(gradient)[0] @ means_change), slope


def _diagonal(matrix: Array) -> Array:
    """A copy of the diagonal."""
    return np.diagonal(matrix).copy()
