"""Signed nodes in certificates on units: points with coordinates >= 0, and the multipliers of H >= 0 in the dual (MATH 9)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import arb
from numpy.typing import NDArray

from scverify.certify.precise import BallArray, as_array, float_midpoints
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.signs import both_signed
from scverify.search.unit_signs import spread_types
from scverify.search.units import UnitCandidate

Floats = NDArray[np.float64]
# coordinates this small are 0, and similarities this small are those of vectors that share no coordinate
ZERO, APART = 1e-13, 1e-12


def in_coordinates(level: UnitLevel, candidate: UnitCandidate, bits: int) -> tuple[BallArray, list[BallArray]]:
    """Means and spreads of a candidate in columns that belong together, with coordinates that are >= 0 once they are rounded."""
    kinds, types = level.kinds, spread_types(level)
    means, spreads = candidate.means.copy(), []
    means[np.abs(means) < ZERO] = 0.0
    columns, unit = as_array(means), arb(2) ** -bits
    order: list[int] = []
    for place, first in enumerate(types):
        own, rows = slice(place * kinds, (place + 1) * kinds), slice(first, first + kinds)
        spread = as_array(candidate.spreads[rows])
        for a in np.flatnonzero([level.constraint[i].nonnegative for i in range(first, first + kinds)]):
            m, root = level.multiplicity[first], arb(level.multiplicity[first] - 1).sqrt()
            x, k = candidate.means[first + a, own], candidate.spreads[first + a]
            at_own, at_others = (np.where(y < ZERO, 0.0, y) for y in (x + float(root) * k, float(root) * x - k))
            columns[first + a, own] = (as_array(at_own) + root * as_array(at_others)) / m + unit * (m + 1)
            spread[a] = (root * as_array(at_own) - as_array(at_others)) / m
        used = [s for s in range(kinds) if any(x != 0 for x in spread[:, s])]
        order += [place * kinds + s for s in used]
        spreads.append((first, spread[:, used]))
    order += [j for j in range(columns.shape[1]) if j not in order and any(x != 0 for x in columns[:, j])]
    found = dict(spreads)
    nothing = as_array(np.zeros((kinds, 0)))
    return columns[:, order], [found.get(first, nothing) for first in range(0, level.nodes, kinds)]


def entrywise_multipliers(
    level: UnitLevel, similar: Floats, squares: Floats, inside: BallArray, between: BallArray
) -> tuple[Floats, Floats]:
    """N >= 0 within a unit and between units, by which (S - N) X = 0, and 0 where X is not (MATH 4.1): non-negative least squares.

    similar (u, u + R): the similarities of a point; inside, between (u, u): S within a unit and between units.
    """
    from scipy.optimize import nnls

    n_inside, n_between = np.zeros((level.nodes, level.nodes)), np.zeros((level.nodes, level.nodes))
    places = list(_apart(level, similar, squares))
    if not places:
        return n_inside, n_between
    columns = []
    for table, i, j in places:
        unit = np.zeros((2, level.nodes, level.nodes))
        unit[table, i, j] = unit[table, j, i] = 1.0
        columns.append(_times_point(level, similar, *unit))
    wanted = _times_point(level, similar, float_midpoints(inside), float_midpoints(between))
    size = max(float(np.abs(wanted).max(initial=0.0)), 1e-300)
    solved = nnls(np.array(columns).T, wanted / size, maxiter=30 * len(columns) + 100)[0] * size
    for value, (table, i, j) in zip(solved, places, strict=True):
        (n_inside, n_between)[table][i, j] = (n_inside, n_between)[table][j, i] = value
    return n_inside, n_between


def _apart(level: UnitLevel, similar: Floats, squares: Floats) -> Iterator[tuple[int, int, int]]:
    """Pairs of signed nodes at a right angle: 0 for two of one unit, 1 for two of different units."""
    for i in range(level.nodes):
        for j in range(i + 1):
            if not both_signed(level, i, j):
                continue
            same, small = i // level.kinds == j // level.kinds, APART * float(np.sqrt(squares[i] * squares[j]))
            if same and i != j and abs(similar[i, level.nodes + j % level.kinds]) <= small:
                yield 0, i, j
            if (not same or level.multiplicity[i] > 1) and abs(similar[i, j]) <= small:
                yield 1, i, j


def _times_point(level: UnitLevel, similar: Floats, inside: Floats, between: Floats) -> Floats:
    """S X on means and on spreads, one after the other."""
    u, kinds = level.nodes, level.kinds
    m, of = np.array(level.multiplicity, dtype=np.float64), np.arange(u) // kinds
    same = of[:, None] == of
    own = np.where(same, similar[:, u + np.arange(u) % kinds], 0.0)
    blocks = [(np.where(same, inside, 0.0), between), (own, np.where(same & (m == 1)[:, None], 0.0, similar[:, :u]))]
    means = [np.where(same, within + (m - 1)[:, None] * across, np.sqrt(np.outer(m, m)) * across) for within, across in blocks]
    spreads = [np.where(same & (m > 1)[:, None], within - across, 0.0) for within, across in blocks]
    product: Floats = np.concatenate([(means[0] @ means[1]).ravel(), (spreads[0] @ spreads[1]).ravel()])
    return product
