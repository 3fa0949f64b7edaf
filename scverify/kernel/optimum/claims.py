"""Claims about the minimum of the loss: LowerBound, UpperBound, Optimum, and UniqueMinimizer of the relaxation."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..certificate import digest, fields, rational, require
from ..claims import Claim, Data
from ..level import level_of
from ..problem import read_problem
from ..words import about, dimension, number
from .bounds import check_lower
from .feasible import check_upper


def check_bounds(claim: Data, witness: Any, sides: str) -> tuple[str, ...] | None:
    """The objective's minimum lies above `lower`, below `upper`."""
    fields(claim, f"type problem {sides}")
    claimed = {side: rational(claim[side], side) for side in sides.split()}
    if len(claimed) == 2:
        require(claimed["lower"] <= claimed["upper"], "the lower bound lies above the upper one")
    if isinstance(witness, dict) and "form" in witness:
        from .rank_one_claims import check_sides

        return check_sides(read_problem(claim["problem"]), witness, claimed)
    fields(witness, f"level {sides}", "groups")
    level = level_of(read_problem(claim["problem"]), witness["level"], witness.get("groups"))
    if "upper" in claimed:
        check_upper(level, witness["upper"], claimed["upper"])
    if "lower" in claimed:
        check_lower(level, witness["lower"], claimed["lower"])
    return None


def check_unique_minimizer(claim: Data, witness: Any) -> tuple[str, ...] | None:
    """Every minimiser of the relaxation lies within `radius` of `gram`, or of the matrix of `centre`."""
    if "centre" in claim:
        from .rank_one_claims import check_unique

        return check_unique(claim, witness)
    from .uniqueness import check_claim

    check_claim(claim, witness)
    return None


def _all(claim: Data) -> str:
    return f"every feasible H, of any dimension, has a loss of at least {number(claim['lower'])}"


def _some(claim: Data, has: str) -> str:
    return f"some feasible H{dimension(read_problem(claim['problem']))} {has} of at most {number(claim['upper'])}"


def _unique(claim: Data) -> str:
    rank = f" and has rank {claim['rank']}" if "rank" in claim else ""
    stated = f"the stated one (groups and matrix of SHA-256 {digest([claim['groups'], claim.get('gram') or claim['centre']])})"
    return f"every minimiser of the relaxation over class Gram matrices lies within {number(claim['radius'])} (Frobenius) of {stated}{rank}"


CLAIMS = {
    "LowerBound": Claim(partial(check_bounds, sides="lower"), lambda claim: about(claim, _all(claim))),
    "UpperBound": Claim(partial(check_bounds, sides="upper"), lambda claim: about(claim, _some(claim, "has a loss"))),
    "Optimum": Claim(partial(check_bounds, sides="lower upper"), lambda claim: about(claim, f"{_all(claim)}, and {_some(claim, 'one')}")),
    "UniqueMinimizer": Claim(check_unique_minimizer, lambda claim: about(claim, _unique(claim))),
}
