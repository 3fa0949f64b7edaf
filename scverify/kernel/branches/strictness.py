"""Strictness of minima along stated directions, also for all small temperatures, where some curvatures fall to 0 with tau (MATH 8).

Along h_i(theta) = exp(theta m_i E) h_i, E antisymmetric, the norms stay. At a critical point the second derivative of the loss is
2 sum_{i<j} S_ij G''_ij + sum of the rows' variances of G' over tau: no multiplier is left, and pairs with m_i = m_j do not count.
All of it is a polynomial in tau with balls as coefficients, an exponentially small share being tau^3 times a bounded one. Directions are
scaled by powers of tau^(1/2) so that the matrix has a limit; what has to cancel for that is exactly zero, and is checked to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from flint import arb, arb_mat, arb_poly, fmpq

from ..certificate import Unresolved, fields, integer, items, rational, require, total
from ..points.inertia import inertia
from ..points.orbit import gram_of
from ..points.slopes import Matrix
from .frame import Coordinates, Frame, frame_row, tie_slope
from .temperature import Temperatures, shares_of, small_shares
from .tube import Curve

Polynomials = list[list[arb_poly]]
Products = dict[tuple[tuple[int, int], tuple[int, int]], Polynomials]
_ZERO = arb_poly([])


@dataclass(frozen=True)
class Turn:
    """The direction u_i = m_i E h_i, E turning axis a into axis b; its curvature is of the order of tau^-lift, lift 1 or -1."""

    axes: tuple[int, int]
    samples: list[fmpq]
    lift: int

    def matrix(self, r: int) -> list[list[int]]:
        """E."""
        a, b = self.axes
        return [[int((x, y) == (b, a)) - int((x, y) == (a, b)) for y in range(r)] for x in range(r)]


def check_directions(curve: Curve, data: Any) -> None:
    """Prove that every point of a curve is a strict minimum modulo rotations, by the directions of a witness."""
    frame = curve.frame
    fields(data, "turns", "small")
    require(frame.level.constraint.kind == "sphere", "directions are for the sphere")
    require(frame.layout.r == frame.level.dim, "directions are for points of full rank")
    require(frame.model.rate is not None, "directions are for log-sum-exp rows of s/tau")
    at, temperatures = curve.all(), curve.temperatures
    turns = [_read_turn(frame, entry) for entry in items(data["turns"], "turns")]
    _check_span(frame, at, turns)
    h = embeddings_in_tau(frame, at, data.get("small", []))
    matrix = _scaled(second_derivatives(frame, at, h, temperatures, turns), turns, temperatures)
    require(inertia(matrix)[0] == 0, "a tangent direction has negative curvature")


def _read_turn(frame: Frame, data: Any) -> Turn:
    fields(data, "axes samples lift")
    first, second = (integer(x, "an axis", 0, frame.layout.r - 1) for x in items(data["axes"], "axes", 2))
    require(first != second, "a turn has one axis only")
    samples = [rational(x, "the part of a sample") for x in items(data["samples"], "samples", frame.layout.n)]
    lift = integer(data["lift"], "a lift", -1, 1)
    require(lift != 0, "a lift is neither 1 nor -1")
    return Turn((first, second), samples, lift)


def _check_span(frame: Frame, at: Coordinates, turns: list[Turn]) -> None:
    """The directions, the rotations of all samples at once and the normals h_i form a basis of all (r, n) matrices."""
    layout, h = frame.layout, frame.state(at).h
    rotations = [Turn(pair, [fmpq(1)] * layout.n, 1) for pair in layout.pairs]
    vectors = []
    for turn in [*turns, *rotations]:
        e = turn.matrix(layout.r)
        vectors.append([m * total(x * h[b][i] for b, x in enumerate(row)) for row in e for i, m in enumerate(turn.samples)])
    for j in range(layout.n):
        vectors.append([h[a][i] if i == j else arb(0) for a in range(layout.r) for i in range(layout.n)])
    size = layout.r * layout.n
    require(len(vectors) == size, "the turns are not as many as the tangent directions modulo rotations")
    try:
        arb_mat(size, size, [arb(x) for vector in vectors for x in vector]).inv()
    except ZeroDivisionError as error:
        raise Unresolved("the turns may not span the tangent directions") from error


def embeddings_in_tau(frame: Frame, at: Coordinates, small: Any) -> Polynomials:
    """H as polynomials in tau. A small coordinate is tau times its unknown; so is, in older certificates, an entry tau x/slope of a tie."""
    values = [arb_poly([0, x] if k in frame.small else [x]) for k, x in enumerate(at)]
    for entry in items(small, "small coordinates"):
        fields(entry, "coordinate tie")
        k = integer(entry["coordinate"], "a small coordinate", 0, len(frame.entries) - 1)
        require(k not in frame.small, "a coordinate is small twice")
        number = integer(entry["tie"], "its tie", 0, len(frame.ties.free) - 1)
        tie = frame.ties.free[number]
        without = frame.state([arb(0) if place == k else x for place, x in enumerate(at)]).h
        require(tie.difference(without, without) == 0, "a tie does not vanish with its small coordinate")
        slope = tie_slope(frame, frame.state([x.union(0) if place == k else x for place, x in enumerate(at)]).h, tie, k)
        if slope.contains(0):
            raise Unresolved("the slope of a tie in its small coordinate may vanish")
        values[k] = arb_poly([0, at[frame.first_tie + number] / slope])
    h = [[_ZERO] * frame.layout.n for _ in range(frame.layout.r)]
    for value, orbit in zip(values, frame.entries, strict=False):
        for (a, i), sign in orbit.items():
            h[a][i] = sign * value
    return h


def second_derivatives(frame: Frame, at: Coordinates, h: Polynomials, temperatures: Temperatures, turns: list[Turn]) -> Polynomials:
    """tau times the matrix of second derivatives of tau L along the turns."""
    n, size, rate = frame.layout.n, len(turns), frame.model.softmax_rate
    p, gradient = _probabilities(frame, at, temperatures)
    s = [[(gradient[i][j] + gradient[j][i]) * fmpq(1, 2) for j in range(n)] for i in range(n)]
    moved = [_first_derivatives(h, turn) for turn in turns]
    pulled = [[{a: share[a] * x for a, x in row.items()} for share, row in zip(p, table, strict=True)] for table in moved]
    means = [[sum(row.values(), _ZERO) for row in table] for table in pulled]
    result = [[_ZERO] * size for _ in range(size)]
    tau = arb_poly([0, 1])
    products: Products = {}
    for x in range(size):
        for y in range(x + 1):
            spread = _ZERO
            for i in range(n):
                shared = sum((moved[y][i][a] * value for a, value in pulled[x][i].items() if a in moved[y][i]), _ZERO)
                spread += frame.level.weight[i] * (shared - means[x][i] * means[y][i])
            result[x][y] = result[y][x] = tau * 2 * _bends(h, s, turns[x], turns[y], products) + rate * rate * spread
    return result


def _probabilities(frame: Frame, at: Coordinates, temperatures: Temperatures) -> tuple[Polynomials, Polynomials]:
    """The shares of each row and its weighted gradient."""
    n = frame.layout.n
    gram = gram_of(frame.layout, frame.state(at))
    shares, slopes = list[list[arb_poly]](), list[list[arb_poly]]()
    for i, (first, move) in enumerate(frame.rows):
        weight = frame.level.weight[i]
        if weight == 0:
            p, gradient = [_ZERO] * n, [_ZERO] * n
        elif first == i:
            p, gradient = _row_polynomials(frame, at, gram, i, temperatures)
            gradient = [weight * x for x in gradient]
        else:
            back = sorted(range(n), key=move.__getitem__)
            p, gradient = ([x[j] for j in back] for x in (shares[first], slopes[first]))
        shares.append(p)
        slopes.append(gradient)
    return shares, slopes


def _row_polynomials(
    frame: Frame, at: Coordinates, gram: Matrix, i: int, temperatures: Temperatures
) -> tuple[list[arb_poly], list[arb_poly]]:
    """p and rate p + (slopes of the remainder); without ties the reference's share is 1 minus the others: what cancels does so exactly."""
    row, tied = frame_row(frame, gram, i), frame.ties.of_row(i, frame.tied(at))
    rate = frame.model.softmax_rate
    shares = shares_of(frame.model, row, temperatures, frame.ties.reference.get(i), tied)
    small = small_shares(frame.model, row, temperatures, shares.reference, tied)
    p = [arb_poly([0, 0, 0, small[j] / shares.total] if j in small else [x]) for j, x in enumerate(shares.parts)]
    if not tied:
        p[shares.reference] = 1 - sum((x for j, x in enumerate(p) if j != shares.reference), _ZERO)
    gradient = [rate * x + r for x, r in zip(p, shares.affine, strict=True)]
    if not tied:
        others = sum((x for j, x in enumerate(p) if j != shares.reference), _ZERO)
        gradient[shares.reference] = (rate + shares.affine[shares.reference]) - rate * others
    return p, gradient


