"""Families of critical points over a range of temperatures, one smooth curve each, from tau = 0 on if need be (MATH 8).

StrictBranch, SpuriousBranch and SaddleBranch: for every tau of the range one orbit, its type proved on all of it. A branch may end in a
fold: a tube along a coordinate of H in which the curve turns back, so that the tube holds no critical point at higher temperatures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from ..balls import checked_finite
from ..certificate import Rejected, at_most, fields, integer, items, rational, require
from ..claims import Claim, Data
from ..formula import Row
from ..level import Level, level_of
from ..limits import afford
from ..optimum.feasible import feasible_point
from ..points.active import multiplier_signs
from ..points.inertia import normal_inertia, plane_inertia
from ..points.orbit import check_hypotheses
from ..problem import StatedProblem, read_problem
from ..words import number, subject, tally
from .frame import Frame, loss_value, orbit_at, read_frame
from .strictness import check_directions
from .temperature import Temperatures, row_model, row_value
from .tube import Curve, follows, holds, prove_curve, read_tube

# a curve is enclosed part by part: one enclosure of the whole would be too wide for its highest temperature
_PARTS = 8
_SPLITS = 96
_SHARP = arb(2) ** -31


@dataclass(frozen=True)
class Range:
    """The temperatures of a claim: [lower, upper], or (0, upper] where lower is 0."""

    lower: fmpq
    upper: fmpq


def read_family(claim: Data) -> tuple[StatedProblem, Range]:
    """The problem of a claim at its upper temperature, and the range; the problem itself states no tau."""
    data, given = claim["problem"], fields(claim["tau"], "lower upper")
    require(isinstance(data, dict) and "tau" not in data, "the problem of a branch states a tau of its own")
    lower, upper = rational(given["lower"], "the lower temperature"), rational(given["upper"], "the upper temperature")
    require(0 <= lower <= upper and upper > 0, "the temperatures are not a range")
    return read_problem({**data, "tau": given["upper"]}), Range(lower, upper)


def check_branch(claim: Data, witness: Any) -> None:
    """Prove every tube, that the tubes follow each other from end to end of the range, and the type on each."""
    spurious = claim["type"] == "SpuriousBranch"
    fields(claim, "type problem tau rank" + (" excess" if spurious else ""), "fold")
    fields(witness, "gauge active symmetries ties tubes" + (" better" if spurious else ""), "directions small")
    problem, over = read_family(claim)
    level = level_of(problem, "samples", None)
    require(not problem.constraint.nonnegative, "critical points under H >= 0 are not supported")
    frame = read_frame(level, witness, integer(claim["rank"], "rank", 1, problem.dim or 0))
    points = [better_point(problem, level, entry) for entry in items(witness["better"], "better points")] if spurious else []
    last: Curve | None = None
    for data in items(witness["tubes"], "tubes"):
        afford("the tubes of a branch")
        fields(data, "tube" + (" better" if spurious else ""))
        curve = prove_curve(frame, read_tube(frame, data["tube"]))
        require(curve.tube.along == frame.size, "a tube of a branch does not run along tau")
        _joins(curve, last, over)
        check_type(claim["type"], curve, witness.get("directions"))
        if spurious:
            better = points[integer(data["better"], "a better point", 0, len(points) - 1)]
            excess = rational(claim["excess"], "excess")
            require(excess > 0, "the excess is not positive")
            at_most(excess, excess_over(curve, better), "the better point does not prove the excess")
        last = curve
    require(last is not None and last.tube.end == over.upper, "the tubes do not reach the upper temperature")
    if "fold" in claim and last is not None:
        _check_fold(frame, last, claim["fold"])


def _joins(curve: Curve, last: Curve | None, over: Range) -> None:
    """A tube starts where the range does, or at the temperature and the point where the one before it ends."""
    if last is None:
        require(curve.tube.start == over.lower, "the tubes do not start at the lower temperature")
        return
    require(curve.tube.start == last.tube.end, "a gap lies between two tubes")
    follows(curve.tube, last)


def check_type(kind: str, curve: Curve, directions: Any) -> None:
    """On the whole curve: full rank, gauge, signs of a ball's multipliers; a minimum (by directions if there are any) or a saddle."""
    frame, at, temperatures = curve.frame, curve.all(), curve.temperatures
    check_hypotheses([frame.level.constraint] * frame.layout.n, frame.layout, frame.state(at))
    if directions is not None:
        require(kind != "SaddleBranch", "directions show no saddle")
        check_directions(curve, directions)
        return
    saddle = kind == "SaddleBranch"
    require(not (saddle and temperatures.reach_zero), "a saddle is not shown down to tau = 0")
    orbit = orbit_at(frame, at, temperatures, from_below=not saddle)
    if frame.level.constraint.kind == "ball":
        multiplier_signs([frame.level.constraint] * frame.layout.n, orbit)
    normal = (frame.level.dim or 0) > frame.layout.r
    if saddle:
        if plane_inertia(orbit)[0] == 0:
            require(normal and normal_inertia(orbit)[0] > 0, "no direction of negative curvature is proved")
        return
    require(plane_inertia(orbit)[0] == 0, "a tangent direction has negative curvature")
    require(not normal or normal_inertia(orbit)[0] == 0, "a normal direction has negative curvature")


@dataclass(frozen=True)
class BetterPoint:
    """A feasible point of a level, as rows of similarities; it does not depend on tau."""

    level: Level
    rows: list[list[arb]]


def better_point(problem: StatedProblem, level: Level, data: Any) -> BetterPoint:
    """The feasible point of a witness, on its own level."""
    fields(data, "level upper", "groups")
    chosen = level if data["level"] == "samples" else level_of(problem, data["level"], data.get("groups"))
    return BetterPoint(chosen, feasible_point(chosen, data["upper"]).rows)


