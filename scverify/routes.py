"""One problem by several routes: at a point and a direction, value, gradient and Hessian product in NumPy, mpmath, balls, written out."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

import mpmath
import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from scverify.kernel.dual import row_hessian
from scverify.kernel.formula import Row, value_and_gradient
from scverify.kernel.points.nodes import PointLevel
from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.level import ball, sample_level
from scverify.model.points import AnyProblem, formula_by_tree, point_level_of
from scverify.model.problem import Problem
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.compiled import mpmath_evaluators
from scverify.symbolic.entrywise import Entrywise

Floats = NDArray[np.float64]
# of mpmath; the balls have 96 digits, so that they are not what differs
DIGITS = 50
BITS = 320
# step of a central difference of gradients: about a third of the digits
DIFFERENCE = 2.0**-53


class Routes:
    """The point, the direction, and each route's answers: (value, gradient (n, d), Hessian product (n, d)), rows a sample."""

    def __init__(self, problem: AnyProblem, seed: int) -> None:
        """A feasible point, and a direction, drawn from the seed."""
        rng = np.random.default_rng(seed)
        self.problem, self.level = problem, point_level_of(problem)
        shape = (len(self.level.norms), problem.dim or 1)
        point = rng.standard_normal(shape)
        # where a norm bounds nothing a point stays as it is drawn, and where signs are asked for it gets them
        for i, norm in enumerate(self.level.norms):
            drawn = np.abs(point[i]) if norm.nonnegative else point[i]
            point[i] = drawn if norm.kind == "ridge" else float(norm.bound) ** 0.5 * drawn / np.linalg.norm(drawn)
        self.point: Floats = point
        self.direction: Floats = rng.standard_normal(shape) / np.sqrt(point.size)

    @cached_property
    def numpy(self) -> tuple[float, Floats, Floats]:
        """Float64 through the level's objective."""
        problem = cast("Problem", self.problem)
        objective, nothing = Objective.floats(sample_level(problem)), np.zeros(len(self.point))
        value, slopes = objective.value_and_gradient(objective.similarities(self.point, nothing))
        gradient, _ = objective.pull_back(slopes, self.point)
        product, _ = objective.factor_product(self.point, nothing, self.direction, nothing, slopes)
        return value, gradient, product

    @cached_property
    def batch(self) -> tuple[float, Floats, Floats]:
        """Float64 through the objective in the embeddings, which searches for critical points."""
        batch, at, along = Batch.of(self.problem), self.point.T, self.direction.T
        value, gradient = batch.value_and_gradient(at)
        return float(value), gradient.T, batch.hessian_product(at, along).T

    @property
    def floats(self) -> list[tuple[str, tuple[float, Floats, Floats]]]:
        """The routes in float64 that the problem has, by name."""
        return [*([("NumPy", self.numpy)] if isinstance(self.problem, Problem) else []), ("NumPy, batch", self.batch)]

    @cached_property
    def balls(self) -> tuple[Any, Any, Any]:
        """Balls through the kernel's own reading of the formula."""
        with ctx.workprec(BITS):
            return _ball_answers(self.level, self.point, self.direction)

    def mpmath_value_and_gradient(self, step: Any = 0) -> tuple[Any, NDArray[np.object_]]:
        """mpmath at H + step U: the formula term by term, and its symbolic gradient."""
        to_mpf = np.vectorize(mpmath.mpf, otypes=[object])
        point = to_mpf(self.point) + step * to_mpf(self.direction)
        gram, slopes, value = point @ point.T, np.zeros((len(point), len(point)), dtype=object), mpmath.mpf(0)
        formulas = formula_by_tree(self.problem)
        for row in self.level.rows:
            route = mpmath_evaluators(formulas[str(row.formula)])
            seen = (list(gram[row.anchor]), list(map(_mpf, row.c)), list(map(_mpf, row.q)), _mpf(self.level.tau))
            value += _mpf(row.weight) * route.value(*seen)
            slopes[row.anchor] += _mpf(row.weight) * np.array(route.gradient(*seen), dtype=object)
        ridge = np.array([_mpf(norm.weight) for norm in self.level.norms], dtype=object)[:, None]
        return value + (ridge * point * point).sum() / 2, (slopes + slopes.T) @ point + ridge * point

    @cached_property
    def written_out(self) -> tuple[Any, Any, Any]:
        """The loss written out entry by entry and its gradient, the ridge term aside; for the Hessian a difference of gradients.

        In 50 digits it errs by t^2 and by rounding over t, relative to derivatives of order 1/tau: far less than floats do.
        """
        with mpmath.workdps(DIGITS):
            problem = cast("Problem", self.problem)
            written = Entrywise(problem, arithmetic="mpmath")
            at, along = self.point.T, self.direction.T
            norm = norm_constraint(problem.constraint)
            ridge = float(norm.weight) if isinstance(norm, Ridge) else 0.0
            exactly = np.vectorize(mpmath.mpf, otypes=[object])
            exact, move = exactly(at), DIFFERENCE * exactly(along)
            bend = (written.gradient(exact + move) - written.gradient(exact - move)) / (2 * DIFFERENCE)
            value = written.value(exact) + ridge / 2 * float((at**2).sum())
            return value, (written.gradient(exact) + ridge * at).T, (bend + ridge * along).T


def _ball_answers(level: PointLevel, point: Floats, direction: Floats) -> tuple[Any, Any, Any]:
    """Value, gradient and Hessian product over H from the kernel's row value, gradient and Hessian."""
    n = len(level.norms)
    to_ball = np.vectorize(lambda x: arb(float(x)), otypes=[object])
    h, u = to_ball(point), to_ball(direction)
    gram, change = h @ h.T, h @ u.T + u @ h.T
    value, slopes, bent = arb(0), to_ball(np.zeros((n, n))), to_ball(np.zeros((n, n)))
    for each in level.rows:
        row = Row(list(gram[each.anchor]), list(map(ball, each.c)), list(map(ball, each.q)), ball(level.tau))
        row_value, row_slopes = value_and_gradient(each.formula, row, arb)
        weight, i = ball(each.weight), each.anchor
        value, slopes[i] = value + weight * row_value, slopes[i] + weight * np.array(row_slopes, dtype=object)
        bent[i] = bent[i] + weight * (np.array(row_hessian(each.formula, row, arb), dtype=object) @ change[i])
    ridge = np.array([ball(norm.weight) for norm in level.norms], dtype=object)[:, None]
    product = (bent + bent.T) @ h + (slopes + slopes.T) @ u + ridge * u
    return value + (ridge * h * h).sum() / 2, (slopes + slopes.T) @ h + ridge * h, product


def to_mpf(balls: Any) -> Any:
    """Midpoints of balls as mpf; a ball too wide for the comparison becomes nan, which disagrees with everything."""
    convert = np.vectorize(_midpoint, otypes=[object])
    return convert(balls) if isinstance(balls, np.ndarray) else _midpoint(balls)


def _midpoint(value: arb) -> Any:
    if not value.is_finite() or value.rad() > abs(value.mid()) * arb(10) ** -45 + arb(10) ** -60:
        return mpmath.mpf("nan")
    mantissa, exponent = value.mid().man_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


def _mpf(value: Any) -> Any:
    return mpmath.mpf(int(value.numerator)) / int(value.denominator)
