"""Fewer dimensions than a loss on units or nodes needs: between its optimum over all dimensions and the best critical point in these."""

from __future__ import annotations

import time

from scverify.certify.checkpoints import Keep
from scverify.certify.claims import Data
from scverify.certify.points import critical_points
from scverify.certify.units import unit_optimum
from scverify.errors import InputError, Undecided
from scverify.model.points import point_level_of
from scverify.model.units import UnitProblem
from scverify.results.bounded import BoundedOptimum
from scverify.results.points import CriticalPoint

# a critical point of so many coordinates is certified in a few seconds
MOST_COORDINATES = 192
STARTS = 20


def bounded_on_units(problem: UnitProblem, starts: int | None, seed: int, search: Data | None, keep: Keep | None) -> BoundedOptimum:
    """The interval of a loss on units. upper: the value of the best critical point that a search met and the kernel certified.

    A certified critical point is one of configurations that meet the constraints, so its value bounds the least loss from above.
    """
    started = time.perf_counter()
    coordinates = len(point_level_of(problem).norms) * (problem.dim or 0)
    if coordinates > MOST_COORDINATES:
        given, allowed = f"{coordinates} coordinates below the rank", f"at most {MOST_COORDINATES}, copies of nodes times dimension"
        raise InputError(given, allowed, "raise dim to the rank, or give fewer units")
    relaxed = unit_optimum(problem.replace(dim=None))
    met = critical_points(problem, STARTS if starts is None else starts, seed, search=search, keep=keep)
    if met.interrupted:
        raise KeyboardInterrupt
    point = _best(met.points)
    if point is None:
        raise Undecided(f"{problem}: no critical point was certified; allowed: a problem that has one; raise starts")
    return BoundedOptimum(
        problem=problem,
        lower=relaxed.lower,
        upper=point.upper,
        lower_by="relaxation",
        relaxed=relaxed,
        vectors=point.embeddings.T,
        point=point,
        proofs={"lower.json": relaxed.certificate, **point.certificates},
        seconds=time.perf_counter() - started,
    )


def _best(points: tuple[CriticalPoint, ...]) -> CriticalPoint | None:
    proved = [point for point in points if point.trust == "ball" and point.certificate is not None and point.kind != "not critical"]
    return min(proved, key=lambda point: point.upper, default=None)
