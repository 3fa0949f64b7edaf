"""The critical points of a problem: found by many starts, certified one orbit at a time (MATH 4.4, 4.5)."""

from __future__ import annotations

import time
from collections.abc import Callable

from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.errors import InputError, Undecided, must_be
from scverify.model.constraints import Ball, NonNegative, Sphere
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint, CriticalPoints
from scverify.search.critical import Search, Stationary, critical_candidates
from scverify.symbolic.shape import is_convex

Progress = Callable[[int, int], None]


def critical_points(problem: Problem, starts: int = 200, seed: int = 0, progress: Progress | None = None) -> CriticalPoints:
    """Search critical points over embeddings from many starts, and certify each orbit that was found.

    On the ball, minima of the sphere are examined too: one with a negative multiplier is listed as "not critical", with that reason.
    The same seed gives the same list. progress(done, total) is called as starts are finished and points certified. An interrupt keeps
    what was found. Raises InputError without a dimension, and for H >= 0.
    """
    must_be(problem, Problem, "problem", "a Problem")
    started = time.perf_counter()
    if isinstance(problem.constraint, NonNegative):
        raise InputError("H >= 0", "sphere, ball or ridge for critical points", "drop the sign constraint")
    search = critical_candidates(problem, starts, seed, progress)
    best = _optimum(problem)
    better = None if best is None else Better.of_optimum(best.certificate)
    points: list[CriticalPoint] = []
    interrupted = search.interrupted
    try:
        for candidate in sorted([*search.points, *_sphere_minima(problem, search, starts, seed)], key=lambda point: point.value):
            points.append(certify_point(problem, candidate.embeddings, candidate.hits, better))
            if better is None and points[-1].trust == "ball":
                better = Better.of_point(points[-1])
            if progress is not None:
                progress(len(points), len(search.points))
    except KeyboardInterrupt:
        interrupted = True
    return CriticalPoints(
        problem=problem,
        points=tuple(points),
        optimum=best,
        starts=search.starts_done,
        seed=seed,
        interrupted=interrupted,
        seconds=time.perf_counter() - started,
    )


def _optimum(problem: Problem) -> Optimum | None:
    """The certified optimum of the relaxation, where it bounds this problem from both sides."""
    if not is_convex(problem.loss.formula):
        return None
    try:
        return optimum(problem)
    except (InputError, Undecided):
        return None


def _sphere_minima(problem: Problem, search: Search, starts: int, seed: int) -> list[Stationary]:
    """On the ball: what looks like a minimum of the sphere and was not found on the ball."""
    if not isinstance(problem.constraint, Ball) or search.interrupted:
        return []
    sphere = problem.replace(constraint=Sphere(problem.constraint.rho))
    found = critical_candidates(sphere, starts, seed)
    return [point for point in found.points if point.inertia[0] == 0 and point.multipliers.min() < 0]
