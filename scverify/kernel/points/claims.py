"""What is claimed of a critical point: that it exists, its inertia, and that it is a saddle, a strict, a spurious or a global minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..certificate import at_most, digest, fields, integer, items, rational, require
from ..claims import Claim, Data
from ..formula import is_convex
from ..level import level_of
from ..optimum.feasible import feasible_point, upper_bound
from ..problem import StatedProblem, read_problem
from ..words import about, number
from .orbit import Orbit, prove_orbit
from .types import normal_inertia, plane_inertia

POINT_FIELDS = "type problem embeddings radius value"


def check_point(claim: Data, witness: Any) -> None:
    """Prove the orbit, then what its claim says beyond existence."""
    extra, check, _ = POINT_CLAIMS[claim["type"]]
    fields(claim, f"{POINT_FIELDS} {extra}")
    fields(witness, "multipliers active gauge", "level groups upper" if claim["type"] == "SpuriousMinimum" else "")
    problem = read_problem(claim["problem"])
    orbit = prove_orbit(level_of(problem, "samples", None), claim, witness)
    _check_value(orbit, claim["value"])
    if problem.constraint.kind == "ball":
        from .active import multiplier_signs

        multiplier_signs(orbit)
    check(problem, orbit, claim, witness)


def _check_value(orbit: Orbit, stated: Any) -> None:
    fields(stated, "lower upper")
    lower, upper = rational(stated["lower"], "the value's lower end"), rational(stated["upper"], "the value's upper end")
    at_most(lower, orbit.value, "the value is not proved to lie above its stated lower end")
    at_most(orbit.value, upper, "the value is not proved to lie below its stated upper end")


def _normal_directions(problem: StatedProblem, orbit: Orbit) -> int:
    return (problem.dim or 0) - orbit.layout.r


def _inertia(problem: StatedProblem, orbit: Orbit, claim: Data, witness: Any) -> None:
    """Inertia: a normal direction z v^T has the Hessian 2 v^T S v, so S counts once for each of the d - r normal directions.

    Zero belongs to the orbit alone, d r - r (r + 1)/2 times.
    """
    stated = [integer(x, "a count", 0) for x in items(claim["inertia"], "inertia", 3)]
    negative, positive = plane_inertia(orbit)
    normal, r = _normal_directions(problem, orbit), orbit.layout.r
    if normal:
        below, above = normal_inertia(orbit)
        negative, positive = negative + normal * below, positive + normal * above
    proved = [negative, r * (r - 1) // 2 + normal * r, positive]
    require(stated == proved, f"the inertia is {proved}, not {stated}")


def _saddle(problem: StatedProblem, orbit: Orbit, claim: Data, witness: Any) -> None:
    """StrictSaddle: some tangent direction has a negative Hessian."""
    if plane_inertia(orbit)[0] > 0:
        return
    require(_normal_directions(problem, orbit) > 0 and normal_inertia(orbit)[0] > 0, "no direction of negative curvature is proved")


def _strict_minimum(problem: StatedProblem, orbit: Orbit, claim: Data, witness: Any) -> None:
    """StrictMinimum: the Hessian is positive on every tangent direction but the orbit's."""
    require(plane_inertia(orbit)[0] == 0, "a tangent direction has negative curvature")
    if _normal_directions(problem, orbit):
        require(normal_inertia(orbit)[0] == 0, "a normal direction has negative curvature")


def _spurious_minimum(problem: StatedProblem, orbit: Orbit, claim: Data, witness: Any) -> None:
    """SpuriousMinimum: a strict minimum whose value exceeds that of a feasible point by at least `excess` > 0."""
    _strict_minimum(problem, orbit, claim, witness)
    excess = rational(claim["excess"], "excess")
    require(excess > 0, "the excess is not positive")
    require("level" in witness and "upper" in witness, "a better point is missing")
    level = level_of(problem, witness["level"], witness.get("groups"))
    better = upper_bound(level, feasible_point(level, witness["upper"]))
    at_most(excess, orbit.value - better, "the witness does not prove the excess")


def _global_minimum(problem: StatedProblem, orbit: Orbit, claim: Data, witness: Any) -> None:
    """GlobalMinimum: for a convex row, S >= 0 with H S = 0 (and multipliers >= 0 on the ball) bounds the loss from below by its value."""
    require(is_convex(problem.formula), "the formula is not convex by composition")
    require(normal_inertia(orbit)[0] == 0, "S has a negative eigenvalue")


def in_words(claim: Data) -> str:
    """What a claim says of a critical point."""
    rank = len(claim["embeddings"]["rows"])
    what = (
        f"one and only one orbit of critical points of rank {rank} has a representative, in the gauge of the witness, within "
        f"{number(claim['radius'])} (entry by entry) of the stated embeddings (SHA-256 {digest(claim['embeddings'])})"
        if rank
        else "H = 0 is a critical point (nothing is said of others near it)"
    )
    dim, more = read_problem(claim["problem"]).dim, POINT_CLAIMS[claim["type"]].more(claim)
    lower, upper = number(claim["value"]["lower"]), number(claim["value"]["upper"])
    return about(claim, f"in dimension {dim}, {what}; its loss lies between {lower} and {upper}{more}")


class PointClaim(NamedTuple):
    """What a type of claim says of its orbit. extra: a field of its own; check: beyond existence; more: in words."""

    extra: str
    check: Callable[[StatedProblem, Orbit, Data, Any], None]
    more: Callable[[Data], str]


POINT_CLAIMS = {
    "CriticalOrbit": PointClaim("", lambda *_: None, lambda claim: ""),
    "Inertia": PointClaim(
        "inertia",
        _inertia,
        lambda claim: (
            f"; its Riemannian Hessian has {claim.get('inertia')} negative, zero, positive eigenvalues, zero along the orbit alone"
        ),
    ),
    "StrictSaddle": PointClaim("", _saddle, lambda claim: "; it is a strict saddle: some tangent direction has negative curvature"),
    "StrictMinimum": PointClaim("", _strict_minimum, lambda claim: "; it is a strict local minimum modulo rotations"),
    "SpuriousMinimum": PointClaim(
        "excess",
        _spurious_minimum,
        lambda claim: (
            "; it is a strict local minimum modulo rotations and not global: its loss exceeds that of another feasible point by at "
            f"least {number(claim.get('excess'))}"
        ),
    ),
    "GlobalMinimum": PointClaim("", _global_minimum, lambda claim: "; it is a global minimum over all dimensions"),
}
CLAIMS = dict.fromkeys(POINT_CLAIMS, Claim(check_point, in_words))
