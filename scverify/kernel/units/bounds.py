"""Bounds of the minimum of a loss on units: affine minorants below, a feasible point above (MATH 4.1, 4.2, 9).

The Gram matrix X of all units has own blocks A_t, blocks B_t between two units of a type, and blocks C between types. A feasible one has
means and spreads: unit p of type t has the vectors w_i + (row a of K_t) (x) (vertex p of a simplex), so that

    A = W W' + K K',    B = W W' - K K'/(m - 1),    C = W W'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from ..balls import Balls, checked_finite, checked_positive, gram_rows, magnitude
from ..certificate import Dyadic, Rejected, Unresolved, dyadic, fields, items, rational, require, total
from ..limits import afford
from ..optimum.bounds import negative_part
from .fixed import fixed_means, fixed_spreads, gram_over
from .level import UnitLevel, UnitRow
from .minorants import UnitMinorant, minorant
from .signs import both_signed, check_signs

Matrix = list[list[arb]]


@dataclass(frozen=True)
class UnitPoint:
    """A feasible point: what each node is similar to and its squared norm, what each row sees, the free scalars, and 1/tau.

    Similarities and squares are those of the level: over tau where there are free scalars.
    """

    similar: list[Balls]
    squares: Balls
    rows: list[Balls]
    scalars: list[fmpq]
    inverse: fmpq


def unit_point(level: UnitLevel, witness: Any) -> UnitPoint:
    """The point of a witness, made exactly feasible; Rejected where it cannot be."""
    fields(witness, "means spreads", "scalars inverse")
    scalars, inverse = _chosen_scalars(level, witness), _chosen_inverse(level, witness)
    factor = dyadic(witness["means"], "means", level.nodes)
    factors = spread_factors(level, witness["spreads"])
    check_signs(level, factor, factors)
    means, spreads = _products(level, factor, factors, inverse)
    squares = [means[i][i] + spreads[i // level.kinds][i % level.kinds][i % level.kinds] for i in range(level.nodes)]
    scales = [_scale(level, i, squares[i], inverse) for i in range(level.nodes)]
    normal = [_square(level, i, squares[i] * scales[i] ** 2, inverse) for i in range(level.nodes)]
    similar = [_similarities(level, i, means, spreads, scales, normal[i]) for i in range(level.nodes)]
    rows = [_shifted(row, similar[row.anchor], scalars) for row in level.rows]
    return UnitPoint(similar=similar, squares=normal, rows=rows, scalars=scalars, inverse=inverse)


def _products(level: UnitLevel, factor: Dyadic, factors: list[Dyadic], inverse: fmpq) -> tuple[Matrix, list[Matrix]]:
    """W W' and K K' of each type; where nodes are fixed, by coefficients on these."""
    block, m, kinds = level.fixed, level.multiplicity, level.kinds
    if block is None:
        return gram_rows(factor.balls()), [gram_rows(each.balls()) for each in factors]
    spreads = []
    for t, each in enumerate(factors):
        unit = level.unit(t * kinds)
        places = [i - unit.start for i in block.of_unit(unit)] if m[unit.start] > 1 else []
        spreads.append(gram_over(fixed_spreads(block, unit, m[unit.start]), places, each, inverse))
    return gram_over(fixed_means(block, m, kinds), block.nodes, factor, inverse), spreads


def _chosen_scalars(level: UnitLevel, witness: Any) -> list[fmpq]:
    values = [rational(x, "a scalar") for x in items(witness.get("scalars", []), "scalars", len(level.scalars))]
    require(all(scalar.domain.holds(x) for scalar, x in zip(level.scalars, values, strict=True)), "a scalar lies outside its domain")
    return values


def _chosen_inverse(level: UnitLevel, witness: Any) -> fmpq:
    """1/tau of the point."""
    least, most = level.inverse
    if least == most:
        require("inverse" not in witness, "a temperature that is given is not chosen")
        return least
    require("inverse" in witness, "the point has no temperature")
    chosen = rational(witness["inverse"], "the inverse temperature")
    require(least <= chosen <= most, "the temperature lies outside its interval")
    return chosen


def _shifted(row: UnitRow, similar: Balls, scalars: list[fmpq]) -> Balls:
    """What a row sees: similarities, with its bias added."""
    return [x + scalars[k] if k >= 0 else x for x, k in zip(similar, row.shift, strict=True)] if row.shift else similar


def unit_upper_bound(level: UnitLevel, point: UnitPoint) -> arb:
    """A ball that holds the objective at a feasible point."""
    value = total(row.weight * row.evaluated(seen)[0] for row, seen in zip(level.rows, point.rows, strict=True))
    for i, norm in enumerate(level.constraint):
        value += norm.weight * level.multiplicity[i] * level.copies[i] * point.squares[i] / 2
    value += total(scalar.cost(x) for scalar, x in zip(level.scalars, point.scalars, strict=True))
    return checked_finite(arb(value), "the upper bound")


def spread_factors(level: UnitLevel, data: Any) -> list[Dyadic]:
    """K of each type; without columns where a type has one unit, which nothing is spread from."""
    found = []
    for t, entry in enumerate(items(data, "spreads", level.types)):
        factor = dyadic(entry, "a spread", level.kinds)
        require(level.multiplicity[t * level.kinds] > 1 or factor.numerators.ncols() == 0, "a single unit has a spread")
        found.append(factor)
    return found


def spread_roots(level: UnitLevel, data: Any) -> list[Matrix]:
    """K K' of each type."""
    return [gram_rows(factor.balls()) for factor in spread_factors(level, data)]


