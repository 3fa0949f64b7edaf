"""UnitUnbounded: along some ray of embeddings a loss on units falls below every number (MATH 9, N6). Exact arithmetic alone.

Along H = t H0 similarities are u s, u = t^2 and s those of H0. A row log(sum C exp(kappa s)) + affine remainder is at most a constant
+ u (max{kappa s_a: C_a > 0} + <r, s>), and a ridge adds u weight/2 times the squared norms: the loss is at most a constant + u * slope.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from ..certificate import Rejected, dyadic, fields, require, total
from ..claims import EXACT, Claim, Data
from ..limits import afford
from .bounds import spread_factors
from .level import UnitLevel, UnitRow
from .nodes import constrained_level
from .signs import check_signs
from .words import unit_subject


def check_unit_unbounded(claim: Data, witness: Any) -> tuple[str, ...]:
    """The loss falls without end along the ray of the witness."""
    fields(claim, "type problem")
    require(slope_along_units(constrained_level(claim["problem"]), witness) < 0, "the loss is not shown to fall along the ray")
    return (EXACT,)


def slope_along_units(level: UnitLevel, ray: Any) -> fmpq:
    """A number such that the loss at t H0 is at most a constant + t^2 times it, for the embeddings H0 of means and spreads."""
    require(not level.over_temperature, "rays are taken at one temperature and without free scalars")
    require(all(norm.kind == "ridge" for norm in level.constraint), "only a ridge has rays of feasible points")
    fields(ray, "means spreads")
    means, factors = dyadic(ray["means"], "means", level.nodes), spread_factors(level, ray["spreads"])
    check_signs(level, means, factors)
    afford("a ray of units")
    gram = means.numerators * means.numerators.transpose()
    grams = [factor.numerators * factor.numerators.transpose() for factor in factors]
    slope, m = fmpq(0), level.multiplicity
    for i, norm in enumerate(level.constraint):
        t, a = i // level.kinds, i % level.kinds
        within = [means.unit**2 * gram[i, j] for j in range(level.nodes)]
        apart = [factors[t].unit ** 2 * grams[t][a, b] for b in range(level.kinds)]
        others = [x - apart[j % level.kinds] / (m[i] - 1) if j in level.unit(i) and m[i] > 1 else x for j, x in enumerate(within)]
        own = [within[j] + y for j, y in zip(level.unit(i), apart, strict=True)]
        slope += norm.weight / 2 * m[i] * level.copies[i] * own[a]
        slope += total(row.weight * _slope_of_unit_row(row, [*others, *own]) for row in level.rows if row.anchor == i)
    return slope


def _slope_of_unit_row(row: UnitRow, similarities: list[fmpq]) -> fmpq:
    split = row.split()
    if split is None:
        raise Rejected("a ray needs rows that are a log-sum-exp plus an affine remainder")
    largest = max(split.kappa * s for s, c in zip(similarities, split.coefficients, strict=True) if c != 0)
    slope: fmpq = largest + total(r * s for r, s in zip(split.slopes, similarities, strict=True))
    return slope


def unit_unbounded_said(claim: Data) -> str:
    """That there is no lower bound."""
    return f"{unit_subject(claim['problem'])}: the loss is unbounded below: along some ray of embeddings it falls below every number."


CLAIMS = {"UnitUnbounded": Claim(check_unit_unbounded, unit_unbounded_said)}
