"""Critical points of the loss over embeddings by many starts, grouped into orbits (MATH 2, 4.4, 4.5). Floats: evidence, not proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scverify.errors import InputError
from scverify.model.constraints import Sphere
from scverify.model.exact import whole
from scverify.model.points import AnyProblem, labels_of, node_constraints
from scverify.search.orbits import Relabellings
from scverify.search.starts import Starts
from scverify.search.surface import Bools, Floats, Ints, Local, Surface
from scverify.search.threads import blas_threads_for
from scverify.search.walk import newton, walk

_ROUND = 50  # starts walked at once: large arrays, and an answer to an interrupt now and then
_STEPS = 200  # most starts end sooner; a walk that does not is rescued below
_POLISH = 12  # Newton steps: quadratic convergence needs five or six from where a walk ends
_STEP = 1e-8  # a Newton step below the square root of rounding: the next one is rounding alone
_RESIDUAL = 1e-9  # of the gradient over its largest part, what is left at a point that is kept
_RESCUES = ((0.02, False), (10.0, False), (10.0, True))  # (width, downhill): near samples tied, classes collapsed, and these downhill
_SAME_GRAM = 1e-6  # two Newton limits of one orbit differ by less, two orbits by more
_SAME_VALUE = 1e-8  # values are accurate to the square of what points are
_SAME_SET = 1e-11  # points of one continuum agree in value to rounding
_RANK = 1e-7  # singular values of a point that is known to about 1e-8
_NOISE = 1e-12  # rounding of eigenvalues over the largest one, with room
_ERROR = 100.0  # a step of the polish times this bounds its effect on eigenvalues
_INACTIVE = 1e-5  # a slack variable is the square root of a distance to the ball: below, the norm is active
_REFERENCES = 64  # points whose largest curvature gives the scale of the problem


@dataclass(frozen=True, eq=False)
class Stationary:
    """A critical point in floats, the best one found of its orbit.

    embeddings (d, n); multipliers (n,), zero under a ridge and where a ball's norm is inactive. residual: the norm of the Riemannian
    gradient (ball: of the conditions of Karush, Kuhn and Tucker), relative to its median over random points. inertia: a guess of
    (n_minus, n_zero, n_plus) of the Riemannian Hessian 2<S, U'U> + D2L[G', G'] on tangent vectors (u_i is free where a ball's norm is
    inactive); eigenvalues below float resolution count as zero. rank: of the embeddings. hits: how many starts ended in the orbit.
    """

    embeddings: Floats
    multipliers: Floats
    value: float
    residual: float
    inertia: tuple[int, int, int]
    rank: int
    hits: int

    @property
    def orbit_dimension(self) -> int:
        """dr - r(r+1)/2: the dimension of the orbit under O(d), a lower bound of n_zero."""
        return len(self.embeddings) * self.rank - self.rank * (self.rank + 1) // 2

    @property
    def is_degenerate(self) -> bool:
        """Whether the Hessian vanishes, to float resolution, in more directions than the rotations."""
        return self.inertia[1] > self.orbit_dimension


@dataclass(frozen=True)
class Search:
    """What was found, sorted by value, from `starts_done` starts; `interrupted` where the user stopped the search."""

    points: tuple[Stationary, ...]
    starts_done: int
    interrupted: bool


# a row that overflows is no candidate
@np.errstate(over="ignore", invalid="ignore")
def critical_candidates(
    problem: AnyProblem,
    starts: int = 200,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
    begun: Search | None = None,
    watch: Callable[[Search], object] | None = None,
) -> Search:
    """Critical points at the dimension of the problem, one per orbit, from `starts` starts that depend on the seed alone.

    In turn, eight starts descend to local minima and eight seek any critical point, saddles included. Points that are degenerate and have
    one value (a continuum, or a plateau that is flat to float resolution) count as one. `progress` is called with (starts done, starts)
    after each round, and `watch` with what the finished rounds found; given that again as `begun`, the search goes on as if it had not
    ended. Ctrl-C ends the search and keeps the finished rounds. Raises InputError where the problem has no dimension, where
    embeddings must be non-negative, and for a sphere in one dimension.
    """
    whole(starts, "starts", 1), whole(seed, "seed", 0)
    searching = _Search.of(problem, _dimension(problem), seed)
    orbits: list[_Orbit] = []
    done = 0
    try:
        with blas_threads_for(searching.surface.batch.ridge.size):
            if begun is not None:
                orbits, done = [searching.orbit(point) for point in begun.points], begun.starts_done
            while done < starts:
                numbers = range(done, min(done + _ROUND, starts))
                orbits, done = searching.round(numbers, orbits), numbers.stop
                if watch is not None:
                    watch(Search(tuple(orbit.point for orbit in orbits), done, False))
                if progress is not None:
                    progress(done, starts)
    except KeyboardInterrupt:
        return Search(_sorted(orbits), done, True)
    return Search(_sorted(orbits), done, False)


def _dimension(problem: AnyProblem) -> int:
    if problem.dim is None:
        raise InputError("a problem without a dimension", "a dimension d >= 1", "give dim (--dim): critical points depend on it")
    if problem.dim == 1 and any(isinstance(constraint, Sphere) for constraint in node_constraints(problem)):
        raise InputError("a sphere in dimension 1", "d >= 2 on the sphere", "raise dim: two points have no tangent directions to search")
    return problem.dim


def _sorted(orbits: list[_Orbit]) -> tuple[Stationary, ...]:
    return tuple(sorted((orbit.point for orbit in orbits), key=lambda point: point.value))


@dataclass(frozen=True)
class _Orbit:
    """A critical point, and the numbers that tell its orbit from others."""

    point: Stationary
    gram: Floats
    signature: Floats


@dataclass(frozen=True)
class _Search:
    """A search: the surface, the starts, and the sizes (medians over random points) of the slope and of the curvature."""

    surface: Surface
    starts: Starts
    relabellings: Relabellings
    slope_size: float
    curvature_size: float

    @classmethod
    def of(cls, problem: AnyProblem, dim: int, seed: int) -> _Search:
        surface, relabellings = Surface.of(problem, dim), Relabellings.of(problem)
        rng = np.random.default_rng(0)
        local = surface.local(surface.normalised(rng.normal(size=(_REFERENCES, surface.height, surface.batch.ridge.size))))
        step = rng.normal(size=local.slope.shape)
        slopes = np.linalg.norm(local.slope, axis=(1, 2))
        bends = np.linalg.norm(local.product(step), axis=(1, 2)) / np.linalg.norm(step, axis=(1, 2))
        return cls(
            surface=surface,
            starts=Starts(relabellings, labels_of(problem), surface, seed),
            relabellings=relabellings,
            slope_size=float(np.median(slopes)),
            curvature_size=float(np.median(bends)),
        )

    def round(self, numbers: range, orbits: list[_Orbit]) -> list[_Orbit]:
        """The orbits after the starts of these numbers."""
        saddles = [orbit.point.embeddings for orbit in orbits if orbit.point.inertia[0] > 0]
        begun = [self.starts.start(number, saddles) for number in numbers]
        together = np.stack([start.together for start in begun])
        sought = np.array([start.sought for start in begun])
        points, step = self._solved(np.stack([start.point for start in begun]), together, sought)
        points, step = self._rescued(points, step, sought)
        ended = step < _STEP
        for point in self._judged(points[ended], step[ended]):
            orbits = self._added(orbits, point)
        return orbits

    def _solved(self, points: Floats, together: Ints, sought: Bools) -> tuple[Floats, Floats]:
        """Where the walks from the points end, and how far Newton's method would still go (relative)."""
        return newton(self.surface, walk(self.surface, points, together, sought, _STEPS), together, _POLISH)

    def _rescued(self, points: Floats, step: Floats, sought: Bools) -> tuple[Floats, Floats]:
        """Where Newton's method stalls, walk on: with samples tied that are near, with classes collapsed (norms active), then down."""
        points, step = points.copy(), step.copy()
        for width, downhill in _RESCUES:
            stalled = np.flatnonzero(step >= _STEP)
            if not len(stalled):
                break
            together = np.stack([self._clusters(points[row], width) for row in stalled])
            tied = np.take_along_axis(points[stalled], together[:, None], axis=2)
            if self.surface.slack:
                tied[:, -1] = 0.0
            tied, length = self._solved(self.surface.normalised(tied), together, sought[stalled] & (not downhill))
            ended = length < _STEP
            points[stalled[ended]], step[stalled[ended]] = tied[ended], length[ended]
        return points, step

    def _clusters(self, point: Floats, width: float) -> Ints:
        """The first sample of its class within `width` (relative) of each sample, (n,)."""
        labels, kinds = np.array(self.relabellings.labels), np.array(self.relabellings.kinds)
        distance = np.linalg.norm(point[:, :, None] - point[:, None], axis=0)
        near = (distance <= width * np.abs(point).max()) & (labels[:, None] == labels) & (kinds[:, None] == kinds)
        first = np.arange(len(labels))
        for sample in range(len(labels)):
            first[sample] = first[int(np.argmax(near[sample]))]
        return first

    def _judged(self, points: Floats, step: Floats) -> list[Stationary]:
        """The points that are critical, with their types."""
        active = self._active(points)
        if self.surface.slack:
            points[:, -1] = np.where(active, 0.0, points[:, -1])
            points = self.surface.normalised(points)
        norms = np.linalg.norm(self.surface.embeddings(points), axis=(1, 2))
        points[norms < _RANK * self.surface.size, : self.surface.dim] = 0.0
        embeddings = self.surface.embeddings(points)
        result = []
        for row in range(len(points)):
            local = self.surface.local(points[row : row + 1])
            multipliers = np.where(active[row], local.bend[0] / 2, 0.0)
            h = embeddings[row].copy()
            if self.surface.slack:
                multipliers = np.maximum(multipliers, 0.0)
            slope = (h @ local.slopes[0] + self.surface.batch.ridge * h) + 2 * h * multipliers
            residual = float(np.linalg.norm(slope)) / self.slope_size
            if residual <= _RESIDUAL:
                point = Stationary(
                    embeddings=h,
                    multipliers=multipliers,
                    value=float(local.value[0]),
                    residual=residual,
                    inertia=(0, 0, 0),
                    rank=self._rank(h),
                    hits=1,
                )
                result.append(replace(point, inertia=self._inertia(local, active[row], float(step[row]), point.orbit_dimension)))
        return result

    def _active(self, points: Floats) -> Bools:
        """Which norms are held at rho, (starts, n)."""
        if self.surface.slack and self.surface.radius is not None:
            active: Bools = np.abs(points[:, -1]) < _INACTIVE * self.surface.radius
            return active
        return np.full(points[:, 0].shape, self.surface.radius is not None)

    def _rank(self, embeddings: Floats) -> int:
        """Numerical rank; under a ridge, where points are found to the resolution of norm 1, norms far below that are zero."""
        singular = np.linalg.svd(embeddings, compute_uv=False)
        return int((singular > _RANK * max(float(singular[0]), self.surface.size)).sum())

    def _inertia(self, local: Local, active: Bools, step: float, orbit_dimension: int) -> tuple[int, int, int]:
        """Signs of the eigenvalues of the Hessian, rotations lifted out of the way, and so the slacks of active norms."""
        matrix = local.hessian()[0]
        top = max(float(np.abs(matrix).max()), self.curvature_size)
        if self.surface.slack:
            matrix[-1, active], matrix[:, :, -1, active] = 0.0, 0.0
            matrix[-1, active, -1, active] = top
        turns = local.rotations()[0].reshape(-1, local.size)
        lift = top / max(float((turns**2).sum()), 1e-300)
        square = matrix.reshape(local.size, local.size)
        eigenvalues = np.linalg.eigvalsh((square + square.T) / 2 + lift * turns.T @ turns)
        noise = max(_NOISE, _ERROR * step) * max(float(np.abs(eigenvalues).max()), self.curvature_size)
        minus, zero = int((eigenvalues < -noise).sum()), orbit_dimension + int((np.abs(eigenvalues) <= noise).sum())
        size = self.surface.dim * len(active) - int(active.sum())
        return minus, zero, size - minus - zero

    def orbit(self, point: Stationary) -> _Orbit:
        """The orbit of a point."""
        gram = point.embeddings.T @ point.embeddings
        return _Orbit(point, gram, self.relabellings.signature(gram))

    def _added(self, orbits: list[_Orbit], point: Stationary) -> list[_Orbit]:
        """The orbits with one more point: merged with the orbit it belongs to, or by itself."""
        new = self.orbit(point)
        for place, orbit in enumerate(orbits):
            if self._is_one_orbit(orbit, new):
                better = min(orbit, new, key=lambda one: (one.point.rank, one.point.residual))
                merged = replace(better, point=replace(better.point, hits=orbit.point.hits + 1))
                return [*orbits[:place], merged, *orbits[place + 1 :]]
        return [*orbits, new]

    def _is_one_orbit(self, old: _Orbit, new: _Orbit) -> bool:
        """Whether one is the other rotated and relabelled; degenerate points of one value are taken for one connected set."""
        size = max(1.0, abs(old.point.value))
        apart = abs(old.point.value - new.point.value)
        if apart <= _SAME_SET * size and old.point.is_degenerate and new.point.is_degenerate:
            return True
        tolerance = _SAME_GRAM * float(old.gram.diagonal().max() or 1.0)
        near = apart <= _SAME_VALUE * size and bool(np.abs(old.signature - new.signature).max() <= tolerance)
        return near and self.relabellings.match(old.gram, new.gram, tolerance)