def _first_derivatives(h: Polynomials, turn: Turn) -> list[dict[int, arb_poly]]:
    """G'_ij = (m_j - m_i) h_i^T E h_j row by row, where it is not 0 for certain."""
    n, parts, table = range(len(turn.samples)), turn.samples, bilinear(h, turn.matrix(len(h)))
    return [{j: (parts[j] - parts[i]) * table[i][j] for j in n if parts[i] != parts[j] and table[i][j]} for i in n]


def _bends(h: Polynomials, s: Polynomials, first: Turn, second: Turn, products: Products) -> arb_poly:
    """sum_{i<j} S_ij G''_ij, the second derivatives along the turns m E and k F: h_i^T A_i^2 h_j - 2 h_i^T A_i A_j h_j + ..., A_i = m_i E.

    G''_ij is h_i^T (x EF + y FE) h_j, x = (m_i k_i + m_j k_j)/2 - m_i k_j and y = (m_i k_i + m_j k_j)/2 - k_i m_j: what cancels does so
    before balls enter, as x + y where E and F commute (in one plane), and else entry by entry, EF and FE having no entry in common.
    """
    tables = [_weighted(h, s, pair, products) for pair in ((first.axes, second.axes), (second.axes, first.axes))]
    value = _ZERO
    turned, also = ({i for i, m in enumerate(turn.samples) if m != 0} for turn in (first, second))
    for i, j in combinations(range(len(s)), 2):
        if turned.isdisjoint((i, j)) or also.isdisjoint((i, j)):
            continue  # both parts are 0
        ahead, behind = _parts(first, second, i, j)
        parts = (ahead + behind, fmpq(0)) if set(first.axes) == set(second.axes) else (ahead, behind)
        for part, table in zip(parts, tables, strict=True):
            if part != 0 and table[i][j]:
                value += part * table[i][j]
    return value


