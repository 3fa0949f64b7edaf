"""Critical points of the loss over embeddings by many starts, grouped into orbits (MATH 2, 4.4, 4.5). Floats: evidence, not proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.exact import whole
from scverify.model.problem import Problem
from scverify.search.orbits import Relabellings
from scverify.search.starts import Starts
from scverify.search.threads import blas_threads_for
from scverify.search.walk import Floats, Ints, Surface, newton, walk

_ROUND = 50
_STEPS = 200
_POLISH = 12
_STEP = 1e-8
_RESIDUAL = 1e-9
_RESCUES = ((0.02, False), (10.0, False), (10.0, True))
_SAME_GRAM = 1e-6
_SAME_VALUE = 1e-8
_SAME_SET = 1e-11
_RANK = 1e-7
_NOISE = 1e-12
_ERROR = 100.0
_INACTIVE = 1e-5
_SIGN = 1e-9
_REFERENCES = 64


@dataclass(frozen=True, eq=False)
class Stationary:
    """A critical point in floats, the best one found of its orbit.

    embeddings (d, n); multipliers (n,), zero under a ridge and where a ball's norm is inactive; residual: the norm of the Riemannian gradient
    (ball: of the conditions of Karush, Kuhn and Tucker), relative to its median over random points. inertia: (n_minus, n_zero, n_plus), a
    guess, of the Riemannian Hessian 2<S, U'U> + D2L[G', G'] on tangent vectors; eigenvalues below float resolution count as zero. rank: of the
    embeddings. hits: how many starts ended in the orbit.
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


@dataclass(frozen=True)
class Search:
    """What was found, sorted by value, from `starts_done` starts; `interrupted` where the user stopped the search."""

    points: tuple[Stationary, ...]
    starts_done: int
    interrupted: bool


def critical_candidates(
    problem: Problem, starts: int = 200, seed: int = 0, progress: Callable[[int, int], object] | None = None
) -> Search:
    """Critical points at the dimension of the problem, one an orbit, from `starts` starts that depend on the seed alone.

    In turn, eight starts descend to local minima and eight search where they stand, saddles included. `progress` is called with (starts
    done, starts) after each round. Ctrl-C ends the search and keeps the finished rounds. Raises InputError where the problem has no dimension
    or embeddings must be non-negative.
    """
    whole(starts, "starts", 1), whole(seed, "seed", 0)
    if problem.dim is None:
        raise InputError("a problem without a dimension", "a dimension d >= 1", "give dim (--dim): critical points depend on it")
    hunt = _Hunt.of(problem, problem.dim, seed)
    orbits: list[_Orbit] = []
    done = 0
    try:
        with blas_threads_for(problem.classes.n):
            while done < starts:
                numbers = range(done, min(done + _ROUND, starts))
                orbits, done = hunt.round(numbers, orbits), numbers.stop
                if progress is not None:
                    progress(done, starts)
    except KeyboardInterrupt:
        return Search(_sorted(orbits), done, True)
    return Search(_sorted(orbits), done, False)


@dataclass(frozen=True)
class _Orbit:
    """A critical point, and the numbers that tell its orbit from others."""

    point: Stationary
    gram: Floats
    signature: Floats