def excess_over(curve: Curve, better: BetterPoint) -> arb:
    """A lower bound of the loss on the whole curve less that of the better point; both are compared times tau where rows are scaled."""
    frame, temperatures = curve.frame, curve.temperatures
    margin = (loss_value(frame, curve.all(), temperatures) - _value(frame, better, temperatures)).lower()
    if not frame.model.scaled:
        return margin
    # margin/tau falls with tau where it is positive
    return (margin / temperatures.upper).lower()


def _value(frame: Frame, better: BetterPoint, temperatures: Temperatures) -> arb:
    """The loss of the better point (times tau where rows are scaled)."""
    level, value = better.level, arb(0)
    scale = temperatures.ball if frame.model.scaled else arb(1)
    for g, row in enumerate(better.rows):
        value += level.constraint.weight * scale * level.multiplicity[g] * level.mass[g] * row[-1] / 2
        if level.weight[g] != 0:
            value += level.weight[g] * row_value(frame.model, Row(row, level.c[g], level.q[g], None), temperatures, None, {})
    return value


def _check_fold(frame: Frame, last: Curve, data: Any) -> None:
    """The curve of a tube along a coordinate of H holds the branch's end, and tau on it has its maximum inside, in [lower, upper].

    A critical point of the tube lies on the curve, so there is none with tau above `upper`; the tube reaches up to `beyond` everywhere.
    """
    fields(data, "lower upper beyond tube")
    lower, upper, beyond = (rational(data[name], name) for name in ("lower", "upper", "beyond"))
    require(last.tube.end <= lower <= upper < beyond, "the temperatures of a fold are not in order")
    require(frame.layout.r * frame.layout.n == len(frame.entries), "a fold is stated without symmetries")
    require(not frame.small, "a fold is stated without small coordinates")
    require(frame.level.constraint.kind != "ball", "a fold on the ball is not supported")
    curve = prove_curve(frame, read_tube(frame, data["tube"]))
    check_hypotheses([frame.level.constraint] * frame.layout.n, frame.layout, frame.state(curve.all()))
    tube = curve.tube
    require(tube.along < len(frame.entries), "a fold does not run along an entry of H")
    holds(tube, last.at(last.tube.end))
    for end in (tube.start, tube.end):
        if not curve.at(end)[-1] < arb(lower):
            raise Rejected("tau is not shown to fall at both ends of the fold")
    at_most(lower, curve.at(tube.middle)[-1], "tau is not shown to reach the lower end of the fold")
    at_most(highest(curve), upper, "tau is not shown to stay below the upper end of the fold")
    at_most(beyond, tube.line(tube.start, tube.end)[-1].lower() + tube.radii[-1], "the fold's tube does not reach beyond")
    for x, radius in zip(tube.line(tube.start, tube.end)[frame.first_turn : frame.first_tie], tube.radii[frame.first_turn :], strict=False):
        at_most(abs(x), radius, "the fold's tube does not hold Omega = 0")


def highest(curve: Curve) -> arb:
    """An upper bound of tau on a curve, from enclosures of its parts; the part with the largest one is halved until that is sharp."""
    tube = curve.tube
    ends = [tube.start + (tube.end - tube.start) * fmpq(part, _PARTS) for part in range(_PARTS + 1)]
    parts = [(_temperature(curve, start, end), start, end) for start, end in pairwise(ends)]
    for _ in range(_SPLITS):
        largest = max(range(len(parts)), key=lambda i: parts[i][0].upper())
        enclosed, start, end = parts[largest]
        if enclosed.rad() <= _SHARP * abs(enclosed):
            break
        afford("the parts of a fold")
        middle = (start + end) / 2
        parts[largest : largest + 1] = [(_temperature(curve, x, y), x, y) for x, y in ((start, middle), (middle, end))]
    return max(enclosed.upper() for enclosed, _, _ in parts)


def _temperature(curve: Curve, start: fmpq, end: fmpq) -> arb:
    return checked_finite(curve.between(start, end)[-1], "tau")


def in_words(claim: Data) -> str:
    """What a claim says of a family of critical points."""
    problem, over = read_family(claim)
    temperatures = f"every tau in {'(' if over.lower == 0 else '['}{over.lower}, {over.upper}]"
    kind = {
        "StrictBranch": "each is a strict local minimum modulo rotations",
        "SpuriousBranch": (
            f"each is a strict local minimum modulo rotations and not global: its loss exceeds that of another feasible point by at least "
            f"{number(claim.get('excess'))}"
        ),
        "SaddleBranch": "each is a strict saddle: some tangent direction has negative curvature",
    }[claim["type"]]
    said = f"in dimension {problem.dim}, critical points of rank {claim['rank']} exist, one smooth family in tau, and {kind}"
    if "fold" in claim:
        fold, times = claim["fold"], "tau times the loss" if row_model(problem.formula).scaled else "the loss"
        said += (
            f"; the family's last point lies on a curve of critical points on which tau has its maximum, in [{number(fold['lower'])}, "
            f"{number(fold['upper'])}], and in the stated tube around that curve ({tally(fold['tube'])}; of embeddings in the "
            f"gauge of the witness, multipliers of {times}, and tied differences over tau) there is no critical point for any "
            f"tau in ({number(fold['upper'])}, {number(fold['beyond'])}]"
        )
    return f"{subject(claim['problem'], problem, temperatures)}: {said}."


CLAIMS = dict.fromkeys(("StrictBranch", "SpuriousBranch", "SaddleBranch"), Claim(check_branch, in_words))
