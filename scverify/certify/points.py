"""The critical points of a problem: found by many starts, certified one orbit at a time (MATH 4.4, 4.5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from scverify.certify.better import Better
from scverify.certify.checkpoints import Checkpoints, Keep, damaged, from_hexadecimal, hexadecimal, opened, sealed
from scverify.certify.claims import Data
from scverify.certify.optimum import general_optimum
from scverify.certify.orbit import certify_point
from scverify.certify.units import unit_optimum
from scverify.errors import InputError, Undecided, may_be_callable, must_be
from scverify.model.constraints import Ball, NonNegative, Sphere
from scverify.model.points import AnyProblem, formula_by_tree, node_constraints, points_claim
from scverify.model.problem import Problem
from scverify.model.units import KindConstraint, UnitProblem
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint, CriticalPoints
from scverify.results.units import UnitOptimum
from scverify.search.critical import Search, Stationary, critical_candidates
from scverify.symbolic.shape import is_known_convex

FORMAT = "scverify-points-search"
# how many are done, of how many
Progress = Callable[[int, int], object]


def critical_points(
    problem: AnyProblem,
    starts: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    search: Data | None = None,
    keep: Keep | None = None,
) -> CriticalPoints:
    """Search critical points over embeddings from many starts, and certify each orbit that was found.

    On the ball, minima of the sphere are examined too: one with a negative multiplier is listed as "not critical", with that reason.
    The same seed gives the same list. progress(done, total) is called as starts are finished and points certified. An interrupt ends what
    it meets and keeps what was found; a second one ends the certification of that. keep(search) is called now and then and at an
    interrupt; with that `search` the same call goes on where it was. Raises InputError without a dimension, for H >= 0, and for a `search`
    that is damaged.

    >>> [point.kind for point in critical_points(Problem("supcon", (2, 2), dim=2, temperature="1/2"), starts=6)]
    ['global minimum']
    """
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    may_be_callable(progress, "progress")
    started = time.perf_counter()
    constraints = set(node_constraints(problem))
    if any(isinstance(constraint, NonNegative) for constraint in constraints):
        raise InputError("H >= 0", "sphere, ball or ridge for critical points", "drop the sign constraint")
    work, best = _Searches(problem, starts, seed, search, keep), None
    points: list[CriticalPoint] = []
    stop = _Stop(work.kept)
    with stop:
        work.seek("points", problem, progress, stop)
    if any(isinstance(constraint, Ball) for constraint in constraints) and not stop.came:
        with stop:
            work.seek("sphere", _on_spheres(problem), None, stop)
    with stop:
        best = _optimum(problem)
    with stop:
        _certify(problem, work.candidates, best, points, progress, work.kept)
    return CriticalPoints(
        problem=problem,
        points=tuple(points),
        optimum=best,
        starts=work.starts_done,
        seed=seed,
        interrupted=stop.came,
        seconds=time.perf_counter() - started,
    )


def _on_spheres(problem: AnyProblem) -> AnyProblem:
    """The problem with the sphere of every ball in its place."""
    if isinstance(problem, Problem):
        return problem.replace(constraint=_sphere_of(problem.constraint))
    by_kind = zip(problem.loss.kinds, problem.constraints, strict=True)
    return problem.replace(constraint={kind: _sphere_of(constraint) for kind, constraint in by_kind})


def _sphere_of(constraint: KindConstraint) -> KindConstraint:
    return Sphere(constraint.rho) if isinstance(constraint, Ball) else constraint


class _Stop:
    """A context that an interrupt ends, and no more than that; what was found is then kept at once."""

    def __init__(self, kept: Checkpoints) -> None:
        """None came so far."""
        self.came, self._kept = False, kept

    def now(self) -> None:
        """There was one."""
        if not self.came:
            self.came = True
            self._kept.now()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> bool:
        if isinstance(error, KeyboardInterrupt):
            self.now()
            return True
        return False


class _Searches:
    """The search on the problem ("points") and, on the ball, the one on its sphere ("sphere"), as far as they are."""

    def __init__(self, problem: AnyProblem, starts: int, seed: int, search: Data | None, keep: Keep | None) -> None:
        """Nothing, or what an earlier call kept; InputError where that is damaged."""
        self.starts, self.seed = starts, seed
        self._claim: Data = {**points_claim(problem), "starts": starts, "seed": seed}
        self._rounds: dict[str, Search] = {} if search is None else _read(opened(search, FORMAT, self._claim))
        self.kept = Checkpoints(keep, self._state)

    def seek(self, name: str, problem: AnyProblem, progress: Progress | None, stop: _Stop) -> None:
        """Go on with a search until its starts are done or an interrupt comes."""

        def watch(found: Search) -> None:
            self._rounds[name] = found
            self.kept.when_due()

        if critical_candidates(problem, self.starts, self.seed, progress, self._rounds.get(name), watch).interrupted:
            stop.now()

    @property
    def starts_done(self) -> int:
        """How many starts on the problem are done."""
        return self._rounds["points"].starts_done if "points" in self._rounds else 0

    @property
    def candidates(self) -> list[Stationary]:
        """What was found, lowest first: critical points, and what looks like a minimum of the sphere and was not found on the ball."""
        found = {name: search.points for name, search in self._rounds.items()}
        minima = [point for point in found.get("sphere", ()) if point.inertia[0] == 0 and point.multipliers.min() < 0]
        lowest = [sorted(points, key=lambda point: point.value) for points in (found.get("points", ()), minima)]
        return sorted([*lowest[0], *lowest[1]], key=lambda point: point.value)

    def _state(self) -> Data:
        rounds = {
            name: {"starts": search.starts_done, "points": list(map(_written, search.points))} for name, search in self._rounds.items()
        }
        return sealed({"format": FORMAT, "claim": self._claim, "rounds": rounds})


def _written(point: Stationary) -> Data:
    """A point without loss, as text."""
    numbers = {"value": point.value.hex(), "residual": point.residual.hex(), "inertia": list(point.inertia)}
    return numbers | {
        "embeddings": hexadecimal(point.embeddings),
        "multipliers": hexadecimal(point.multipliers[None])[0],
        "rank": point.rank,
        "hits": point.hits,
    }


def _read(state: Data) -> dict[str, Search]:
    """What `_written` wrote of every search."""
    try:
        return {name: Search(tuple(map(_point, found["points"])), int(found["starts"]), False) for name, found in state["rounds"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(f"it cannot be read ({type(error).__name__})") from error


def _point(data: Data) -> Stationary:
    minus, zero, plus = map(int, data["inertia"])
    return Stationary(
        embeddings=from_hexadecimal(data["embeddings"]),
        multipliers=from_hexadecimal([data["multipliers"]])[0],
        value=float.fromhex(data["value"]),
        residual=float.fromhex(data["residual"]),
        inertia=(minus, zero, plus),
        rank=int(data["rank"]),
        hits=int(data["hits"]),
    )


def _certify(
    problem: AnyProblem,
    candidates: list[Stationary],
    best: Optimum | UnitOptimum | None,
    points: list[CriticalPoint],
    progress: Progress | None,
    kept: Checkpoints,
) -> None:
    """Adds the certified candidates to the points, each compared with the optimum, or else with the lowest one."""
    better = feasible_point_of(problem, best)
    for candidate in candidates:
        points.append(certify_point(problem, candidate.embeddings, candidate.hits, better))
        if better is None and points[-1].trust == "ball":
            better = Better.of_embeddings(problem, points[-1].embeddings)
        kept.when_due()  # the search: what a kill leaves now
        if progress is not None:
            progress(len(points), len(candidates))


def feasible_point_of(problem: AnyProblem, best: Optimum | UnitOptimum | None) -> Better | None:
    """The feasible point of the optimum, where it has one in the dimension of the problem."""
    if isinstance(best, UnitOptimum) and isinstance(problem, UnitProblem):
        return Better.of_unit_optimum(problem, best)
    return Better.of_optimum(best.certificate) if isinstance(best, Optimum) else None


def _optimum(problem: AnyProblem) -> Optimum | UnitOptimum | None:
    """The certified optimum of the relaxation, where it bounds this problem from both sides."""
    if not all(map(is_known_convex, formula_by_tree(problem).values())):
        return None
    try:
        return general_optimum(problem) if isinstance(problem, Problem) else unit_optimum(problem.replace(dim=None))
    except (InputError, Undecided):
        return None
