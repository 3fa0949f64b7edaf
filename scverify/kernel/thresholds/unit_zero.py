"""Whether H = 0 minimises a convex loss on units under ridges: the claims of `zero` about such losses (MATH N6, 9). Exact arithmetic alone.

As there, S = grad L(0) + the ridges decides. On units S splits into spreads within each type, A_t - B_t, and vectors that are the same for
all units of a type; the reduction (R1 to R3) says that the minimum of the loss is that of the level, and a direction of a node is one of
all its copies.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from ..certificate import Rejected, fields, integer, items, rational, require
from ..claims import EXACT, Data
from ..limits import afford
from ..semidefinite import ExactMatrix, positive_semidefinite
from ..units.level import UnitLevel
from ..units.nodes import stated_level
from ..units.words import unit_subject

# elimination takes u^3 exact operations
_MOST_UNIT_NODES = 300


def check_optimal_on_units(claim: Data, witness: Any) -> tuple[str, ...]:
    """S is positive semidefinite on spreads and on vectors that are the same for all units of a type."""
    fields(witness, "")
    spreads, means = unit_slopes_at_zero(stated_level(claim["problem"]))
    require(all(map(positive_semidefinite, spreads)), "the loss falls along a difference of two units")
    require(positive_semidefinite(means), "the loss falls along a direction from 0")
    return (EXACT,)


def check_not_optimal_on_units(claim: Data, witness: Any) -> tuple[str, ...]:
    """A direction z has z'Sz < 0: one of nodes, the same for all units, or with `spread` a type, of the nodes of two of its units."""
    fields(witness, "direction", "spread")
    level = stated_level(claim["problem"])
    spreads, form = unit_slopes_at_zero(level)
    if "spread" in witness:
        form = spreads[integer(witness["spread"], "a type of units", 0, level.types - 1)]
    z = [rational(x, "a direction") for x in items(witness["direction"], "a direction", len(form))]
    total = sum((x * sum((a * y for a, y in zip(row, z, strict=True)), fmpq(0)) for x, row in zip(z, form, strict=True)), fmpq(0))
    require(total < 0, "the loss does not fall along the direction")
    return (EXACT,)


def unit_slopes_at_zero(level: UnitLevel) -> tuple[list[ExactMatrix], ExactMatrix]:
    """S on the spreads of each type (0 for a single unit), and its form on vectors that are the same for all units of a type."""
    require(not level.over_temperature, "0 is asked about at one temperature and without free scalars")
    require(all(norm.kind == "ridge" for norm in level.constraint), "0 is asked about under a ridge, without signs")
    require(level.nodes <= _MOST_UNIT_NODES, f"there are more than {_MOST_UNIT_NODES} nodes")
    m, kinds, n = level.multiplicity, level.kinds, level.nodes
    # the sums of S over all pairs of units, each pair in both orders: within units, and of different ones
    inside, between = ([[fmpq(0)] * n for _ in range(n)] for _ in range(2))
    for row in level.rows:
        afford("the slopes at 0")
        for place, slope in enumerate(_slopes(row)):
            table, other = (between, place) if place < n else (inside, level.unit(row.anchor)[place - n])
            table[row.anchor][other] += slope / 2
            table[other][row.anchor] += slope / 2
    for i, norm in enumerate(level.constraint):
        inside[i][i] += m[i] * norm.weight * level.copies[i] / 2
    means = [[x + y for x, y in zip(*rows, strict=True)] for rows in zip(inside, between, strict=True)]
    spreads = [
        [[_spread(inside[i][j], between[i][j], m[i]) for j in level.unit(i)] for i in level.unit(first)]
        for first in range(0, level.nodes, kinds)
    ]
    return spreads, means


def _spread(inside: fmpq, between: fmpq, m: int) -> fmpq:
    """An entry of A_t - B_t."""
    return inside / m - between / (m * (m - 1)) if m > 1 else fmpq(0)


def _slopes(row: Any) -> list[fmpq]:
    """The slopes of a row at 0, its weight included."""
    split = row.split()
    if split is None or not all(isinstance(c, fmpq) for c in split.coefficients):
        raise Rejected("slopes at 0 need rows that are a log-sum-exp plus an affine remainder")
    outcomes = sum(split.coefficients, fmpq(0))
    return [row.weight * (split.kappa * c / outcomes + r) for c, r in zip(split.coefficients, split.slopes, strict=True)]


def zero_on_units_said(claim: Data, optimal: bool) -> str:
    """That 0 is optimal, or that it is not."""
    said = "H = 0 minimises the loss, in every dimension" if optimal else "H = 0 does not minimise the loss, in any dimension"
    return f"{unit_subject(claim['problem'])}: {said}."
