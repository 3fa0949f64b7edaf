"""Bounds of the minimum of a loss on units: affine minorants below, a feasible point above (MATH 4.1, 4.2, 9).

The Gram matrix X of all units has own blocks A_t, blocks B_t between two units of a type, and blocks C between types. A feasible one has
means and spreads: unit p of type t has the vectors w_i + (row a of K_t) (x) (vertex p of a simplex), so that

    A = W W' + K K',    B = W W' - K K'/(m - 1),    C = W W'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpz

from ..balls import checked_finite, checked_positive, gram_rows, magnitude, negative_part
from ..certificate import Rejected, Unresolved, dyadic, fields, integer, items, require, total
from ..formula import is_convex
from ..limits import afford
from .level import UnitLevel, UnitRow

Balls = list[arb]
Matrix = list[list[arb]]


@dataclass(frozen=True)
class UnitPoint:
    """A feasible point: what each row of the level sees, and the squared norm of each node."""

    rows: list[Balls]
    squares: Balls


def unit_point(level: UnitLevel, witness: Any) -> UnitPoint:
    """The point of a witness, made exactly feasible; Rejected where it cannot be."""
    fields(witness, "means spreads")
    means = gram_rows(dyadic(witness["means"], "means", level.nodes).balls())
    spreads = _spreads(level, witness["spreads"])
    squares = [means[i][i] + spreads[i // level.kinds][i % level.kinds][i % level.kinds] for i in range(level.nodes)]
    scales = [_scale(level, i, squares[i]) for i in range(level.nodes)]
    rows = [_similarities(level, row.anchor, means, spreads, scales) for row in level.rows]
    return UnitPoint(rows=rows, squares=[_square(level, i, squares[i] * scales[i] ** 2) for i in range(level.nodes)])


def unit_upper_bound(level: UnitLevel, point: UnitPoint) -> arb:
    """A ball that holds the objective at a feasible point."""
    value = total(row.weight * row.evaluated(seen)[0] for row, seen in zip(level.rows, point.rows, strict=True))
    for i, norm in enumerate(level.constraint):
        value += norm.weight * level.multiplicity[i] * level.copies[i] * point.squares[i] / 2
    return checked_finite(arb(value), "the upper bound")


def _spreads(level: UnitLevel, data: Any) -> list[Matrix]:
    """K K' of each type; 0 where a type has one unit, which nothing is spread from."""
    found = []
    for t, entry in enumerate(items(data, "spreads", level.types)):
        factor = dyadic(entry, "a spread", level.kinds)
        require(level.multiplicity[t * level.kinds] > 1 or factor.numerators.ncols() == 0, "a single unit has a spread")
        found.append(gram_rows(factor.balls()))
    return found


def _scale(level: UnitLevel, i: int, square: arb) -> arb:
    """The factor that makes node i's norm feasible: exactly rho on the sphere, at most rho on the ball."""
    norm = level.constraint[i]
    if norm.kind == "ridge" or (norm.kind == "ball" and square <= norm.bound):
        return arb(1)
    return (norm.bound / checked_positive(square, f"the norm of node {i}")).sqrt()


def _similarities(level: UnitLevel, i: int, means: Matrix, spreads: list[Matrix], scales: Balls) -> Balls:
    """What the rows anchored at node i see: nodes of other units, then those of its own."""
    t, a, m = i // level.kinds, i % level.kinds, level.multiplicity[i]
    across = []
    for j in range(level.nodes):
        apart = spreads[t][a][j % level.kinds] / (m - 1) if j // level.kinds == t and m > 1 else arb(0)
        across.append(scales[i] * (means[i][j] - apart) * scales[j])
    own = [scales[i] * (means[i][j] + spreads[t][a][j % level.kinds]) * scales[j] for j in level.unit(i)]
    own[a] = _square(level, i, own[a])
    return [*across, *own]


def _square(level: UnitLevel, i: int, square: arb) -> arb:
    """The squared norm of node i, exact on a sphere."""
    return arb(level.constraint[i].bound) if level.constraint[i].kind == "sphere" else square


