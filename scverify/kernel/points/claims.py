"""What is claimed of a critical point: that it exists, its inertia, and that it is a saddle, a strict, a spurious or a global minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from ..certificate import at_most, fields, integer, items, rational, require
from ..formula import shape
from ..level import Problem, level_of, read_problem
from ..optimum.bounds import feasible_point, upper_bound
from .orbit import Orbit, multiplier_signs, normal_inertia, plane_inertia, prove_orbit

POINT_FIELDS = "type problem embeddings radius value"


def check_point(claim: dict[str, Any], witness: Any) -> None:
    """Prove the orbit, then what its claim says beyond existence."""
    extra, check = POINT_CLAIMS[claim["type"]]
    fields(claim, f"{POINT_FIELDS} {extra}")
    fields(witness, "multipliers active gauge", "level groups upper" if claim["type"] == "SpuriousMinimum" else "")
    problem = read_problem(claim["problem"])
    orbit = prove_orbit(level_of(problem, "samples", None), claim, witness)
    _check_value(orbit, claim["value"])
    if problem.constraint.kind == "ball":
        multiplier_signs(orbit)
    check(problem, orbit, claim, witness)


def _check_value(orbit: Orbit, stated: Any) -> None:
    lower, upper = _interval(stated)
    at_most(lower, orbit.value, "the value is not proved to lie above its stated lower end")
    at_most(orbit.value, upper, "the value is not proved to lie below its stated upper end")


def _interval(stated: Any) -> tuple[fmpq, fmpq]:
    fields(stated, "lower upper")
    return rational(stated["lower"], "the value's lower end"), rational(stated["upper"], "the value's upper end")


def _nothing_more(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
    """CriticalOrbit: the orbit is all."""


def _normal_directions(problem: Problem, orbit: Orbit) -> int:
    return (problem.dim or 0) - orbit.layout.r


def _inertia(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
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


def _saddle(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
    """StrictSaddle: some tangent direction has a negative Hessian."""
    if plane_inertia(orbit)[0] > 0:
        return
    require(_normal_directions(problem, orbit) > 0 and normal_inertia(orbit)[0] > 0, "no direction of negative curvature is proved")


def _strict_minimum(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
    """StrictMinimum: the Hessian is positive on every tangent direction but the orbit's."""
    require(plane_inertia(orbit)[0] == 0, "a tangent direction has negative curvature")
    if _normal_directions(problem, orbit):
        require(normal_inertia(orbit)[0] == 0, "a normal direction has negative curvature")


def _spurious_minimum(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
    """SpuriousMinimum: a strict minimum whose value exceeds that of a feasible point by at least `excess` > 0."""
    _strict_minimum(problem, orbit, claim, witness)
    excess = rational(claim["excess"], "excess")
    require(excess > 0, "the excess is not positive")
    require("level" in witness and "upper" in witness, "a better point is missing")
    level = level_of(problem, witness["level"], witness.get("groups"))
    better = upper_bound(level, feasible_point(level, witness["upper"]))
    at_most(excess, orbit.value - better, "the witness does not prove the excess")


def _global_minimum(problem: Problem, orbit: Orbit, claim: dict[str, Any], witness: Any) -> None:
    """GlobalMinimum: for a convex row, S >= 0 with H S = 0 (and multipliers >= 0 on the ball) bounds the loss from below by its value."""
    require(shape(problem.formula).convex, "the formula is not convex by composition")
    require(normal_inertia(orbit)[0] == 0, "S has a negative eigenvalue")


Check = Callable[[Problem, Orbit, dict[str, Any], Any], None]
POINT_CLAIMS: dict[str, tuple[str, Check]] = {
    "CriticalOrbit": ("", _nothing_more),
    "Inertia": ("inertia", _inertia),
    "StrictSaddle": ("", _saddle),
    "StrictMinimum": ("", _strict_minimum),
    "SpuriousMinimum": ("excess", _spurious_minimum),
    "GlobalMinimum": ("", _global_minimum),
}
