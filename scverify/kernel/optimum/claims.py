"""Claims about the minimum of the loss: LowerBound, UpperBound, Optimum."""

from __future__ import annotations

from functools import partial
from typing import Any

from flint import arb

from ..certificate import at_most, fields, rational, require
from ..claims import Claim, Data
from ..formula import log_sum_exp
from ..level import Level, level_of
from ..problem import StatedProblem, read_problem
from ..words import about, number
from .bounds import lower_bound
from .feasible import feasible_point, upper_bound


def check_bounds(claim: Data, witness: Any, sides: str) -> tuple[str, ...] | None:
    """The objective's minimum lies above `lower`, below `upper`."""
    fields(claim, f"type problem {sides}")
    claimed = {side: rational(claim[side], side) for side in sides.split()}
    if len(claimed) == 2:
        require(claimed["lower"] <= claimed["upper"], "the lower bound lies above the upper one")
    if isinstance(witness, dict) and witness.get("form") == "scaled":
        from .scaled import check_scaled

        return check_scaled(claim, witness, claimed)
    if isinstance(witness, dict) and "form" in witness:
        from .rank_one_claims import check_sides

        return check_sides(_convex(claim, "groups"), witness, claimed)
    fields(witness, f"level {sides}", "groups")
    level = level_of(_convex(claim, witness["level"]), witness["level"], witness.get("groups"))
    if "upper" in claimed:
        upper = upper_bound(level, feasible_point(level, witness["upper"]))
        at_most(upper, claimed["upper"], "the witness does not prove the upper bound")
    if "lower" in claimed:
        at_most(claimed["lower"], _least(level, witness["lower"]).lower(), "the witness does not prove the lower bound")
    return None


def _convex(claim: Data, level: Any) -> StatedProblem:
    """The problem of a claim, a formula that is not convex replaced by its convex minorant where there is one."""
    problem = read_problem(claim["problem"])
    if log_sum_exp(problem.formula) is not None:
        return problem
    from .minorant import convex_class_rows

    return convex_class_rows(problem, level)


def _least(level: Level, witness: Any) -> arb:
    """A lower bound of the objective: by what the rows are at least by themselves, or by a dual point."""
    if witness == {"form": "rows"}:
        from ..least import least_of_rows

        return least_of_rows(level)
    return lower_bound(level, witness)


def dimension(problem: StatedProblem) -> str:
    """Where the embeddings live, if the problem says so."""
    return "" if problem.dim is None else f" in dimension {problem.dim}"


def _all(claim: Data) -> str:
    return f"every feasible H, of any dimension, has a loss of at least {number(claim['lower'])}"


def _some(claim: Data, has: str) -> str:
    return f"some feasible H{dimension(read_problem(claim['problem']))} {has} of at most {number(claim['upper'])}"


CLAIMS = {
    "LowerBound": Claim(partial(check_bounds, sides="lower"), lambda claim: about(claim, _all(claim))),
    "UpperBound": Claim(partial(check_bounds, sides="upper"), lambda claim: about(claim, _some(claim, "has a loss"))),
    "Optimum": Claim(partial(check_bounds, sides="lower upper"), lambda claim: about(claim, f"{_all(claim)}, and {_some(claim, 'one')}")),
}
