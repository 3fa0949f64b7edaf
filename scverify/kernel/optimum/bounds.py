"""Lower bounds of the minimum of the loss, by affine minorants of its rows (MATH 4.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flint import arb, fmpq, fmpz

from ..balls import finite, gram_rows, magnitude, negative_part
from ..certificate import Dyadic, Rejected, at_most, dyadic, fields, require, total
from ..formula import shape
from ..level import Level
from ..limits import afford

Balls = list[arb]


@dataclass(frozen=True)
class Minorant:
    """The sum of the rows is at least constant + sum_g slopes_g . x_g."""

    constant: arb
    slopes: list[Balls]


def lower_bound(level: Level, witness: Any) -> arb:
    """A ball whose lower end bounds the objective from below at every feasible point."""
    fields(witness, "form factor", "p point trace")
    bounds = diagonal_bounds(level, witness.get("trace"))
    return _bounded_below(level, {name: half for name, half in witness.items() if name != "trace"}, bounds)


def _bounded_below(level: Level, witness: dict[str, Any], bounds: list[arb | None]) -> arb:
    """The lower bound, given upper bounds of the diagonal entries where there are any."""
    fields(witness, "form factor", "p point")
    require(witness["form"] in ("gibbs", "tangent"), "the lower bound's form is neither gibbs nor tangent")
    factor = dyadic(witness["factor"], "the factor", level.nodes)
    if witness["form"] == "gibbs":
        fields(witness, "form factor p")
        minorant = _gibbs(level, dyadic(witness["p"], "p", level.nodes, level.nodes + 1))
    else:
        fields(witness, "form factor point")
        minorant = _tangent(level, dyadic(witness["point"], "the point", level.nodes, level.nodes + 1))
    return finite(minorant.constant + _least_inner_product(level, minorant, factor, bounds), "the lower bound")


def _gibbs(level: Level, p: Dyadic) -> Minorant:
    """log sum c e^(kappa s) >= kappa sum p s - sum p log(p/c) for every probability p that vanishes where c does.

    It is the information inequality for p against c e^(kappa s)/sum (Cover and Thomas 2006, Theorem 2.6.3).
    """
    part = level.exponential_part
    if part is None:
        raise Rejected("the Gibbs form needs a row that is a log-sum-exp plus an affine remainder")
    one, unit, kappa = fmpz(2) ** p.bits, arb(p.unit), arb(part.kappa)
    constant, slopes = arb(0), []
    for g, numerators in enumerate(p.rows()):
        afford("the rows of a lower bound")
        weight = arb(level.weight[g])
        require(min(numerators) >= 0, f"row {g} of p has a negative entry")
        require(total(numerators) == one, f"row {g} of p does not sum to one")
        require(all(x == 0 for x, c in zip(numerators, level.c[g], strict=True) if c == 0), f"row {g} of p is positive where c is 0")
        probabilities = [x * unit for x in numerators]
        entropy = total(x * (c / x).log() for x, c in zip(probabilities, level.c[g], strict=True) if x != 0)
        constant += weight * (entropy + part.at_zero[g])
        slopes.append([weight * (kappa * x + r) for x, r in zip(probabilities, part.slopes[g], strict=True)])
    return Minorant(constant, slopes)


def _tangent(level: Level, point: Dyadic) -> Minorant:
    """A convex row lies above its tangent at any point, feasible or not (Boyd and Vandenberghe 2004, 3.1.3)."""
    require(shape(level.formula).convex, "the tangent form needs a formula that is convex by composition")
    scale = arb(point.unit)
    constant, slopes = arb(0), []
    for g, numerators in enumerate(point.rows()):
        similarities = [arb(x) * scale for x in numerators]
        value, gradient = level.evaluated(g, similarities)
        weight = level.weight[g]
        constant += weight * (value - total(d * x for d, x in zip(gradient, similarities, strict=True)))
        slopes.append([weight * finite(d, f"the gradient of row {g}") for d in gradient])
    return Minorant(constant, slopes)


def _least_inner_product(level: Level, minorant: Minorant, factor: Dyadic, bounds: list[arb | None]) -> arb:
    """A lower bound of <S, X> over the feasible X, S the slopes gathered in a symmetric matrix of the classes.

    With S = F F^T + (spread part) + E, both first parts positive semidefinite, and |X_ij| <= (X_ii + X_jj)/2:
    <S, X> >= sum_i d_i X_ii with d_i = E_ii - sum_j |E_ij|; where X >= 0 only the negative entries of E cost.
    """
    m, slopes = level.multiplicity, minorant.slopes
    gram = gram_rows(factor.balls())
    cost = negative_part if level.constraint.nonnegative else magnitude
    diagonal = [slopes[g][-1] / m[g] + level.constraint.weight * level.mass[g] / 2 - gram[g][g] for g in range(level.nodes)]
    for g in range(level.nodes):
        afford("the multipliers of a lower bound")
        for h in range(g):
            lost = cost((slopes[g][h] + slopes[h][g]) / (2 * m[g] * m[h]) - gram[g][h])
            diagonal[g] -= m[h] * lost
            diagonal[h] -= m[g] * lost
        if m[g] > 1:
            between = slopes[g][g] / (m[g] * (m[g] - 1)) - gram[g][g]
            # the spread part e (I - J/m), e >= 0, takes up what `between` lacks
            spread = m[g] * negative_part(between)
            diagonal[g] -= spread * (m[g] - 1) / m[g] + (m[g] - 1) * cost(between + spread / m[g])
    least: arb = total(m[g] * _times_diagonal(level, diagonal[g], bounds[g], g) for g in range(level.nodes))
    return least


def _times_diagonal(level: Level, slope: arb, bound: arb | None, g: int) -> arb:
    """A lower bound of slope * X_gg over the feasible diagonal entries."""
    if level.constraint.kind == "sphere":
        return slope * level.constraint.bound
    least = -negative_part(slope)
    if bound is None:
        require(bool(least == 0), f"node {g}: nothing bounds the norms, and the diagonal slope may be negative")
        return arb(0)
    return least * bound


def diagonal_bounds(level: Level, trace: Any) -> list[arb | None]:
    """An upper bound of X_gg at every point that is no worse than 0 (ridge), or at every feasible one.

    Ridge: where L + share * weight/2 tr >= a, a point no worse than 0 has (1 - share) * weight/2 * mass_g * X_gg <= L(0) - a. Rows known to
    be bounded below serve with share 0; else the witness `trace` proves a for share 1/2, where no diagonal slope may be negative.
    """
    if level.constraint.kind != "ridge":
        require(trace is None, "a trace bound is for a ridge")
        return [arb(level.constraint.bound)] * level.nodes
    anchors = [g for g in range(level.nodes) if level.weight[g] != 0]
    at_zero = total(level.weight[g] * level.evaluated(g, [arb(0)] * (level.nodes + 1))[0] for g in anchors)
    if trace is not None:
        half = level.constraint.weight / 2
        least = _bounded_below(replace(level, constraint=level.constraint._replace(weight=half)), trace, [None] * level.nodes)
        return [2 * (at_zero - least) / (half * mass) for mass in level.mass]
    minima = [_row_minimum(level, g) for g in anchors]
    known = [level.weight[g] * x for g, x in zip(anchors, minima, strict=True) if x is not None]
    if len(known) < len(anchors):
        return [None] * level.nodes
    return [2 * (at_zero - total(known)) / (level.constraint.weight * mass) for mass in level.mass]


def _row_minimum(level: Level, g: int) -> arb | None:
    """A lower bound of row g over all similarities, where one is known."""
    part = level.exponential_part
    if part is None:
        return arb(0) if shape(level.formula).nonnegative else None
    p = [-r / part.kappa for r in part.slopes[g]]
    if min(p) < 0 or total(p) != 1 or any(x != 0 and c == 0 for x, c in zip(p, level.c[g], strict=True)):
        return None
    least: arb = part.at_zero[g] + total(x * arb(c / x).log() for x, c in zip(p, level.c[g], strict=True) if x != 0)
    return least


def check_lower(level: Level, witness: Any, claimed: fmpq) -> None:
    """Prove that the objective is at least `claimed` everywhere."""
    at_most(claimed, lower_bound(level, witness).lower(), "the witness does not prove the lower bound")