@dataclass(frozen=True)
class _Hunt:
    """A search: the surface, the starts, and the sizes (median over random points) of the slope and of the curvature."""

    surface: Surface
    starts: Starts
    relabellings: Relabellings
    slope_size: float
    curvature_size: float

    @classmethod
    def of(cls, problem: Problem, dim: int, seed: int) -> _Hunt:
        surface = Surface.of(problem, dim)
        rng = np.random.default_rng(0)
        points = surface.normalised(rng.normal(size=(_REFERENCES, surface.height, problem.classes.n)))
        local = surface.local(points)
        slope = float(np.median(np.linalg.norm(local.slope, axis=(1, 2))))
        step = rng.normal(size=local.slope.shape)
        bend = np.linalg.norm(local.product(step), axis=(1, 2)) / np.linalg.norm(step, axis=(1, 2))
        return cls(surface, Starts(problem, surface, seed), Relabellings.of(problem), slope, float(np.median(bend)))

    def round(self, numbers: range, orbits: list[_Orbit]) -> list[_Orbit]:
        """The orbits after the starts of these numbers."""
        saddles = [orbit.point.embeddings for orbit in orbits if orbit.point.inertia[0] > 0]
        begun = [self.starts.start(number, saddles) for number in numbers]
        together = np.stack([start.together for start in begun])
        sought = np.array([start.sought for start in begun])
        points = walk(self.surface, np.stack([start.point for start in begun]), together, sought, _STEPS)
        points, step = newton(self.surface, points, together, _POLISH)
        points, step = self._rescued(points, step, sought)
        found = orbits
        ended = step < _STEP
        for point in self._judged(points[ended], step[ended]):
            found = self._added(found, point)
        return found

    def _rescued(self, points: Floats, step: Floats, sought: NDArray[np.bool_]) -> tuple[Floats, Floats]:
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
            tied = walk(self.surface, self.surface.normalised(tied), together, sought[stalled] & (not downhill), _STEPS)
            tied, length = newton(self.surface, tied, together, _POLISH)
            ended = length < _STEP
            points[stalled[ended]], step[stalled[ended]] = tied[ended], length[ended]
        return points, step

    def _clusters(self, point: Floats, width: float) -> Ints:
        """The first sample of its class within `width` (relative) of each sample, (n,)."""
        labels = np.array(self.relabellings.labels)
        distance = np.linalg.norm(point[:, :, None] - point[:, None], axis=0)
        near = (distance <= width * np.abs(point).max()) & (labels[:, None] == labels)
        first = np.arange(len(labels))
        for sample in range(len(labels)):
            first[sample] = first[int(np.argmax(near[sample]))]
        return first

    def _judged(self, points: Floats, step: Floats) -> list[Stationary]:
        """The points that are critical, with their types."""
        if not len(points):
            return []
        surface = self.surface
        active = np.ones(points[:, 0].shape, dtype=bool)
        if surface.radius is None:
            active[:] = False
        if surface.slack:
            active = np.abs(points[:, -1]) < _INACTIVE * float(surface.radius or 1.0)
            points[:, -1] = np.where(active, 0.0, points[:, -1])
            points = surface.normalised(points)
        local = surface.local(points)
        multipliers = np.where(active, local.bend / 2, 0.0)
        embeddings = surface.embeddings(points)
        gradient = surface.batch.value_and_gradient(embeddings)[1] + 2 * embeddings * multipliers[:, None]
        residual = np.linalg.norm(gradient, axis=(1, 2)) / self.slope_size
        eigenvalues = self._eigenvalues(points, active)
        result = []
        for row in range(len(points)):
            signed = surface.slack and multipliers[row].min() < -_SIGN * self.slope_size
            if residual[row] > _RESIDUAL or signed:
                continue
            kept = np.maximum(multipliers[row], 0.0) if surface.slack else multipliers[row]
            point = Stationary(embeddings[row].copy(), kept, float(local.value[row]), float(residual[row]), (0, 0, 0), _rank(embeddings[row]), 1)
            size = embeddings[row].size - int(active[row].sum())
            result.append(replace(point, inertia=self._inertia(eigenvalues[row], float(step[row]), size, point.orbit_dimension)))
        return result

    def _eigenvalues(self, points: Floats, active: NDArray[np.bool_]) -> Floats:
        """Eigenvalues of the Riemannian Hessian, rotations and the slacks of active norms lifted above zero."""
        result = []
        for point, on in zip(points, active, strict=True):
            local = self.surface.local(point[None])
            matrix = local.hessian()[0]
            top = max(float(np.abs(matrix).max()), self.curvature_size)
            if self.surface.slack:
                matrix[-1, on], matrix[:, :, -1, on] = 0.0, 0.0
                matrix[-1, on, -1, on] = top
            turns = local.rotations()[0].reshape(-1, local.size)
            flat = matrix.reshape(local.size, local.size)
            size = max(float((turns**2).sum()), 1e-300)
            result.append(np.linalg.eigvalsh((flat + flat.T) / 2 + top / size * turns.T @ turns))
        return np.array(result)

    def _inertia(self, eigenvalues: Floats, step: float, size: int, orbit_dimension: int) -> tuple[int, int, int]:
        noise = max(_NOISE, _ERROR * step) * max(float(np.abs(eigenvalues).max()), self.curvature_size)
        minus, zero = int((eigenvalues < -noise).sum()), orbit_dimension + int((np.abs(eigenvalues) <= noise).sum())
        return minus, zero, size - minus - zero

    def _added(self, orbits: list[_Orbit], point: Stationary) -> list[_Orbit]:
        """The orbits with one more point: merged with the orbit it belongs to, or by itself."""
        gram = point.embeddings.T @ point.embeddings
        new = _Orbit(point, gram, self.relabellings.signature(gram))
        for place, orbit in enumerate(orbits):
            if not self._is_one_orbit(orbit, new):
                continue
            better = new if point.residual < orbit.point.residual else orbit
            merged = _Orbit(replace(better.point, hits=orbit.point.hits + 1), better.gram, better.signature)
            return [*orbits[:place], merged, *orbits[place + 1 :]]
        return [*orbits, new]

    def _is_one_orbit(self, old: _Orbit, new: _Orbit) -> bool:
        """Whether one is the other rotated and relabelled; degenerate points of one value are taken for one connected set."""
        size = max(1.0, abs(old.point.value))
        apart = abs(old.point.value - new.point.value)
        if apart <= _SAME_SET * size and _is_degenerate(old.point) and _is_degenerate(new.point):
            return True
        tolerance = _SAME_GRAM * float(old.gram.diagonal().max() or 1.0)
        near = apart <= _SAME_VALUE * size and bool(np.abs(old.signature - new.signature).max() <= tolerance)
        return near and self.relabellings.match(old.gram, new.gram, tolerance)


def _is_degenerate(point: Stationary) -> bool:
    """Whether the Hessian vanishes in more directions than the rotations."""
    return point.inertia[1] > point.orbit_dimension


def _rank(embeddings: Floats) -> int:
    """Numerical rank."""
    singular = np.linalg.svd(embeddings, compute_uv=False)
    return int((singular > _RANK * max(float(singular[0]), 1e-300)).sum())


def _sorted(orbits: list[_Orbit]) -> tuple[Stationary, ...]:
    return tuple(sorted((orbit.point for orbit in orbits), key=lambda point: point.value))