def _scale(level: UnitLevel, i: int, square: arb, inverse: fmpq) -> arb:
    """The factor that makes node i's norm feasible: exactly rho on the sphere, at most rho on the ball."""
    norm = level.constraint[i]
    if norm.kind in ("ridge", "fixed") or (norm.kind == "ball" and square <= norm.bound * inverse):
        return arb(1)
    return (norm.bound * inverse / checked_positive(square, f"the norm of node {i}")).sqrt()


def _similarities(level: UnitLevel, i: int, means: Matrix, spreads: list[Matrix], scales: Balls, square: arb) -> Balls:
    """What node i is similar to: nodes of other units, then those of its own, itself by its square."""
    t, a, m = i // level.kinds, i % level.kinds, level.multiplicity[i]
    across = []
    for j in range(level.nodes):
        apart = spreads[t][a][j % level.kinds] / (m - 1) if j // level.kinds == t and m > 1 else arb(0)
        across.append(scales[i] * (means[i][j] - apart) * scales[j])
    own = [scales[i] * (means[i][j] + spreads[t][a][j % level.kinds]) * scales[j] for j in level.unit(i)]
    own[a] = square
    return [*across, *own]


def _square(level: UnitLevel, i: int, square: arb, inverse: fmpq) -> arb:
    """The squared norm of node i, exact on a sphere and where it is fixed."""
    return arb(level.constraint[i].bound * inverse) if level.constraint[i].kind in ("sphere", "fixed") else square


def unit_lower_bound(level: UnitLevel, witness: Any) -> arb:
    """A ball whose lower end bounds the objective from below at every feasible point."""
    if witness == {"form": "rows"}:
        return checked_finite(_least_of_rows(level), "the lower bound")
    fields(witness, "rows factor spreads")
    affine = minorant(level, items(witness["rows"], "rows", len(level.rows)))
    factor = gram_rows(dyadic(witness["factor"], "the factor", level.nodes).balls())
    spreads = spread_roots(level, witness["spreads"])
    across, own = gathered(level, affine.slopes)
    constant = affine.constant + _least_in_scalars(level, affine)
    return checked_finite(constant + _least_inner_product(level, across, own, factor, spreads), "the lower bound")


def _least_in_scalars(level: UnitLevel, affine: UnitMinorant) -> arb:
    """The least of what the minorant and the ridges say of the scalars, each over its domain."""
    slopes: list[Any] = [fmpq(0)] * len(level.scalars)
    for row, found in zip(level.rows, affine.slopes, strict=True):
        for x, k in zip(found, row.shift, strict=False):
            if k >= 0:
                slopes[k] += x
    least: arb = total(scalar.least(slope) for scalar, slope in zip(level.scalars, slopes, strict=True))
    return least


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
    return least_of_softmax(*split)


