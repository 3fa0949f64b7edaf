"""Whether a loss is convex in the similarities: by rules of composition, or a line along which a row is provably bent downwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from sympy import Add, Expr, Integer, Rational, Sum, Symbol

from scverify.certify.dyadics import fraction
from scverify.certify.inequality import prove_inequality
from scverify.conjecture.truth import Truth, exact, unknown
from scverify.kernel.samples import level_of_samples
from scverify.model.problem import Problem
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.row import a, c, q, s, tau
from scverify.symbolic.shape import is_known_convex

# where a tenth of the cube is bent, all of them miss it with probability 0.9^40 = 1.5 %
_POINTS = 40
# points and directions are eighths, so that what refutes can be read
_GRID = 8
# what is less is rounding, or is lost when the direction is rounded
_BENT = 1e-6
_TIME = Symbol("t", real=True)


@dataclass(frozen=True)
class _Row:
    """One anchor's row of a problem: exact coefficients of the other samples."""

    weight: Fraction
    c: tuple[Fraction, ...]
    q: tuple[Fraction, ...]


def convex_in_similarities(problem: Problem, seed: int = 0) -> Truth:
    """Whether every anchor's row is convex in the similarities that it sees.

    TRUE by rules of composition for all rows. FALSE needs a line with rational ends along which the kernel finds a row's second derivative
    negative; random points and the most negative curvature there suggest it.
    """
    rows = set(_rows(problem))
    negative = any(x < 0 for row in rows for x in (row.weight, *row.c, *row.q))
    if is_known_convex(problem.loss.formula) and not negative:
        return exact(True, "rows are convex by rules of composition, coefficients and weights are not negative")
    deepest = 0.0
    for row in sorted(rows, key=repr):
        for point, direction, curvature in _bent_lines(problem, row, seed):
            deepest = min(deepest, curvature)
            second = row_along(problem, row.c, row.q, point, direction).diff(_TIME, 2) * _rational(row.weight)
            found = prove_inequality(second >= 0, {_TIME: (0, 0)}) if second.has(_TIME) else None
            if found is not None and found.verdict == "REFUTED" and found.certificate is not None:
                line = f"s = {[str(x) for x in point]} + t {list(direction)}"
                return Truth(False, (f"along {line} the row bends downwards at t = 0",), "ball", (found.certificate,), curvature)
    return unknown(f"no rule of composition applies; the least curvature met at random points is {deepest:.3g}", "float", deepest)


def row_along(
    problem: Problem, own_c: tuple[Fraction, ...], own_q: tuple[Fraction, ...], point: tuple[Fraction, ...], direction: tuple[int, ...]
) -> Expr:
    """The row of exact coefficients, its similarities moving along a line: an expression in t."""
    entries = [_rational(x) + v * _TIME for x, v in zip(point, direction, strict=True)]

    def level_of_samples(body: Expr, limits: object) -> Expr:
        return Add(
            *(
                body.xreplace({s[a]: entry, c[a]: _rational(x), q[a]: _rational(y)})
                for entry, x, y in zip(entries, own_c, own_q, strict=True)
            )
        )

    return problem.loss.formula.expression.replace(Sum, level_of_samples).xreplace({tau: _rational(problem.temperature)})


def _rows(problem: Problem) -> Iterator[_Row]:
    """The rows of all anchors, the anchor's own entry left out where it has no coefficient."""
    level = level_of_samples(problem.stated)
    for i, weight in enumerate(level.weight):
        if weight:
            own_c, own_q = ((*row[:i], row[-1], *row[i + 1 : -1]) for row in (level.c[i], level.q[i]))
            kept = [j for j in range(len(own_c)) if own_c[j] or own_q[j]]
            yield _Row(fraction(weight), tuple(fraction(own_c[j]) for j in kept), tuple(fraction(own_q[j]) for j in kept))


def _bent_lines(problem: Problem, row: _Row, seed: int) -> Iterator[tuple[tuple[Fraction, ...], tuple[int, ...], float]]:
    """Rational points with the direction of most negative curvature there, rounded to whole numbers, and its curvature in floats."""
    rng, m = np.random.default_rng(seed), len(row.c)
    product = evaluators(problem.loss.formula).hessian_product
    own_c, own_q = (np.broadcast_to(np.array(x, dtype=np.float64), (m, m)) for x in (row.c, row.q))
    for _ in range(_POINTS):
        point = rng.integers(-_GRID, _GRID + 1, m)
        at = np.broadcast_to(point / _GRID, (m, m))
        hessian: NDArray[np.float64] = float(row.weight) * product(at, own_c, own_q, float(problem.temperature), np.eye(m))
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        if values[0] < -_BENT:
            rounded = tuple(int(x) for x in np.rint(_GRID * vectors[:, 0] / np.abs(vectors[:, 0]).max()))
            yield tuple(Fraction(int(x), _GRID) for x in point), rounded, float(values[0])


def _rational(value: Fraction | int) -> Expr:
    return Integer(value) if isinstance(value, int) else Rational(value.numerator, value.denominator)
