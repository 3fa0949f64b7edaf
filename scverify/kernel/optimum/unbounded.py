"""Unbounded: along some ray of feasible embeddings the loss falls below every number (MATH N6). Exact arithmetic alone.

Along H = t H0, t >= 0, similarities are u s with u = t^2 and s those of H0. For a row log(sum c exp(kappa s)) + affine remainder, c >= 0,
log(sum c exp(kappa u s)) <= log(sum c) + u max{kappa s_a: c_a > 0}, the remainder is (its value at 0) + u <r, s>, and a ridge adds
u weight/2 times the squared norm of H0. So the loss is at most a constant + u * slope, and slope < 0 leaves it no lower bound.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from ..certificate import Rejected, fields, require, total
from ..claims import EXACT, Claim, Data
from ..level import ExponentialPart, Level, level_of
from ..limits import afford
from ..problem import read_problem
from ..words import about
from .claims import dimension
from .feasible import read_point


def check_unbounded(claim: Data, witness: Any) -> tuple[str, ...]:
    """The loss falls without end along the ray of the witness."""
    fields(claim, "type problem")
    fields(witness, "level ray", "groups")
    level = level_of(read_problem(claim["problem"]), witness["level"], witness.get("groups"))
    require(slope_along(level, witness["ray"]) < 0, "the loss is not shown to fall along the ray")
    return (EXACT,)


def slope_along(level: Level, ray: Any) -> fmpq:
    """A number such that the loss at t H0 is at most a constant + t^2 times it, for the embeddings H0 of the ray."""
    require(level.constraint.kind == "ridge", "only a ridge has rays of feasible points")
    part = level.exponential_part
    if part is None:
        raise Rejected("a ray needs rows that are a log-sum-exp plus an affine remainder")
    means, spread = read_point(level, ray)
    gram, unit = means.numerators * means.numerators.transpose(), means.unit * means.unit
    slope = fmpq(0)
    for g in range(level.nodes):
        afford("the rows along a ray")
        # of two classes of each node, in its own place of two different ones of it, and last the squared norm
        row = [unit * gram[g, h] for h in range(level.nodes)]
        norm = row[g] + spread.entry(g, 0)
        if level.multiplicity[g] > 1 and not level.constraint.nonnegative:
            row[g] -= spread.entry(g, 0) / (level.multiplicity[g] - 1)
        slope += level.weight[g] * _slope_of_row(part, g, level.c[g], [*row, norm]) if level.weight[g] != 0 else 0
        slope += level.constraint.weight / 2 * level.multiplicity[g] * level.mass[g] * norm
    return slope


def _slope_of_row(part: ExponentialPart, g: int, c: list[fmpq], similarities: list[fmpq]) -> fmpq:
    largest = max(part.kappa * s for s, x in zip(similarities, c, strict=True) if x > 0)
    slope: fmpq = largest + total(r * s for r, s in zip(part.slopes[g], similarities, strict=True))
    return slope


def in_words(claim: Data) -> str:
    """That there is no lower bound."""
    where = dimension(read_problem(claim["problem"])) or " of some dimension"
    return about(claim, f"the loss is unbounded below: along some ray of embeddings{where} it falls below every number")


CLAIMS = {"Unbounded": Claim(check_unbounded, in_words)}
