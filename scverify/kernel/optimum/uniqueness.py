"""UniqueMinimizer: how far any minimiser of the relaxation can be from a stated Gram matrix (MATH 4.3)."""

from __future__ import annotations

from typing import Any

from flint import arb

from ..balls import checked_finite, checked_positive, magnitude, root_above
from ..certificate import Dyadic, Rejected, at_most, dyadic, fields, integer, rational, require, total
from ..claims import Claim, Data
from ..level import Level, level_of
from ..problem import read_problem
from ..words import about, number, pinned, tally
from .bounds import between_classes, lower_bound
from .feasible import FeasiblePoint, feasible_point, upper_bound


def check_unique_minimizer(claim: Data, witness: Any) -> tuple[str, ...] | None:
    """Every minimiser of the relaxation lies within `radius` (Frobenius, class by class) of `gram`, or of the matrix of `centre`."""
    if isinstance(witness, dict) and witness.get("form") == "scaled":
        from .scaled import factor_taken_out

        fields(witness, "form witness")
        return check_unique_minimizer({**claim, "problem": factor_taken_out(claim["problem"])[0]}, witness["witness"])
    if "centre" in claim:
        from .rank_one_claims import check_unique

        return check_unique(claim, witness)
    fields(claim, "type problem groups gram radius", "rank")
    fields(witness, "lower upper")
    level, claimed = level_of(read_problem(claim["problem"]), "groups", claim["groups"]), rational(claim["radius"], "radius")
    require(claimed >= 0, "the radius is negative")
    point = feasible_point(level, witness["upper"])
    gap = upper_bound(level, point) - lower_bound(level, witness["lower"]).lower()
    around = radius_around(level, point, gap)
    stated = dyadic(claim["gram"], "gram", level.nodes, level.nodes + 1)
    at_most(around + distance(level, point, stated), claimed, "the witness does not prove the radius")
    if "rank" in claim:
        from .rank import rank_bounds

        least, most = rank_bounds(level, point, witness["lower"], around)
        rank = integer(claim["rank"], "rank", 0, sum(level.multiplicity))
        require(least <= rank <= most, f"the rank lies between {least} and {most}")
        at_most(most - least, 0, f"the witness proves only that the rank lies between {least} and {most}")
    return None


def radius_around(level: Level, point: FeasiblePoint, gap: arb) -> arb:
    """An upper bound of the distance of any minimiser B* from the witness's feasible point P.

    P is feasible and B* minimal, so f(P) - f(B*) >= mu/2 |P - B*|^2 for a curvature bound mu between them; gap >= f(P) - f(B*).
    mu holds on the ball of radius R = 2 sqrt(2 gap/mu_P) with a loss of exp(-3 kappa R); convexity rules out minimisers beyond it.
    """
    curvature, kappa = _curvature(level, point)
    first_guess = (2 * magnitude(gap) / curvature).sqrt()
    loss = (3 * kappa * first_guess).exp()
    require(bool(loss < 2), "the gap is too wide for a radius: the curvature may fade within it")
    return arb((first_guess * loss).upper())


def _curvature(level: Level, point: FeasiblePoint) -> tuple[arb, arb]:
    """A positive lower bound of the curvature of f at the point in the off-diagonal entries, and kappa.

    A row's slopes are kappa p + (those of the affine remainder), p the probabilities of its outcomes, and
    v'(diag p - pp')v >= p_0 sum p_a v_a^2 for v_0 = 0 (the self entry is constant on the sphere). An entry pair (i, j) of a
    symmetric direction has squared Frobenius norm 2 v_ij^2 and collects the terms of row i and of row j: twice their mean, v_ij^2 times.
    """
    require(level.constraint.kind == "sphere", "a radius is known only on the sphere, where the self entry is constant")
    part = level.exponential_part
    if part is None:
        raise Rejected("a radius is known only for a row that is a log-sum-exp plus an affine remainder")
    require(part.kappa > 0, "the exponent's rate is not positive")
    kappa = arb(part.kappa)
    rows = [[(d - r) / kappa for d, r in zip(*slopes, strict=True)] for slopes in zip(point.slopes, part.slopes, strict=True)]
    spreads = [[weight * p[-1] * x for x in p] for weight, p in zip(level.weight, rows, strict=True)]
    entries = [entry for g in range(level.nodes) for entry in between_classes(level, spreads, g)]
    least = min((checked_finite(entry, "the curvature").lower() for entry in entries), default=arb(1))
    return checked_positive(kappa * kappa * least, "the curvature of the loss at the point"), kappa


def distance(level: Level, point: FeasiblePoint, stated: Dyadic) -> arb:
    """Frobenius distance, class by class, of the point's Gram matrix from the stated one."""
    square = arb(0)
    for g, (row, centre) in enumerate(zip(point.rows, stated.balls().tolist(), strict=True)):
        others = [m - (g == h) for h, m in enumerate(level.multiplicity)]
        differences = zip([*others, 1], row, centre, strict=True)
        square += level.multiplicity[g] * total(n * (x - y) * (x - y) for n, x, y in differences)
    return root_above(square)


def in_words(claim: Data) -> str:
    """Where every minimiser lies, and its rank."""
    rank = f" and has rank {claim['rank']}" if "rank" in claim else ""
    stated = f"(groups {pinned(claim['groups'], 'in a list')}; matrix of {tally(claim.get('gram') or claim['centre'])})"
    near = f"within {number(claim['radius'])} (Frobenius) of the stated one {stated}"
    return about(claim, f"every minimiser of the relaxation over class Gram matrices lies {near}{rank}")


CLAIMS = {"UniqueMinimizer": Claim(check_unique_minimizer, in_words)}
