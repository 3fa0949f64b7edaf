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
from scverify.kernel.points.nodes import PointLevel, point_level
from scverify.kernel.samples import level_of_samples
from scverify.model.points import AnyProblem, formula_by_tree, point_level_of
from scverify.model.problem import Problem
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.row import RowFormula, a, c, q, s, tau
from scverify.symbolic.shape import is_known_convex

# where a tenth of the cube is bent, all of them miss it with probability 0.9^40 = 1.5 %
_POINTS = 40
# points and directions are eighths, so that what refutes can be read
_GRID = 8
# what is less is rounding, or is lost when the direction is rounded
_BENT = 1e-6
_TIME = Symbol("t", real=True)


@dataclass(frozen=True)
class ExactRow:
    """One anchor's row: exact coefficients of what it sees."""

    weight: Fraction
    c: tuple[Fraction, ...]
    q: tuple[Fraction, ...]
    formula: RowFormula


def convex_in_similarities(problem: AnyProblem, seed: int = 0) -> Truth:
    """Whether every anchor's row is convex in the similarities that it sees.

    TRUE by rules of composition for all rows. FALSE needs a line with rational ends along which the kernel finds a row's second derivative
    negative; random points and the most negative curvature there suggest it.
    """
    level = _level(problem)
    rows, temperature = set(_rows(problem, level)), fraction(level.tau)
    negative = any(x < 0 for row in rows for x in (row.weight, *row.c, *row.q))
    if all(is_known_convex(row.formula) for row in rows) and not negative:
        return exact(True, "rows are convex by rules of composition, coefficients and weights are not negative")
    deepest = 0.0
    for row in sorted(rows, key=repr):
        for point, direction, curvature in _bent_lines(row, float(temperature), seed):
            deepest = min(deepest, curvature)
            second = row_along(row, temperature, point, direction).diff(_TIME, 2) * _rational(row.weight)
            found = prove_inequality(second >= 0, {_TIME: (0, 0)}) if second.has(_TIME) else None
            if found is not None and found.verdict == "REFUTED" and found.certificate is not None:
                line = f"s = {[str(x) for x in point]} + t {list(direction)}"
                return Truth(False, (f"along {line} the row bends downwards at t = 0",), "ball", (found.certificate,), curvature)
    return unknown(f"no rule of composition applies; the least curvature met at random points is {deepest:.3g}", "float", deepest)


def row_along(row: ExactRow, temperature: Fraction, point: tuple[Fraction, ...], direction: tuple[int, ...]) -> Expr:
    """The row of exact coefficients, its similarities moving along a line: an expression in t."""
    entries = [_rational(x) + v * _TIME for x, v in zip(point, direction, strict=True)]

    def written_out(body: Expr, limits: object) -> Expr:
        return Add(
            *(
                body.xreplace({s[a]: entry, c[a]: _rational(x), q[a]: _rational(y)})
                for entry, x, y in zip(entries, row.c, row.q, strict=True)
            )
        )

    return row.formula.expression.replace(Sum, written_out).xreplace({tau: _rational(temperature)})


def _level(problem: AnyProblem) -> PointLevel:
    """Every sample a node: on classes whatever the signs of coefficients are, on units in any dimension."""
    if isinstance(problem, Problem):
        return point_level(level_of_samples(problem.stated))
    return point_level_of(problem.replace(dim=1))


def _rows(problem: AnyProblem, level: PointLevel) -> Iterator[ExactRow]:
    """The rows of all anchors, entries without a coefficient left out."""
    formulas = formula_by_tree(problem)
    for row in level.rows:
        kept = [j for j in range(len(row.c)) if row.c[j] or row.q[j]]
        own_c, own_q = (tuple(fraction(table[j]) for j in kept) for table in (row.c, row.q))
        yield ExactRow(weight=fraction(row.weight), c=own_c, q=own_q, formula=formulas[str(row.formula)])


def _bent_lines(row: ExactRow, temperature: float, seed: int) -> Iterator[tuple[tuple[Fraction, ...], tuple[int, ...], float]]:
    """Rational points with the direction of most negative curvature there, rounded to whole numbers, and its curvature in floats."""
    rng, m = np.random.default_rng(seed), len(row.c)
    product = evaluators(row.formula).hessian_product
    own_c, own_q = (np.broadcast_to(np.array(x, dtype=np.float64), (m, m)) for x in (row.c, row.q))
    for _ in range(_POINTS):
        point = rng.integers(-_GRID, _GRID + 1, m)
        at = np.broadcast_to(point / _GRID, (m, m))
        hessian: NDArray[np.float64] = float(row.weight) * product(at, own_c, own_q, temperature, np.eye(m))
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        if values[0] < -_BENT:
            rounded = tuple(int(x) for x in np.rint(_GRID * vectors[:, 0] / np.abs(vectors[:, 0]).max()))
            yield tuple(Fraction(int(x), _GRID) for x in point), rounded, float(values[0])


def _rational(value: Fraction | int) -> Expr:
    return Integer(value) if isinstance(value, int) else Rational(value.numerator, value.denominator)
