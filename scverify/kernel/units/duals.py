"""The dual that a lower bound on units states, and how far that of a minimiser may be from it (MATH 4.3, 9)."""

from __future__ import annotations

from typing import Any

from flint import arb, arb_mat

from ..balls import magnitude, root_above
from ..certificate import dyadic, require, total
from .bounds import gathered, largest_squares, spread_roots
from .level import UnitLevel
from .minorants import minorant
from .nearness import NearRow

Matrix = list[list[arb]]


def stated_dual(level: UnitLevel, witness: Any, near: list[NearRow], gap: arb) -> tuple[Matrix, list[Matrix], arb]:
    """S on means (u x u, weighted by sqrt m) and on the spreads of each type (R x R), and a bound of |S* - S|."""
    m, kinds = level.multiplicity, level.kinds
    across, own = gathered(level, minorant(level, witness["lower"]["rows"]).slopes)
    factor = dyadic(witness["lower"]["factor"], "the factor", level.nodes).balls()
    gram = (factor * factor.transpose()).tolist()
    spread = spread_roots(level, witness["lower"]["spreads"])
    slopes_error = _slopes_error(level, near)
    squares = largest_squares(level)
    norms, trace = [root_above(x) for x in squares], total(n * x for n, x in zip(m, squares, strict=True))
    missed = [arb(0)] * level.nodes
    multipliers = [arb(0)] * level.nodes
    inside: Matrix = [[arb(0)] * level.nodes for _ in range(level.nodes)]
    between: Matrix = [[arb(0)] * level.nodes for _ in range(level.nodes)]
    for i in range(level.nodes):
        for j in range(level.nodes):
            same = i // kinds == j // kinds
            if not same:
                between[i][j] = (across[i][j] + across[j][i]) / (2 * m[i] * m[j])
                missed[i] += m[j] * magnitude(between[i][j] - gram[i][j]) * norms[j]
                continue
            a, b, t = i % kinds, j % kinds, i // kinds
            inside[i][j] = (own[i][b] + own[j][a]) / (2 * m[i])
            stated = gram[i][j] + spread[t][a][b] * (m[i] - 1) / m[i]
            if i == j:
                inside[i][j] += level.constraint[i].weight * level.copies[i] / 2
                multipliers[i] = stated - inside[i][j]
            else:
                missed[i] += magnitude(inside[i][j] - stated) * norms[j]
            if m[i] > 1:
                between[i][j] = (across[i][j] + across[j][i]) / (2 * m[i] * (m[i] - 1))
                missed[i] += (m[i] - 1) * magnitude(between[i][j] - gram[i][j] + spread[t][a][b] / m[i]) * norms[j]
    moved = arb(0)
    for i in range(level.nodes):
        if level.constraint[i].kind != "ridge":
            inside[i][i] += multipliers[i]
            moved = max(moved, _multiplier_error(level, i, multipliers[i], inside[i][i], slopes_error, arb(trace), missed[i], gap))
    return on_means(level, inside, between), on_spreads(level, inside, between), (slopes_error + moved).upper()


def _multiplier_error(level: UnitLevel, i: int, multiplier: arb, diagonal: arb, slopes: arb, trace: arb, missed: arb, gap: arb) -> arb:
    """How far lambda*_i may be from the stated multiplier, by the i-th diagonal entry of S* X* = 0.

    With S = F F' + (spreads) + E, E = 0 on the diagonal, and <F F' + (spreads), X*> <= gap:
    X*_ii |lambda - lambda*| <= sqrt(S_ii gap) rho + |slopes' error| rho sqrt(tr X*) + sum_j |E_ij| rho rho_j.
    """
    rho = root_above(arb(level.constraint[i].bound))
    if level.constraint[i].kind == "ball":
        # lambda (rho^2 - X*_ii) <= gap, so that X*_ii >= rho^2/2
        positive = bool(multiplier > 0) and bool(gap / multiplier <= level.constraint[i].bound / 2)
        require(positive, "a node of a ball may lie inside, and its multiplier is not known")
        rho = rho / 2
    return ((root_above(magnitude(diagonal) * gap) + slopes * root_above(trace) + missed) / rho).upper()


def _slopes_error(level: UnitLevel, near: list[NearRow]) -> arb:
    """A bound of the Frobenius norm of the change of the symmetrised slopes: each entry collects the terms of the rows of its anchor."""
    shared = [0] * level.nodes
    for row, each in zip(level.rows, near, strict=True):
        shared[row.anchor] += each.terms
    return root_above(max(shared) * max((each.slope_error.upper() for each in near), default=arb(0)))


def on_means(level: UnitLevel, inside: Matrix, between: Matrix) -> Matrix:
    """The matrix on vectors that are equal in all units of a type, by an orthonormal basis of them."""
    m, kinds = level.multiplicity, level.kinds
    roots = [arb(x).sqrt() for x in m]
    return [
        [
            inside[i][j] + (m[i] - 1) * between[i][j] if i // kinds == j // kinds else roots[i] * roots[j] * between[i][j]
            for j in range(level.nodes)
        ]
        for i in range(level.nodes)
    ]


def on_spreads(level: UnitLevel, inside: Matrix, between: Matrix) -> list[Matrix]:
    """The matrix on vectors of sum 0 over the units of a type."""
    firsts = range(0, level.nodes, level.kinds)
    return [[[inside[i][j] - between[i][j] for j in level.unit(first)] for i in level.unit(first)] for first in firsts]


def is_positive_on(matrix: Matrix, frame: arb_mat, error: arb) -> bool:
    """Whether v'Mv > error v'v for every v in the span of a frame: by Gershgorin's discs, the frame being near eigenvectors."""
    moved = (frame.transpose() * arb_mat(matrix) * frame).tolist()
    lengths = (frame.transpose() * frame).tolist()
    least = [row[i].lower() - total(magnitude(x) for j, x in enumerate(row) if j != i) for i, row in enumerate(moved)]
    most = max((total(map(magnitude, row)) for row in lengths), default=arb(0))
    return all(bool(arb(x) > error * most) for x in least)
