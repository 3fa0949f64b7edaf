"""The critical points of a problem: found by many starts, certified one orbit at a time (MATH 4.4, 4.5)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scverify.certify.claims import Data
from scverify.certify.optimum import Optimum, optimum
from scverify.certify.orbit import Better, CriticalPoint, certify_point
from scverify.errors import InputError, Undecided, must_be
from scverify.model.constraints import Ball, NonNegative, Sphere
from scverify.model.problem import Problem
from scverify.search.critical import Search, Stationary, critical_candidates
from scverify.symbolic.shape import is_convex

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CriticalPoints:
    """The orbits that a search found, lowest value first, each certified or plainly undecided.

    A search may miss orbits: that none of a kind is listed proves nothing. optimum: of the relaxation, None where the row formula is not
    convex or the dimension is below the optimum's rank. interrupted: the search was stopped early; what it had found is here.
    """

    problem: Problem
    points: tuple[CriticalPoint, ...]
    optimum: Optimum | None
    starts: int
    seed: int
    interrupted: bool
    seconds: float

    def __iter__(self) -> Iterator[CriticalPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> CriticalPoint:
        return self.points[index]

    @property
    def certificates(self) -> dict[str, Data]:
        """Every certificate by the name of its file: the optimum's, and for each point its kind's and its inertia's."""
        found = {} if self.optimum is None else dict(self.optimum.certificates)
        for number, point in enumerate(self.points):
            for name, certificate in point.certificates.items():
                found[point_file(number) if name == "point.json" else point_file(number, "-inertia")] = certificate
        return found

    def of_kind(self, kind: str) -> tuple[CriticalPoint, ...]:
        """The points of one kind, such as "spurious minimum"."""
        return tuple(point for point in self.points if point.kind == kind)

    @cached_property
    def _text(self) -> str:
        from scverify.report.points import text

        return text(self)

    def __str__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        from scverify.report.points import html

        return html(self)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command line: optimum, points and what was searched."""
        from scverify.report.points import json_object

        return json_object(self)


def point_file(number: int, suffix: str = "") -> str:
    """The name of the certificate of the point with this number."""
    return f"point-{number:03d}{suffix}.json"


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
    return CriticalPoints(problem, tuple(points), best, search.starts_done, seed, interrupted, time.perf_counter() - started)


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
    sphere = Problem(
        problem.loss,
        problem.classes,
        problem.dim,
        problem.temperature,
        Sphere(problem.constraint.rho),
        problem.reduction,
        problem.singletons,
    )
    found = critical_candidates(sphere, starts, seed)
    return [point for point in found.points if point.inertia[0] == 0 and point.multipliers.min() < 0]
