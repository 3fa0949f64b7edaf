"""The claims about an optimum whose witness, or centre, is of the rank-one form (MATH 12)."""

from __future__ import annotations

from typing import Any

from flint import arb, ctx, fmpq

from ..certificate import Unresolved, fields, integer, rational, require
from ..claims import BALLS
from ..problem import StatedProblem, read_problem
from .rank_one import FLOAT_BITS, Near, near_optimum, radius, rank, read_centre
from .terms import terms_of

# more bits than a rational and a ball that was rounded to it need to be told apart
COMPARED = 128
FLOATS = "float64 with errors bounded beforehand"


def check_sides(problem: StatedProblem, witness: Any, claimed: dict[str, fmpq]) -> tuple[str, ...]:
    """The minimum lies above `lower`, below `upper`; either may be claimed alone."""
    fields(witness, "form groups centre")
    near = _near(problem, witness["form"], witness["groups"], witness["centre"])
    if "upper" in claimed:
        rank_used = near.centre.terms.classes - 1
        require(problem.dim is None or problem.dim >= rank_used, f"the point uses {rank_used} dimensions, the claim has {problem.dim}")
        _at_most(near.upper.upper(), claimed["upper"], "the witness does not prove the upper bound")
    if "lower" in claimed:
        _at_most(claimed["lower"], near.lower.lower(), "the witness does not prove the lower bound")
    return _numbers()


def check_unique(claim: dict[str, Any], witness: Any) -> tuple[str, ...]:
    """Every minimiser of the relaxation lies within `radius` of the matrix of `centre` and has `rank`."""
    fields(claim, "type problem groups centre radius", "rank")
    fields(witness, "form")
    problem, claimed = read_problem(claim["problem"]), rational(claim["radius"], "radius")
    require(claimed >= 0, "the radius is negative")
    near = _near(problem, witness["form"], claim["groups"], claim["centre"])
    around = radius(near)
    _at_most(around, claimed, "the witness does not prove the radius")
    if "rank" in claim:
        full = near.centre.terms.classes - 1
        require(integer(claim["rank"], "rank", 0, len(problem.sizes)) == full, f"the rank in this form is {full}")
        if rank(near, around) is None:
            raise Unresolved("the matrix is not positive enough for its rank")
    return _numbers()


def _near(problem: StatedProblem, form: Any, groups: Any, centre: Any) -> Near:
    require(form == "rank-one", "the form of the witness is not known")
    return near_optimum(read_centre(terms_of(problem, groups), centre))


def _at_most(left: arb | fmpq, right: arb | fmpq, reason: str) -> None:
    """Compare an exact end of a ball with a rational: few bits must not blur the rational. Unresolved where more bits may help."""
    with ctx.workprec(ctx.prec + COMPARED):
        if not arb(left) <= arb(right):
            raise Unresolved(reason)


def _numbers() -> tuple[str, ...]:
    return (FLOATS, BALLS) if ctx.prec <= FLOAT_BITS else (BALLS,)
