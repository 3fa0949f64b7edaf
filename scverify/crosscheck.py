"""One problem in three arithmetics and by two derivations, side by side: NumPy, mpmath, balls, written-out entries, Taylor slopes.

At a random feasible point H and direction U, drawn from a seed, every route answers the same questions; each row of the table holds two
answers, their difference and what is allowed, so that the verdict needs no eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import mpmath
import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from scverify.errors import InputError, must_be
from scverify.kernel.dual import row_hessian
from scverify.kernel.formula import Row, value_and_gradient
from scverify.kernel.points.nodes import PointLevel
from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.exact import whole
from scverify.model.level import ball, sample_level
from scverify.model.points import AnyProblem, formula_by_tree, labels_of, point_level_of
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.base import Data, Result, known
from scverify.results.layout import Account, Table
from scverify.search.batch import Batch
from scverify.search.objective import Objective
from scverify.symbolic.compiled import mpmath_evaluators
from scverify.symbolic.entrywise import Entrywise

Floats = NDArray[np.float64]
# mpmath and balls go sample by sample
MOST_SAMPLES = 40
# a Hessian written out has the square of this many expressions
MOST_ENTRIES = 60
# of mpmath; the balls have 96 digits, so that they are not what differs
DIGITS = 50
BITS = 320
# step of a central difference of gradients: about a third of the digits
DIFFERENCE = 2.0**-53
# 5e4 rounding errors of a float; at 50 digits 1e10 of them
FLOAT_SLACK = 1e-11
EXACT_SLACK = 1e-40
# Answers may be sums whose terms cancel, and every route rounds the terms: what is left of them is not a disagreement. The terms are of
# size tau^-order; mpmath rounds them at 50 digits.
FLOOR, EXACT_FLOOR = 1e-3, 1e-5
ORDER = {"value": 1, "gradient": 1, "Hessian product": 2}
# of an order of convergence: the next order is 1 away
SLOPE_SLACK = 0.05
# remainders of this relative size are rounding at 50 digits, and have no slope
NOTHING_LEFT = 1e-42


@dataclass(frozen=True)
class Comparison:
    """One question answered by two routes; difference is relative to the size of the answer or a floor (for a slope: absolute)."""

    question: str
    first: str
    second: str
    difference: float
    allowed: float

    @property
    def ok(self) -> bool:
        """Whether the routes agree; a difference that is not a number is a disagreement."""
        return self.difference <= self.allowed


@dataclass(frozen=True, repr=False)
class Crosscheck(Result):
    """All comparisons of one problem. ok: every one agrees."""

    problem: AnyProblem
    seed: int
    rows: tuple[Comparison, ...]
    left_out: str

    @property
    def ok(self) -> bool:
        """Whether every comparison agrees."""
        return all(row.ok for row in self.rows)

    def headline(self) -> str:
        """Whether all routes agree."""
        return f"{self._word()}; {self.problem}, seed {self.seed}"

    def account(self) -> Account:
        """The table of comparisons."""
        rows = [
            (row.question, row.first, row.second, f"{row.difference:.1e}", f"{row.allowed:.0e}", "agree" if row.ok else "DISAGREE")
            for row in self.rows
        ]
        header = ("question", "first", "second", "difference", "allowed", "")
        notes = [*([f"left out: {self.left_out}"] if self.left_out else []), self._word()]
        table = Table(header=header, rows=rows, words=("first", "second", ""))
        return Account(heading=f"Cross-check of {self.problem}, seed {self.seed}", tables=[table], notes=notes)

    def to_json(self) -> Data:
        """The table as one JSON object."""
        rows = [
            {"question": r.question, "first": r.first, "second": r.second, "difference": f"{r.difference:.2e}", "ok": r.ok}
            for r in self.rows
        ]
        return known(problem=str(self.problem), seed=self.seed, ok=self.ok, rows=rows, left_out=self.left_out or None)

    def _word(self) -> str:
        return "all routes agree" if self.ok else "the routes DISAGREE"


def crosscheck(problem: AnyProblem, seed: int = 0) -> Crosscheck:
    """Compare value, gradient and Hessian product of a problem's loss over H by every route, at a point drawn from the seed.

    A loss on units is written out, every copy of every node a column; it has no written-out entries and one route in float64. Raises
    InputError beyond 40 samples: the exact routes go sample by sample.

    >>> crosscheck(Problem("supcon", (2, 2), dim=2, temperature=1)).ok
    True
    """
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    whole(seed, "seed", 0)
    n = len(labels_of(problem))
    if n > MOST_SAMPLES:
        raise InputError(f"{n} samples", f"at most {MOST_SAMPLES} for a cross-check", "choose smaller classes: the formula is the same")
    dim = problem.dim or (3 if 3 * n <= MOST_ENTRIES else 2)
    placed = problem.replace(dim=dim)
    routes = _Routes(placed, seed)
    rows, left_out = [*routes.against_mpmath(), *routes.taylor_slopes()], ""
    if not isinstance(placed, Problem):
        left_out = "written-out entries, which losses on classes have"
    elif dim * n <= MOST_ENTRIES:
        rows += routes.against_entries(placed)
    else:
        left_out = f"written-out entries: {dim} x {n} of them are more than {MOST_ENTRIES}"
    return Crosscheck(problem=problem, seed=seed, rows=tuple(rows), left_out=left_out)


class _Routes:
    """The point, the direction, and each route's answers: (value, gradient (n, d), Hessian product (n, d)), rows a sample."""

    def __init__(self, problem: AnyProblem, seed: int) -> None:
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

    def against_mpmath(self) -> Iterator[Comparison]:
        """Floats and balls against 50 digits."""
        with mpmath.workdps(DIGITS), ctx.workprec(BITS):
            value, gradient = self.mpmath_value_and_gradient()
            for name, route in self.floats:
                yield self._of_floats("value", name, "mpmath", route[0], value)
                yield self._of_floats("gradient", name, "mpmath", route[1], gradient)
            for question, ball, exact in zip(("value", "gradient"), self.balls, (value, gradient), strict=False):
                yield Comparison(
                    question=question,
                    first="balls",
                    second="mpmath",
                    difference=_difference(_to_mpf(ball), exact, EXACT_FLOOR),
                    allowed=EXACT_SLACK,
                )
        for name, route in self.floats:
            yield self._of_floats("Hessian product", name, "balls", route[2], _to_mpf(self.balls[2]))

    def _of_floats(self, question: str, name: str, other: str, mine: Any, theirs: Any) -> Comparison:
        floor = FLOOR * float(self.level.tau) ** -ORDER[question]
        return Comparison(question=question, first=name, second=other, difference=_difference(mine, theirs, floor), allowed=FLOAT_SLACK)

    def taylor_slopes(self) -> Iterator[Comparison]:
        """What Taylor's polynomial leaves falls as t^2 with the gradient alone and as t^3 with the Hessian, in 50 digits."""
        with mpmath.workdps(DIGITS), ctx.workprec(BITS):
            value, gradient = self.mpmath_value_and_gradient()
            first = (gradient * self.direction).sum()
            second = (_to_mpf(self.balls[2]) * self.direction).sum() / 2
            steps = [mpmath.mpf(10) ** -k for k in (6, 7)]
            moved = [self.mpmath_value_and_gradient(t)[0] - value - t * first for t in steps]
            yield _slope("gradient", moved, 2, value)
            yield _slope("Hessian product", [m - t**2 * second for m, t in zip(moved, steps, strict=True)], 3, value)

    def against_entries(self, problem: Problem) -> Iterator[Comparison]:
        """The loss written out entry by entry and its gradient, the ridge term aside; for the Hessian a difference of gradients.

        In 50 digits it errs by t^2 and by rounding over t, relative to derivatives of order 1/tau: far less than floats do.
        """
        with mpmath.workdps(DIGITS):
            written = Entrywise(problem, arithmetic="mpmath")
            at, along = self.point.T, self.direction.T
            norm = norm_constraint(problem.constraint)
            ridge = float(norm.weight) if isinstance(norm, Ridge) else 0.0
            exactly = np.vectorize(mpmath.mpf, otypes=[object])
            exact, move = exactly(at), DIFFERENCE * exactly(along)
            bend = (written.gradient(exact + move) - written.gradient(exact - move)) / (2 * DIFFERENCE)
            answers = (
                written.value(exact) + ridge / 2 * float((at**2).sum()),
                written.gradient(exact) + ridge * at,
                bend + ridge * along,
            )
            for question, mine, theirs in zip(("value", "gradient", "Hessian product"), self.numpy, answers, strict=True):
                yield self._of_floats(question, "NumPy", "written out", mine, np.transpose(theirs))


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


def _slope(question: str, remainders: list[Any], order: int, value: Any) -> Comparison:
    """How fast what is left falls from t to t/10, against the order it should have; a polynomial leaves nothing but rounding."""
    small = [abs(x) for x in remainders]
    if max(small) <= NOTHING_LEFT * (1 + abs(value)):
        return Comparison(question=question, first="Taylor slope", second=f"order {order}", difference=0.0, allowed=SLOPE_SLACK)
    measured = float(mpmath.log10(small[0] / small[1])) if small[1] > 0 and small[0] > 0 else float("nan")
    return Comparison(
        question=question, first="Taylor slope", second=f"order {order}", difference=abs(measured - order), allowed=SLOPE_SLACK
    )


def _difference(first: Any, second: Any, floor: float) -> float:
    """Largest difference of two answers relative to the largest entry of the second, or to a floor where all are smaller."""
    exact = np.vectorize(mpmath.mpf, otypes=[object])
    a, b = exact(np.atleast_1d(first)), exact(np.atleast_1d(second))
    scale = max(floor, *(abs(x) for x in b.ravel()))
    return float(max(abs(x) for x in (a - b).ravel()) / scale)


def _to_mpf(balls: Any) -> Any:
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
