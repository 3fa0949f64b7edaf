"""What is claimed of a critical point: that it exists, its inertia, and that it is a saddle, a strict, a spurious or a global minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flint import arb

from ..certificate import at_most, fields, integer, items, rational, require
from ..claims import Claim, Data
from ..formula import is_convex
from ..groups import merged_level
from ..level import level_of
from ..optimum.feasible import feasible_point, upper_bound
from ..problem import read_problem
from ..words import about, number, tally
from .inertia import normal_inertia, plane_inertia
from .nodes import PointLevel, is_on_nodes, stated_points
from .orbit import Orbit, prove_orbit


def check_point(claim: Data, witness: Any) -> None:
    """Prove the orbit, then what its claim says beyond existence."""
    extra, check, _ = POINT_CLAIMS[claim["type"]]
    fields(claim, f"type problem embeddings radius value {extra}{' dim' if is_on_nodes(claim) else ''}")
    fields(witness, "multipliers active gauge", "level groups upper" if claim["type"] == "SpuriousMinimum" else "")
    level = stated_points(claim)
    orbit = prove_orbit(level, claim, witness)
    fields(claim["value"], "lower upper")
    lower, upper = (rational(claim["value"][side], f"the value's {side} end") for side in ("lower", "upper"))
    at_most(lower, orbit.value, "the value is not proved to lie above its stated lower end")
    at_most(orbit.value, upper, "the value is not proved to lie below its stated upper end")
    if any(norm.kind == "ball" for norm in level.norms):
        from .active import multiplier_signs

        multiplier_signs(level.norms, orbit)
    check(level, orbit, claim, witness)


def _normal_directions(level: PointLevel, orbit: Orbit) -> int:
    return (level.dim or 0) - orbit.layout.r


def _inertia(level: PointLevel, orbit: Orbit, claim: Data, witness: Any) -> None:
    """Inertia: a normal direction z v^T has the Hessian 2 v^T S v, so S counts once for each of the d - r normal directions.

    Zero belongs to the orbit alone, d r - r (r + 1)/2 times.
    """
    stated = [integer(x, "a count", 0) for x in items(claim["inertia"], "inertia", 3)]
    negative, positive = plane_inertia(orbit)
    normal, r = _normal_directions(level, orbit), orbit.layout.r
    if normal:
        below, above = normal_inertia(orbit)
        negative, positive = negative + normal * below, positive + normal * above
    proved = [negative, r * (r - 1) // 2 + normal * r, positive]
    require(stated == proved, f"the inertia is {proved}, not {stated}")


def _saddle(level: PointLevel, orbit: Orbit, claim: Data, witness: Any) -> None:
    """StrictSaddle: some tangent direction has a negative Hessian."""
    if plane_inertia(orbit)[0] > 0:
        return
    require(_normal_directions(level, orbit) > 0 and normal_inertia(orbit)[0] > 0, "no direction of negative curvature is proved")


def _strict_minimum(level: PointLevel, orbit: Orbit, claim: Data, witness: Any) -> None:
    """StrictMinimum: the Hessian is positive on every tangent direction but the orbit's."""
    require(plane_inertia(orbit)[0] == 0, "a tangent direction has negative curvature")
    if _normal_directions(level, orbit):
        require(normal_inertia(orbit)[0] == 0, "a normal direction has negative curvature")


def _spurious_minimum(level: PointLevel, orbit: Orbit, claim: Data, witness: Any) -> None:
    """SpuriousMinimum: a strict minimum whose value exceeds that of a feasible point by at least `excess` > 0."""
    _strict_minimum(level, orbit, claim, witness)
    excess = rational(claim["excess"], "excess")
    require(excess > 0, "the excess is not positive")
    at_most(excess, orbit.value - better_value(level, claim, witness), "the witness does not prove the excess")


def better_value(level: PointLevel, claim: Data, witness: Any) -> arb:
    """The loss at the feasible point of a witness, in no more dimensions than the problem has."""
    require("upper" in witness and ("level" in witness) != is_on_nodes(claim), "a better point is missing")
    if is_on_nodes(claim):
        from ..units.written import value_near

        return value_near(level, witness["upper"])
    problem = read_problem(claim["problem"])
    # at the level of groups a feasible point of merged classes is one of samples by R1 alone
    merged = witness["level"] == "groups"
    chosen = merged_level(problem, witness["groups"]) if merged else level_of(problem, witness["level"], witness.get("groups"))
    return upper_bound(chosen, feasible_point(chosen, witness["upper"]))


def _global_minimum(level: PointLevel, orbit: Orbit, claim: Data, witness: Any) -> None:
    """GlobalMinimum: for convex rows, S >= 0 with H S = 0 (and multipliers >= 0 on the ball) bounds the loss from below by its value."""
    require(all(is_convex(row.formula) for row in level.rows), "the formula is not convex by composition")
    require(normal_inertia(orbit)[0] == 0, "S has a negative eigenvalue")


def in_words(claim: Data) -> str:
    """What a claim says of a critical point."""
    rank = len(claim["embeddings"]["rows"])
    what = (
        f"one and only one orbit of critical points of rank {rank} has a representative, in the gauge of the witness, within "
        f"{number(claim['radius'])} (entry by entry) of the stated embeddings ({tally(claim['embeddings'])})"
        if rank
        else "H = 0 is a critical point (nothing is said of others near it)"
    )
    lower, upper, more = number(claim["value"]["lower"]), number(claim["value"]["upper"]), POINT_CLAIMS[claim["type"]].more(claim)
    said = f"{what}; its loss lies between {lower} and {upper}{more}"
    if is_on_nodes(claim):
        from ..units.written import said_of_nodes

        return said_of_nodes(claim, said)
    return about(claim, f"in dimension {read_problem(claim['problem']).dim}, {said}")


class PointClaim(NamedTuple):
    """What a type of claim says of its orbit. extra: a field of its own; check: beyond existence; more: in words."""

    extra: str
    check: Callable[[PointLevel, Orbit, Data, Any], None]
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
