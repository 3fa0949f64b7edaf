"""The class problem of a stated dimension: in every dimension it has the minimum of the problem (MATH N1, 11)."""

from __future__ import annotations

from typing import NamedTuple

from flint import arb, fmpq

from ..certificate import Rejected, require
from ..level import Level, level_of
from ..problem import StatedProblem


class ClassProblem(NamedTuple):
    """Unit vectors of R^dim, one per class, with cosines t.

    The row of a class of group g counts weight_g, and is

    at_own_g + log( own_g + sum over the other classes, of group h, of other_gh e^{rate (t - 1)} ),

    multiplicity: the number of classes of a group.
    """

    dim: int
    rate: fmpq
    multiplicity: list[int]
    weight: list[fmpq]
    at_own: list[fmpq]
    own: list[fmpq]
    other: list[list[fmpq]]


def class_problem(problem: StatedProblem, groups: object) -> ClassProblem:
    """The class problem; Rejected where a hypothesis of N1 fails.

    On the sphere, with rows that are a log-sum-exp and attract within classes alone: by Jensen's inequality over the positives, whose mean
    similarity is at most rho^2 (R3), a row is at least that of its collapsed class; and its logarithm is concave in the negatives, so
    that a choice of a representative of each class, at random, is no worse on average.
    """
    level = level_of(problem, "groups", groups)
    part = level.exponential_part
    if part is None:
        raise Rejected("the class problem needs rows that are a log-sum-exp plus an affine remainder")
    require(level.constraint.kind == "sphere" and not level.constraint.nonnegative, "the class problem is on the sphere")
    require(part.kappa > 0, "the rate of the exponentials is not positive")
    require(all(not any(slopes[:-1]) for slopes in part.slopes), "a row attracts or repels other classes by its affine remainder")
    if level.dim is None:
        raise Rejected("no dimension is stated")
    m, square = level.multiplicity, level.constraint.bound
    return ClassProblem(
        dim=level.dim,
        rate=part.kappa * square,
        multiplicity=m,
        weight=[w / n for w, n in zip(level.weight, m, strict=True)],
        at_own=[value + (part.kappa + slopes[-1]) * square for value, slopes in zip(part.at_zero, part.slopes, strict=True)],
        own=[row[-1] for row in level.c],
        other=[[_per_class(level, g, h) for h in range(level.nodes)] for g in range(level.nodes)],
    )


def _per_class(level: Level, g: int, h: int) -> fmpq:
    """The coefficient of one class of group h in the row of another one of group g."""
    count = level.multiplicity[h] - (g == h)
    return level.c[g][h] / count if count else fmpq(0)


def exponential(rate: fmpq, cosine: arb) -> arb:
    """e^{rate (t - 1)}."""
    return (arb(rate) * (cosine - 1)).exp()