def gathered(level: UnitLevel, slopes: list[Any]) -> tuple[Matrix, Matrix]:
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
    <S, X> >= sum_i d_i X_ii with d_i = E_ii - sum_j |E_ij| over all nodes j of all units. Where both nodes are signed X_ij >= 0, and a
    positive E_ij costs nothing; where both are fixed X_ij is known.
    """
    m, block = level.multiplicity, level.fixed
    slack, known = [arb(0)] * level.nodes, arb(0)
    for i in range(level.nodes):
        afford("the multipliers of a lower bound")
        for j in range(i + 1):
            for residual, in_unit, partners in _residuals(level, i, j, across, own, factor, spreads):
                if i == j and in_unit:
                    slack[i] += residual + level.constraint[i].weight * level.copies[i] / 2
                elif block is not None and (i, j) in block.others:
                    # so many entries of the symmetric matrix are this one
                    entries = m[i] * partners * (1 if i == j else 2)
                    known += entries * residual * (block.own if in_unit else block.others)[i, j]
                else:
                    lost = negative_part(residual) if both_signed(level, i, j) else magnitude(residual)
                    slack[i] -= partners * lost
                    slack[j] -= 0 if i == j else partners * m[i] // m[j] * lost
    # squares on spheres and balls, and fixed entries, are those of the problem times t = 1/tau; what is linear in t is least at an end
    held = known + total(m[i] * _times_square(level, slack[i], i) for i in range(level.nodes) if level.constraint[i].kind != "ridge")
    ridged = total(m[i] * _times_square(level, slack[i], i) for i in range(level.nodes) if level.constraint[i].kind == "ridge")
    least: arb = min((arb(held) * t).lower() for t in level.inverse) + ridged
    return least


def _residuals(
    level: UnitLevel, i: int, j: int, across: Matrix, own: Matrix, factor: Matrix, spreads: list[Matrix]
) -> Iterator[tuple[arb, bool, int]]:
    """E between two nodes, whether they are of one unit, and how many nodes like j each node like i has there.

    A spread K K' (x) (I - J/m) puts K K' (1 - 1/m) into a unit and -K K'/m between two of them.
    """
    m, kinds = level.multiplicity, level.kinds
    t, a, b = i // kinds, i % kinds, j % kinds
    if j // kinds != t:
        yield (across[i][j] + across[j][i]) / (2 * m[i] * m[j]) - factor[i][j], False, m[j]
        return
    yield (own[i][b] + own[j][a]) / (2 * m[i]) - factor[i][j] - spreads[t][a][b] * (m[i] - 1) / m[i], True, 1
    if m[i] > 1:
        yield (across[i][j] + across[j][i]) / (2 * m[i] * (m[i] - 1)) - factor[i][j] + spreads[t][a][b] / m[i], False, m[i] - 1


def _times_square(level: UnitLevel, slope: arb, i: int) -> arb:
    """A lower bound of slope * X_ii over the feasible squared norms of node i, at tau = 1."""
    norm = level.constraint[i]
    if norm.kind in ("sphere", "fixed"):
        return slope * norm.bound
    least = -negative_part(slope)
    if norm.kind == "ball":
        return least * norm.bound
    if least == 0:
        return arb(0)
    return least * _reach(level, i)


def largest_squares(level: UnitLevel) -> list[arb]:
    """An upper bound of X_ii at every minimiser, node by node, at tau = 1."""
    ridged = [i for i, norm in enumerate(level.constraint) if norm.kind == "ridge"]
    shares = [norm.weight * n * m for norm, n, m in zip(level.constraint, level.copies, level.multiplicity, strict=True)]
    # a node's reach is one number over its ridge
    excess = _reach(level, ridged[0]) * shares[ridged[0]] if ridged else arb(0)
    return [excess / shares[i] if norm.kind == "ridge" else arb(norm.bound) for i, norm in enumerate(level.constraint)]


def _reach(level: UnitLevel, i: int) -> arb:
    """An upper bound of X_ii at every point no worse than H = 0, by the ridge: weight/2 * copies * m X_ii <= L(0) - (least of the rows).

    At H = 0, where fixed nodes stay, the scalars have their values nearest to 0.
    """
    scalars = [scalar.domain.nearest_to_zero() for scalar in level.scalars]
    at_zero = total(scalar.cost(x) for scalar, x in zip(level.scalars, scalars, strict=True))
    at_zero += total(row.weight * row.evaluated(_shifted(row, _resting(level, row.anchor), scalars))[0] for row in level.rows)
    least = total(row.weight * _row_minimum(row) for row in level.rows)
    require(
        all(norm.kind != "sphere" for norm in level.constraint), "H = 0 is not feasible, and nothing else bounds the norms under a ridge"
    )
    reach: arb = 2 * (at_zero - least) / (level.constraint[i].weight * level.copies[i] * level.multiplicity[i])
    return reach.upper()


def _resting(level: UnitLevel, i: int) -> Balls:
    """What node i is similar to where H = 0, except at fixed nodes; under a ridge there is one temperature."""
    seen = [arb(0)] * (level.nodes + level.kinds)
    if level.fixed is not None and level.constraint[i].kind == "fixed":
        for j in level.fixed.nodes:
            seen[j] = arb(level.fixed.others[i, j] * level.inverse[0])
            if j in level.unit(i):
                seen[level.nodes + j % level.kinds] = arb(level.fixed.own[i, j] * level.inverse[0])
    return seen


def _row_minimum(row: UnitRow) -> arb:
    """A lower bound of a row over all similarities; Rejected where none is known."""
    from ..least import least_by_sign, least_of_softmax

    split = row.split()
    least = least_by_sign(row.formula) if split is None else least_of_softmax(*split)
    if least is None:
        raise Rejected("a row is not known to be bounded below, and nothing bounds the norms under the ridge")
    return least
