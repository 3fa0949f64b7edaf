"""A feasible point, made exactly feasible in balls, and the loss there: an upper bound of the minimum (MATH 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat

from ..balls import Balls, checked_finite, checked_positive, gram_rows
from ..certificate import Dyadic, dyadic, fields, require, total
from ..formula import Row, value_and_gradient
from ..level import Level
from ..limits import afford


@dataclass(frozen=True)
class FeasiblePoint:
    """A feasible point: node g's classes are w_g plus a simplex (with H >= 0: an orthogonal frame) of squared norm spread_g.

    rows: the similarities (X_g0, ..., beta_g); values, slopes: each row's loss there and its gradient, without the weight;
    means: the normalised w_g; spread: the normalised spreads.
    """

    rows: list[Balls]
    values: Balls
    slopes: list[Balls]
    means: arb_mat
    spread: Balls


def evaluated_row(level: Level, g: int, similarities: Balls) -> tuple[arb, Balls]:
    """Value and gradient of row g in balls, zeros for a row of weight 0; Unresolved where the value is not finite."""
    afford("the rows of a level")
    if level.weight[g] == 0:
        return arb(0), [arb(0)] * len(similarities)
    row = Row(similarities, list(map(arb, level.c[g])), list(map(arb, level.q[g])), arb(level.tau))
    value, gradient = value_and_gradient(level.formula, row, arb)
    return checked_finite(value, f"the value of row {g}"), gradient


def read_point(level: Level, witness: Any) -> tuple[Dyadic, Dyadic]:
    """Means and spread of a witness; Rejected where their signs do not fit or the problem has fewer dimensions."""
    fields(witness, "means spread")
    means = dyadic(witness["means"], "means", level.nodes)
    spread = dyadic(witness["spread"], "spread", level.nodes, 1)
    _check_signs(level, means, spread)
    rank = means.numerators.ncols() + _spread_dimensions(level, spread)
    require(level.dim is None or rank <= level.dim, f"the point uses {rank} dimensions, the claim has {level.dim}")
    return means, spread


def feasible_point(level: Level, witness: Any) -> FeasiblePoint:
    """The point of a witness, made exactly feasible; Rejected where it cannot be."""
    means, spread = read_point(level, witness)
    given = means.balls()
    gram = gram_rows(given)
    squares = [gram[g][g] + arb(spread.entry(g, 0)) for g in range(level.nodes)]
    scales = [_scale(level, means, spread, g, squares[g]) for g in range(level.nodes)]
    spreads = [spread.entry(g, 0) * scale * scale for g, scale in enumerate(scales)]
    rows = []
    for g in range(level.nodes):
        row = [scales[g] * x * scale for x, scale in zip(gram[g], scales, strict=True)]
        if level.multiplicity[g] > 1 and not level.constraint.nonnegative:
            row[g] -= spreads[g] / (level.multiplicity[g] - 1)
        on_sphere = level.constraint.kind == "sphere"
        rows.append([*row, arb(level.constraint.bound) if on_sphere else squares[g] * scales[g] * scales[g]])
    normal = [scale * x for scale, row in zip(scales, given.tolist(), strict=True) for x in row]
    values, slopes = zip(*(evaluated_row(level, g, row) for g, row in enumerate(rows)), strict=True)
    return FeasiblePoint(rows, list(values), list(slopes), arb_mat(given.nrows(), given.ncols(), normal), spreads)


def _check_signs(level: Level, means: Dyadic, spread: Dyadic) -> None:
    entries = [spread.numerators[g, 0] for g in range(level.nodes)]
    require(all(x >= 0 for x in entries), "a spread is negative")
    if level.constraint.nonnegative:
        require(all(x >= 0 for x in means.numerators.entries()), "the point has a negative coordinate")
    else:
        lone = (x == 0 for x, m in zip(entries, level.multiplicity, strict=True) if m == 1)
        require(all(lone), "a single class has a spread")


def _spread_dimensions(level: Level, spread: Dyadic) -> int:
    used = [m for g, m in enumerate(level.multiplicity) if spread.numerators[g, 0] > 0]
    return sum(used) if level.constraint.nonnegative else sum(used) - len(used)


def _scale(level: Level, means: Dyadic, spread: Dyadic, g: int, square: arb) -> arb:
    """The factor that makes node g's norm feasible: exactly rho on the sphere, at most rho on the ball."""
    if level.constraint.kind == "ridge":
        return arb(1)
    exact = total(means.entry(g, j) ** 2 for j in range(means.numerators.ncols())) + spread.entry(g, 0)
    if level.constraint.kind == "ball" and exact <= level.constraint.bound:
        return arb(1)
    return (level.constraint.bound / checked_positive(square, f"the norm of node {g}")).sqrt()


def upper_bound(level: Level, point: FeasiblePoint) -> arb:
    """A ball that holds the objective at the feasible point."""
    value = arb(0)
    for g, row in enumerate(point.rows):
        value += level.weight[g] * point.values[g]
        value += level.constraint.weight * level.multiplicity[g] * level.mass[g] * row[-1] / 2
    return checked_finite(value, "the upper bound")