def _weighted(h: Polynomials, s: Polynomials, planes: tuple[tuple[int, int], tuple[int, int]], products: Products) -> Polynomials:
    """S_ij h_i^T EF h_j for the planes of E and F, kept in `products`."""
    if planes not in products:
        table = bilinear(h, _product(*planes, len(h)))
        products[planes] = [[x * y for x, y in zip(*rows, strict=True)] for rows in zip(s, table, strict=True)]
    return products[planes]


def _parts(first: Turn, second: Turn, i: int, j: int) -> tuple[fmpq, fmpq]:
    """The parts of EF and FE in the second derivative of G_ij along the turns m E and k F."""
    m, k = first.samples, second.samples
    own = (m[i] * k[i] + m[j] * k[j]) / 2
    return own - m[i] * k[j], own - k[i] * m[j]


@lru_cache
def _product(left: tuple[int, int], right: tuple[int, int], r: int) -> list[list[int]]:
    """EF for the planes of two turns."""
    e, f = (Turn(axes, [], 1).matrix(r) for axes in (left, right))
    return [[sum(x * f[k][b] for k, x in enumerate(row)) for b in range(r)] for row in e]


def bilinear(h: Polynomials, matrix: list[list[int]]) -> Polynomials:
    """h_i^T X h_j for all i and j, leaving out what X leaves out."""
    n, entries = range(len(h[0])), [(a, b, x) for a, row in enumerate(matrix) for b, x in enumerate(row) if x != 0]
    return [[sum((x * h[a][i] * h[b][j] for a, b, x in entries), _ZERO) for j in n] for i in n]


def _scaled(matrix: Polynomials, turns: list[Turn], temperatures: Temperatures) -> Matrix:
    """The matrix of second derivatives (given times tau) of the directions scaled by tau^(lift/2), over the range."""
    result = []
    for x, row in enumerate(matrix):
        line = []
        for y, entry in enumerate(row):
            drop = 1 - (turns[x].lift + turns[y].lift) // 2
            require(all(c == 0 for c in entry.coeffs()[:drop]), "a curvature is not shown to fall with tau as its lift says")
            line.append(arb_poly(entry.coeffs()[drop:])(temperatures.ball))
        result.append(line)
    return result