def unit_lower_bound(level: UnitLevel, witness: Any) -> arb:
    """A ball whose lower end bounds the objective from below at every feasible point."""
    if witness == {"form": "rows"}:
        return checked_finite(_least_of_rows(level), "the lower bound")
    fields(witness, "rows factor spreads")
    constant, slopes = _minorant(level, items(witness["rows"], "rows", len(level.rows)))
    factor = gram_rows(dyadic(witness["factor"], "the factor", level.nodes).balls())
    spreads = _spreads(level, witness["spreads"])
    across, own = gathered(level, slopes)
    return checked_finite(constant + _least_inner_product(level, across, own, factor, spreads), "the lower bound")


def _least_of_rows(level: UnitLevel) -> arb:
    """The least values of the rows over all similarities, a ridge left aside; Unresolved where a row has none that is known."""
    found = [row.weight * x for row in level.rows if (x := _least_of_row(row)) is not None]
    if len(found) < len(level.rows):
        raise Unresolved("a row is not known to be bounded below over all similarities")
    return arb(total(found))


def _least_of_row(row: UnitRow) -> arb | None:
    from ..least import least_by_sign, least_of_softmax

    split = row.split()
    if split is None:
        return least_by_sign(row.formula)
    kappa, at_zero, slopes = split
    return least_of_softmax(kappa, at_zero, slopes, row.c)


def _minorant(level: UnitLevel, data: list[Any]) -> tuple[arb, list[Balls]]:
    """The sum of the rows is at least constant + sum slopes . x: by Gibbs's inequality for a log-sum-exp, by the tangent for others."""
    constant, slopes = arb(0), []
    for row, entry in zip(level.rows, data, strict=True):
        fields(entry, "form bits row")
        bits = integer(entry["bits"], "bits of a row", 0)
        numerators = [fmpz(integer_of(x)) for x in items(entry["row"], "a row", len(row.c))]
        unit = arb(fmpq(1, fmpz(2) ** bits))
        require(entry["form"] in ("gibbs", "tangent"), "the form of a row is neither gibbs nor tangent")
        gibbs = entry["form"] == "gibbs"
        part = _gibbs(row, numerators, bits, unit) if gibbs else _tangent(row, [arb(x) * unit for x in numerators])
        constant += row.weight * part[0]
        slopes.append([row.weight * x for x in part[1]])
    return constant, slopes


def integer_of(data: Any) -> int:
    """A JSON integer of any size and sign."""
    require(type(data) is int, "an entry of a row is not an integer")
    return int(data)


def _gibbs(row: UnitRow, numerators: list[fmpz], bits: int, unit: arb) -> tuple[arb, Balls]:
    """log sum c e^(kappa s) >= kappa sum p s - sum p log(p/c) (Cover and Thomas 2006, Theorem 2.6.3)."""
    split = row.split()
    if split is None:
        raise Rejected("the Gibbs form needs a row that is a log-sum-exp plus an affine remainder")
    kappa, at_zero, rest = split
    require(min(numerators) >= 0 and total(numerators) == fmpz(2) ** bits, "the outcomes of a row are not probabilities")
    require(all(x == 0 for x, c in zip(numerators, row.c, strict=True) if c == 0), "an outcome is positive where c is 0")
    p = [x * unit for x in numerators]
    entropy = total(x * (c / x).log() for x, c, n in zip(p, row.c, numerators, strict=True) if n != 0)
    return entropy + at_zero, [kappa * x + r for x, r in zip(p, rest, strict=True)]


def _tangent(row: UnitRow, at: Balls) -> tuple[arb, Balls]:
    """A convex row lies above its tangent at any point, feasible or not (Boyd and Vandenberghe 2004, 3.1.3)."""
    require(is_convex(row.formula), "the tangent form needs a formula that is convex by composition")
    value, gradient = row.evaluated(at)
    return value - total(d * x for d, x in zip(gradient, at, strict=True)), gradient


def gathered(level: UnitLevel, slopes: list[Balls]) -> tuple[Matrix, Matrix]:
    """The slopes by anchor: in the entries for other units (u x u) and for the own unit (u x R)."""
    across = [[arb(0)] * level.nodes for _ in range(level.nodes)]
    own = [[arb(0)] * level.kinds for _ in range(level.nodes)]
    for row, found in zip(level.rows, slopes, strict=True):
        i = row.anchor
        across[i] = [x + y for x, y in zip(across[i], found[: level.nodes], strict=True)]
        own[i] = [x + y for x, y in zip(own[i], found[level.nodes :], strict=True)]
    return across, own


