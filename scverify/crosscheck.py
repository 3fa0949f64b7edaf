"""One problem in three arithmetics and by two derivations, side by side: NumPy, mpmath, balls, written-out entries, Taylor slopes.

At a random feasible point H and direction U, drawn from a seed, every route answers the same questions; each row of the table holds two
answers, their difference and what is allowed, so that the verdict needs no eye.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from flint import ctx
from numpy.typing import NDArray

from scverify.errors import InputError, must_be
from scverify.model.exact import whole
from scverify.model.points import AnyProblem, sample_count
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.base import Data, Result, known
from scverify.results.layout import Account, Table
from scverify.routes import BITS, DIGITS, Routes, to_mpf

Floats = NDArray[np.float64]
# mpmath and balls go sample by sample
MOST_SAMPLES = 40
# a Hessian written out has the square of this many expressions
MOST_ENTRIES = 60
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
    n = sample_count(problem)
    if n > MOST_SAMPLES:
        raise InputError(f"{n} samples", f"at most {MOST_SAMPLES} for a cross-check", "choose smaller classes: the formula is the same")
    dim = problem.dim or (3 if 3 * n <= MOST_ENTRIES else 2)
    placed = problem.replace(dim=dim)
    routes = Routes(placed, seed)
    rows, left_out = [*_against_mpmath(routes), *_taylor_slopes(routes)], ""
    if not isinstance(placed, Problem):
        left_out = "written-out entries, which losses on classes have"
    elif dim * n <= MOST_ENTRIES:
        rows += _against_entries(routes)
    else:
        left_out = f"written-out entries: {dim} x {n} of them are more than {MOST_ENTRIES}"
    return Crosscheck(problem=problem, seed=seed, rows=tuple(rows), left_out=left_out)


def _against_mpmath(routes: Routes) -> Iterator[Comparison]:
    """Floats and balls against 50 digits."""
    with mpmath.workdps(DIGITS), ctx.workprec(BITS):
        value, gradient = routes.mpmath_value_and_gradient()
        for name, route in routes.floats:
            yield _of_floats(routes, "value", name, "mpmath", route[0], value)
            yield _of_floats(routes, "gradient", name, "mpmath", route[1], gradient)
        for question, ball, exact in zip(("value", "gradient"), routes.balls, (value, gradient), strict=False):
            yield Comparison(
                question=question,
                first="balls",
                second="mpmath",
                difference=_difference(to_mpf(ball), exact, EXACT_FLOOR),
                allowed=EXACT_SLACK,
            )
    for name, route in routes.floats:
        yield _of_floats(routes, "Hessian product", name, "balls", route[2], to_mpf(routes.balls[2]))


def _of_floats(routes: Routes, question: str, name: str, other: str, mine: Any, theirs: Any) -> Comparison:
    floor = FLOOR * float(routes.level.tau) ** -ORDER[question]
    return Comparison(question=question, first=name, second=other, difference=_difference(mine, theirs, floor), allowed=FLOAT_SLACK)


def _taylor_slopes(routes: Routes) -> Iterator[Comparison]:
    """What Taylor's polynomial leaves falls as t^2 with the gradient alone and as t^3 with the Hessian, in 50 digits."""
    with mpmath.workdps(DIGITS), ctx.workprec(BITS):
        value, gradient = routes.mpmath_value_and_gradient()
        first = (gradient * routes.direction).sum()
        second = (to_mpf(routes.balls[2]) * routes.direction).sum() / 2
        steps = [mpmath.mpf(10) ** -k for k in (6, 7)]
        moved = [routes.mpmath_value_and_gradient(t)[0] - value - t * first for t in steps]
        yield _slope("gradient", moved, 2, value)
        yield _slope("Hessian product", [m - t**2 * second for m, t in zip(moved, steps, strict=True)], 3, value)


def _against_entries(routes: Routes) -> Iterator[Comparison]:
    """Floats against the loss written out entry by entry."""
    with mpmath.workdps(DIGITS):
        for question, mine, theirs in zip(("value", "gradient", "Hessian product"), routes.numpy, routes.written_out, strict=True):
            yield _of_floats(routes, question, "NumPy", "written out", mine, theirs)


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
