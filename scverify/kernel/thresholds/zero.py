"""ZeroOptimal, ZeroNotOptimal: whether H = 0 minimises a convex loss under a ridge (MATH N6). Exact arithmetic alone.

With S = grad L(0) + (weight/2) I on Gram matrices, L(X) >= L(0) + <S, X> by convexity: S positive semidefinite makes 0 optimal. If z'Sz < 0
the loss falls from 0 along H = t (a row of z), in every dimension. Rows that are a log-sum-exp have rational slopes at 0: kappa c/sum(c).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from ..certificate import Rejected, fields, integer, items, rational, require
from ..claims import EXACT, Claim, Data
from ..level import Level, level_of
from ..limits import afford
from ..problem import read_problem
from ..semidefinite import ExactMatrix, positive_semidefinite
from ..words import about

# elimination takes u^3 exact operations
_MOST_NODES = 300


def check_optimal(claim: Data, witness: Any) -> tuple[str, ...]:
    """S is positive semidefinite: on differences within each group, and on vectors that are constant on groups."""
    fields(claim, "type problem")
    if _is_on_units(claim):
        from .unit_zero import check_optimal_on_units

        return check_optimal_on_units(claim, witness)
    fields(witness, "level", "groups")
    spread, sums = slopes_at_zero(_level(claim, witness))
    require(all(x >= 0 for x in spread), "the loss falls along a difference within a group")
    require(positive_semidefinite(sums), "the loss falls along a direction from 0")
    return (EXACT,)


def check_not_optimal(claim: Data, witness: Any) -> tuple[str, ...]:
    """Some direction has z'Sz < 0: a difference within a group, or a vector that is constant on groups."""
    fields(claim, "type problem")
    if _is_on_units(claim):
        from .unit_zero import check_not_optimal_on_units

        return check_not_optimal_on_units(claim, witness)
    fields(witness, "level", "groups spread direction")
    require(("spread" in witness) != ("direction" in witness), "one of spread and direction is stated")
    level = _level(claim, {name: witness[name] for name in ("level", "groups") if name in witness})
    spread, sums = slopes_at_zero(level)
    if "spread" in witness:
        require(spread[integer(witness["spread"], "a group", 0, level.nodes - 1)] < 0, "the loss does not fall within the group")
        return (EXACT,)
    z = [rational(x, "a direction") for x in items(witness["direction"], "a direction", level.nodes)]
    form = sum((x * sum((a * y for a, y in zip(row, z, strict=True)), fmpq(0)) for x, row in zip(z, sums, strict=True)), fmpq(0))
    require(form < 0, "the loss does not fall along the direction")
    return (EXACT,)


def _is_on_units(claim: Data) -> bool:
    return isinstance(claim["problem"], dict) and "kinds" in claim["problem"]


def _said(optimal: bool) -> Callable[[Data], str]:
    def said(claim: Data) -> str:
        if _is_on_units(claim):
            from .unit_zero import zero_on_units_said

            return zero_on_units_said(claim, optimal)
        return about(
            claim, "H = 0 minimises the loss, in every dimension" if optimal else "H = 0 does not minimise the loss, in any dimension"
        )

    return said


def _level(claim: Data, witness: Any) -> Level:
    level = level_of(read_problem(claim["problem"]), witness["level"], witness.get("groups"))
    require(level.constraint.kind == "ridge" and not level.constraint.nonnegative, "0 is asked about under a ridge, without signs")
    require(level.nodes <= _MOST_NODES, f"there are more than {_MOST_NODES} nodes")
    return level


def slopes_at_zero(level: Level) -> tuple[list[fmpq], ExactMatrix]:
    """The values of S on differences within each group (0 for a single class), and its form on vectors that are constant on groups."""
    part = level.exponential_part
    if part is None:
        raise Rejected("slopes at 0 need rows that are a log-sum-exp plus an affine remainder")
    m, slopes = level.multiplicity, []
    for g in range(level.nodes):
        afford("the slopes at 0")
        outcomes = sum(level.c[g], fmpq(0))
        if level.weight[g] == 0:
            slopes.append([fmpq(0)] * (level.nodes + 1))
            continue
        slopes.append([level.weight[g] * (part.kappa * c / outcomes + r) for c, r in zip(level.c[g], part.slopes[g], strict=True)])
    own = [slopes[g][-1] / m[g] + level.constraint.weight * level.mass[g] / 2 for g in range(level.nodes)]
    pair = [slopes[g][g] / (m[g] * (m[g] - 1)) if m[g] > 1 else fmpq(0) for g in range(level.nodes)]
    spread = [x - y if n > 1 else fmpq(0) for x, y, n in zip(own, pair, m, strict=True)]
    sums = [[(slopes[g][h] + slopes[h][g]) / 2 for h in range(level.nodes)] for g in range(level.nodes)]
    for g in range(level.nodes):
        sums[g][g] = m[g] * (own[g] + (m[g] - 1) * pair[g])
    return spread, sums


CLAIMS = {"ZeroOptimal": Claim(check_optimal, _said(True)), "ZeroNotOptimal": Claim(check_not_optimal, _said(False))}