def _least_inner_product(level: UnitLevel, across: Matrix, own: Matrix, factor: Matrix, spreads: list[Matrix]) -> arb:
    """A lower bound of <S, X> over the feasible X, S the slopes gathered in a symmetric matrix of all units.

    With S = F F' + (spread part) + E, both first parts positive semidefinite, and |X_ij| <= (X_ii + X_jj)/2:
    <S, X> >= sum_i d_i X_ii with d_i = E_ii - sum_j |E_ij| over all nodes j of all units. A spread K K' (x) (I - J/m) puts
    K K' (1 - 1/m) into a unit and -K K'/m between two of them.
    """
    m, kinds = level.multiplicity, level.kinds
    slack = [arb(0)] * level.nodes
    for i in range(level.nodes):
        afford("the multipliers of a lower bound")
        t, a = i // kinds, i % kinds
        for j in range(i + 1):
            b, same = j % kinds, j // kinds == t
            if not same:
                lost = magnitude((across[i][j] + across[j][i]) / (2 * m[i] * m[j]) - factor[i][j])
                slack[i] -= m[j] * lost
                slack[j] -= m[i] * lost
                continue
            inside = (own[i][b] + own[j][a]) / (2 * m[i]) - factor[i][j] - spreads[t][a][b] * (m[i] - 1) / m[i]
            if m[i] > 1:
                lost = (m[i] - 1) * magnitude(
                    (across[i][j] + across[j][i]) / (2 * m[i] * (m[i] - 1)) - factor[i][j] + spreads[t][a][b] / m[i]
                )
                slack[i] -= lost
                slack[j] -= 0 if i == j else lost
            if i == j:
                slack[i] += inside + level.constraint[i].weight * level.copies[i] / 2
            else:
                slack[i] -= magnitude(inside)
                slack[j] -= magnitude(inside)
    least: arb = total(m[i] * _times_square(level, slack[i], i) for i in range(level.nodes))
    return least


def _times_square(level: UnitLevel, slope: arb, i: int) -> arb:
    """A lower bound of slope * X_ii over the feasible squared norms of node i."""
    norm = level.constraint[i]
    if norm.kind == "sphere":
        return slope * norm.bound
    least = -negative_part(slope)
    if norm.kind == "ball":
        return least * norm.bound
    if least == 0:
        return arb(0)
    return least * _reach(level, i)


def _reach(level: UnitLevel, i: int) -> arb:
    """An upper bound of X_ii at every point no worse than H = 0, by the ridge: weight/2 * copies * m X_ii <= L(0) - (least of the rows)."""
    at_zero = total(row.weight * row.evaluated([arb(0)] * len(row.c))[0] for row in level.rows)
    least = total(row.weight * _row_minimum(row) for row in level.rows)
    require(
        all(norm.kind != "sphere" for norm in level.constraint), "H = 0 is not feasible, and nothing else bounds the norms under a ridge"
    )
    reach: arb = 2 * (at_zero - least) / (level.constraint[i].weight * level.copies[i] * level.multiplicity[i])
    return reach.upper()


def _row_minimum(row: UnitRow) -> arb:
    """A lower bound of a row over all similarities; Rejected where none is known."""
    split = row.split()
    if split is None:
        from ..convexity import convexity_of

        require(
            convexity_of(row.formula).nonnegative, "a row is not known to be bounded below, and nothing bounds the norms under the ridge"
        )
        return arb(0)
    kappa, at_zero, slopes = split
    p = [-r / kappa for r in slopes]
    known = min(p) >= 0 and total(p) == 1 and not any(x != 0 and c == 0 for x, c in zip(p, row.c, strict=True))
    require(known, "a row is not known to be bounded below, and nothing bounds the norms under the ridge")
    least: arb = at_zero + total(x * arb(c / x).log() for x, c in zip(p, row.c, strict=True) if x != 0)
    return least
