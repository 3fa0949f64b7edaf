"""Lower bounds of the minimum of the loss, by affine minorants of its rows (MATH 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpz

from ..balls import Balls, checked_finite, gram_rows, magnitude
from ..certificate import Dyadic, Rejected, dyadic, fields, require, total
from ..formula import Row, is_convex
from ..level import Level
from ..limits import afford


@dataclass(frozen=True)
class Minorant:
    """The sum of the rows is at least constant + sum_g slopes_g . x_g."""

    constant: arb
    slopes: list[Balls]


def negative_part(value: arb) -> arb:
    """An exact upper bound of max(0, -x) for every x of the ball."""
    least = value.lower()
    return arb(0) if least >= 0 else -least


def lower_bound(level: Level, witness: Any) -> arb:
    """A ball whose lower end bounds the objective from below at every feasible point."""
    fields(witness, "form factor", "p point trace")
    bounds = diagonal_bounds(level, witness.get("trace"))
    return bounded_below(level, {name: half for name, half in witness.items() if name != "trace"}, bounds)


def bounded_below(level: Level, witness: Any, bounds: list[arb | None]) -> arb:
    """The lower bound, given upper bounds of the diagonal entries where there are any."""
    fields(witness, "form factor", "p point")
    if witness["form"] == "gibbs":
        fields(witness, "form factor p")
        minorant = _gibbs(level, dyadic(witness["p"], "p", level.nodes, level.nodes + 1))
    else:
        from .tangent import tangent_minorant

        require(witness["form"] == "tangent", "the lower bound's form is neither gibbs nor tangent")
        fields(witness, "form factor point")
        minorant = tangent_minorant(level, dyadic(witness["point"], "the point", level.nodes, level.nodes + 1))
    factor = dyadic(witness["factor"], "the factor", level.nodes)
    return checked_finite(minorant.constant + _least_inner_product(level, minorant, factor, bounds), "the lower bound")


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


def between_classes(level: Level, slopes: list[Balls], g: int) -> Balls:
    """Slopes gathered in a symmetric matrix of the classes: its entries between node g and each before it, and within g if it has some."""
    m = level.multiplicity
    before = [(slopes[g][h] + slopes[h][g]) / (2 * m[g] * m[h]) for h in range(g)]
    return [*before, slopes[g][g] / (m[g] * (m[g] - 1))] if m[g] > 1 else before


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
        missed = [entry - given for entry, given in zip(between_classes(level, slopes, g), gram[g], strict=False)]
        for h in range(g):
            lost = cost(missed[h])
            diagonal[g] -= m[h] * lost
            diagonal[h] -= m[g] * lost
        if m[g] > 1:
            # the spread part e (I - J/m), e >= 0, takes up what the entries within lack
            spread = m[g] * negative_part(missed[g])
            diagonal[g] -= spread * (m[g] - 1) / m[g] + (m[g] - 1) * cost(missed[g] + spread / m[g])
    return arb(total(m[g] * _times_diagonal(level, diagonal[g], bounds[g], g) for g in range(level.nodes)))


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
    """An upper bound of X_gg at every feasible point, or under a ridge at every one that is no worse than 0."""
    if level.constraint.kind == "ridge":
        from .ridge import norm_bounds

        return norm_bounds(level, trace)
    require(trace is None, "a trace bound is for a ridge")
    return [arb(level.constraint.bound)] * level.nodes


def check_reduction(level: Level) -> None:
    """Of a lower bound at the level of groups: (R2) rows are convex, (R3) raising a within-class similarity never raises one."""
    require(is_convex(level.formula), "R2 fails: the formula is not convex by composition")
    for g in range(level.nodes):
        if level.weight[g] != 0 and not (level.c[g][-1] == 0 and level.q[g][-1] == 0):
            _check_self_slope(level, g)


def _check_self_slope(level: Level, g: int) -> None:
    """(R3): the slope of row g in its self entry is at most 0 at every feasible similarity."""
    reason = f"R3 fails: raising the within-class similarity of node {g} may raise its row"
    part = level.exponential_part
    if part is not None:
        # slope = kappa * p_self - (slope of the affine remainder), 0 <= p_self <= 1, and p_self = 0 without the outcome
        require(part.kappa > 0, "the exponent's rate is not positive")
        require(part.slopes[g][-1] + (part.kappa if level.c[g][-1] != 0 else 0) <= 0, reason)
        return
    require(level.constraint.kind != "ridge", "R3 is not shown for this formula without a bound on the norms")
    from ..convexity import check_falling

    bound = arb(level.constraint.bound)
    everywhere = [bound.union(-bound)] * level.nodes + [bound]
    row = Row(everywhere, list(map(arb, level.c[g])), list(map(arb, level.q[g])), arb(level.tau))
    check_falling(level.formula, row, level.nodes, reason)
