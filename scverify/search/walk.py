"""Second-order walks to critical points, many starts at once: descents to local minima, and searches that stop at saddles too.

A walk moves on a product of spheres (one a sample), or freely under a ridge. The ball is the sphere with one more coordinate, private to
each sample and absent from the loss: critical points there have it zero (an active norm) or the multiplier zero (MATH 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.problem import Problem
from scverify.search.batch import Batch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_DENSE = 400
_KRYLOV = 60
_FLAT = 1e-13
_TINY = 1e-300
_REACH = 0.5
_GAIN = 1e-4
# a Newton step is cut to this part of the points' size: farther away the quadratic model says nothing
_NEWTON_REACH = 0.1
_BISECTIONS = 12
_NEVER_ZERO = 1e-150


@dataclass(frozen=True)
class Surface:
    """Where points live: arrays (starts, height, n), columns of norm `radius` (None: free), the last row a slack where `slack`."""

    batch: Batch
    dim: int
    radius: float | None
    slack: bool

    @classmethod
    def of(cls, problem: Problem, dim: int) -> Surface:
        """The surface of a problem. Raises InputError where embeddings must be non-negative, or the kernel refuses the problem."""
        constraint = problem.constraint
        if isinstance(constraint, NonNegative):
            raise InputError("the constraint H >= 0", "sphere, ball or ridge", "drop --nonnegative: its critical points are not searched")
        radius = None if isinstance(constraint, Ridge) else float(constraint.rho)
        return cls(batch=Batch.of(problem), dim=dim, radius=radius, slack=isinstance(constraint, Ball))

    @property
    def height(self) -> int:
        """Number of rows of a point."""
        return self.dim + self.slack

    def embeddings(self, points: Floats) -> Floats:
        """H (starts, d, n): the points without their slack."""
        return points[:, : self.dim]

    def normalised(self, points: Floats) -> Floats:
        """The points with columns of the right norm."""
        if self.radius is None:
            return points
        normalised: Floats = points * (self.radius / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), _TINY))
        return normalised

    def frames(self, points: Floats) -> Floats:
        """An orthonormal basis of every tangent space, (starts, height, m, n): the columns of a Householder reflection."""
        starts, height, n = points.shape
        if self.radius is None:
            return np.broadcast_to(np.eye(height)[:, :, None], (starts, height, height, n))
        pole = points / self.radius
        pole[:, 0] += np.where(pole[:, 0] >= 0, 1.0, -1.0)
        basis: Floats = np.eye(height)[:, 1:, None] - pole[:, :, None] * (2 * pole[:, 1:] / (pole**2).sum(axis=1, keepdims=True))[:, None]
        return basis

    def local(self, points: Floats) -> Local:
        """Value and slope at the points, and what second derivatives need."""
        embeddings, frames = self.embeddings(points), self.frames(points)
        value, slopes = self.batch.value_and_slopes(embeddings)
        seen = self._seen(points, frames)
        slope = np.einsum("smia,sia->smi", seen, slopes) + self.batch.ridge * (embeddings if self.radius is None else 0.0)
        return Local(self, points, value, slope, frames, seen, slopes, self.bend(embeddings, slopes))

    def bend(self, embeddings: Floats, slopes: Floats) -> Floats:
        """What a sphere's curvature (twice the multipliers) or a ridge adds to the Hessian of every sample, (starts, n)."""
        if self.radius is None:
            return np.full_like(embeddings[:, 0], self.batch.ridge)
        bend: Floats = -(slopes * (embeddings.transpose(0, 2, 1) @ embeddings)).sum(axis=2) / self.radius**2
        return bend

    def _seen(self, points: Floats, frames: Floats) -> Floats:
        """Every embedding in the tangent coordinates of every sample, (starts, m, n, n): exactly 0 where two embeddings coincide."""
        embeddings, d = self.embeddings(points), self.dim
        if self.radius is None:
            return np.repeat(embeddings[:, :, None], embeddings.shape[2], axis=2)
        apart = embeddings[:, :, None] - embeddings[:, :, :, None]
        seen: Floats = np.einsum("spmi,spia->smia", frames[:, :d], apart)
        return seen - (frames[:, d] * points[:, d, None])[..., None] if self.slack else seen


@dataclass(frozen=True)
class Local:
    """The loss near points, in tangent coordinates (starts, m, n): value (starts,) and slope.

    seen (starts, m, n, n): the embeddings in the coordinates of each sample; slopes (starts, n, n): 2 grad L(G); bend (starts, n):
    see Surface.bend.
    """

    surface: Surface
    points: Floats
    value: Floats
    slope: Floats
    frames: Floats
    seen: Floats
    slopes: Floats
    bend: Floats

    @property
    def size(self) -> int:
        """Number of tangent coordinates."""
        return int(self.slope[0].size)

    def moved(self, step: Floats) -> Floats:
        """The points after a step (starts, m, n)."""
        return self.surface.normalised(self.points + _lift(self.frames, step))

    def hessian(self) -> Floats:
        """The Riemannian Hessian 2<S, U'U> + D2L[G', G'] (starts, m, n, m, n), G'_ia = <u_i, h_a> + <h_i, u_a>."""
        batch, seen = self.surface.batch, self.seen
        on, (m, n) = batch.anchors, self.slope.shape[1:]
        curved = batch.row_hessians(self.surface.embeddings(self.points))
        flat = self.frames[:, : self.surface.dim]
        near = flat.transpose(0, 3, 2, 1).reshape(len(flat), n * m, -1)
        total = (near @ near.transpose(0, 2, 1)).reshape(-1, n, m, n, m) * self.slopes[:, :, None, :, None]
        first = seen[:, :, on].transpose(0, 2, 1, 3) @ curved
        mixed = np.einsum("simb,slbi->simbl", first, seen[..., on])
        total[:, on] += mixed
        total.transpose(0, 3, 4, 1, 2)[:, on] += mixed
        for place, i in enumerate(on):
            total[:, i, :, i] += first[:, place] @ seen[:, :, i].transpose(0, 2, 1)
        total += np.einsum("siab,smai,slbi->sambl", curved, seen[..., on], seen[..., on], optimize=True)
        result: Floats = total.transpose(0, 2, 1, 4, 3).copy()
        for axis in range(m):
            result[:, axis, np.arange(n), axis, np.arange(n)] += self.bend
        return result

    def product(self, step: Floats) -> Floats:
        """The Riemannian Hessian applied to a step (starts, m, n)."""
        half = np.einsum("smia,smi->sia", self.seen, step)
        bent = self.surface.batch.slopes_change(self.surface.embeddings(self.points), half + half.transpose(0, 2, 1))
        frames = self.frames[:, : self.surface.dim]
        carried = _lower(frames, _lift(frames, step) @ self.slopes)
        product: Floats = np.einsum("smia,sia->smi", self.seen, bent) + carried + self.bend[:, None] * step
        return product

    def tied(self, together: Ints) -> Local:
        """The same for steps that move companions together: on a sphere their similarity is fixed, and its slope is left out."""
        if self.surface.radius is None or self.surface.slack:
            return self
        slopes = np.where(together[:, :, None] == together[:, None], 0.0, self.slopes)
        return replace(self, slopes=slopes, bend=self.surface.bend(self.points, slopes))

    def rotations(self) -> Floats:
        """The tangent coordinates of all infinitesimal rotations of the embeddings, (starts, pairs, m, n)."""
        pairs = [(a, b) for a in range(self.surface.dim) for b in range(a + 1, self.surface.dim)]
        turned = [self.frames[:, a] * self.points[:, None, b] - self.frames[:, b] * self.points[:, None, a] for a, b in pairs]
        return np.stack(turned, axis=1) if pairs else np.zeros((len(self.points), 0, *self.slope.shape[1:]))

    def where(self, rows: Bools, other: Local) -> Local:
        """These points, with those of another where `rows` holds."""

        def chosen(mine: Floats, new: Floats) -> Floats:
            return np.where(rows.reshape(-1, *[1] * (mine.ndim - 1)), new, mine)

        return self._each(lambda name: chosen(getattr(self, name), getattr(other, name)))

    def pick(self, rows: Bools) -> Local:
        """Some of the points."""
        return self._each(lambda name: getattr(self, name)[rows])

    def _each(self, change: Callable[[str], Floats]) -> Local:
        return Local(self.surface, *(change(field.name) for field in fields(self)[1:]))


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues (starts, p), eigenvectors (starts, size, p) and the slope's coordinates (starts, p) in them; rotations lifted from zero.

    Exact for small sizes; otherwise of the Hessian restricted to the Krylov space of the slope, which holds the slope.
    """

    values: Floats
    vectors: Floats
    slope: Floats

    @classmethod
    def of(cls, local: Local, together: Ints) -> Spectrum:
        """The spectrum on steps that move the samples of a cluster together; `together` (starts, n) names each sample's first companion."""
        starts, size = len(local.points), local.size
        local = local.tied(together)
        average = _averages(together)
        slope = (local.slope @ average).reshape(starts, size)
        turns = local.rotations().reshape(starts, -1, size)
        if size > _DENSE:
            return _krylov(local, average, slope, turns)
        matrix = (average[:, None] @ local.hessian().reshape(starts, local.slope.shape[1], -1, size)).reshape(starts, size, -1)
        matrix = (matrix.reshape(starts, size, local.slope.shape[1], -1) @ average[:, None]).reshape(starts, size, size)
        lift = np.linalg.norm(matrix, axis=(1, 2)) / np.maximum((turns**2).sum(axis=(1, 2)), _TINY)
        matrix = (matrix + matrix.transpose(0, 2, 1)) / 2 + lift[:, None, None] * (turns.transpose(0, 2, 1) @ turns)
        values, vectors = np.linalg.eigh(matrix)
        return cls(values, vectors, (slope[:, None] @ vectors)[:, 0])

    @property
    def flat(self) -> Floats:
        """Eigenvalues below this are rounding, (starts, 1)."""
        flat: Floats = _FLAT * np.maximum(np.abs(self.values).max(axis=1, keepdims=True), _TINY)
        return flat


def _krylov(local: Local, average: Floats, slope: Floats, turns: Floats) -> Spectrum:
    """Lanczos with full orthogonalisation, from the slope."""
    starts, size = slope.shape
    length = min(size, _KRYLOV)
    basis, images = np.zeros((starts, length, size)), np.zeros((starts, length, size))
    norm = np.linalg.norm(slope, axis=1, keepdims=True)
    vector = slope / np.maximum(norm, _TINY)
    for k in range(length):
        basis[:, k] = vector
        image = (local.product(vector.reshape(local.slope.shape)) @ average).reshape(starts, size)
        images[:, k] = image + ((turns @ vector[:, :, None]).transpose(0, 2, 1) @ turns)[:, 0]
        vector = images[:, k]
        before = np.linalg.norm(vector, axis=1, keepdims=True)
        for _ in range(2):
            vector = vector - ((basis @ vector[:, :, None]).transpose(0, 2, 1) @ basis)[:, 0]
        left = np.linalg.norm(vector, axis=1, keepdims=True)
        vector = np.where(left > _FLAT * before, vector / np.maximum(left, _TINY), 0.0)
    small = basis @ images.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh((small + small.transpose(0, 2, 1)) / 2)
    return Spectrum(values, basis.transpose(0, 2, 1) @ vectors, norm * vectors[:, 0])


def walk(surface: Surface, points: Floats, together: Ints, saddles: Bools, steps: int) -> Floats:
    """Follow each start for at most `steps` steps and return where it stands, (starts, height, n).

    Where `saddles` is false the value falls: a trust-region Newton method whose model bends upwards in every eigendirection. Where it is
    true the squared gradient falls (Levenberg-Marquardt), whatever the signs of the eigenvalues.
    """
    points = points.copy()
    scale = (surface.radius or 1.0) * np.sqrt(points.shape[2])
    alive = np.arange(len(points))
    radii = np.full(len(points), _REACH / 2 * scale)
    local = surface.local(points)
    for _ in range(steps):
        spectrum = Spectrum.of(local, together[alive])
        coordinates, predicted = _trial(spectrum, saddles[alive], radii[alive])
        length = np.linalg.norm(coordinates, axis=1)
        step = (spectrum.vectors @ coordinates[:, :, None]).reshape(local.slope.shape)
        there = surface.local(_tied(local.moved(step), together[alive]))
        gained = np.where(saddles[alive], _square(local) - _square(there), local.value - there.value)
        ratio = gained / np.maximum(predicted, _TINY)
        blind = (predicted < 1e-13 * np.abs(local.value)) & ~saddles[alive] & (_square(there) <= _square(local))
        taken = (ratio > _GAIN) | blind
        radii[alive] = np.where(ratio < 0.25, length / 4, np.where(ratio > 0.75, np.maximum(radii[alive], 2 * length), radii[alive]))
        radii[alive] = np.minimum(np.where(blind, 2 * length, radii[alive]), _REACH * scale)
        local = local.where(taken, there)
        points[alive] = local.points
        going = (length > 1e-10 * scale) & (radii[alive] > 1e-11 * scale)
        alive, local = alive[going], local.pick(going)
        if not len(alive):
            break
    return points


def _trial(spectrum: Spectrum, saddles: Bools, radii: Floats) -> tuple[Floats, Floats]:
    """The step within the radius in eigencoordinates, and by how much the model says that the merit falls."""
    largest = np.maximum(np.abs(spectrum.values).max(axis=1), np.abs(spectrum.slope).max(axis=1))
    unit = np.maximum(largest, _TINY)[:, None]
    values, slope, sought, bound = spectrum.values / unit, spectrum.slope / unit, saddles[:, None], radii[:, None]
    size = np.maximum(np.abs(values), spectrum.flat / unit)
    weight = np.where(sought, values**2 + (spectrum.flat / unit) ** 2, size) + _NEVER_ZERO
    top = np.where(sought, values * slope, slope)
    low, high = np.zeros((len(values), 1)), np.linalg.norm(top, axis=1, keepdims=True) / bound
    for _ in range(_BISECTIONS):
        shift = np.where(low == 0, high * 1e-4, np.sqrt(low * high))
        long = np.linalg.norm(top / (weight + shift), axis=1, keepdims=True) > bound
        low, high = np.where(long, shift, low), np.where(long, high, shift)
    inside = np.linalg.norm(top / weight, axis=1, keepdims=True) <= bound
    step = -top / (weight + np.where(inside, 0.0, high))
    after = slope + values * step
    fall = np.where(sought, unit**2 * (slope**2 - after**2) / 2, -unit * (slope * step + values * step**2 / 2))
    return step, fall.sum(axis=1)


def newton(surface: Surface, points: Floats, together: Ints, steps: int) -> tuple[Floats, Floats]:
    """Pure Newton steps; the points of the smallest step and that step's length relative to the points' size, (starts,)."""
    scale = (surface.radius or 1.0) * np.sqrt(points.shape[2])
    local = surface.local(points)
    best, least = points.copy(), np.full(len(points), np.inf)
    for _ in range(steps):
        spectrum = Spectrum.of(local, together)
        steep = np.abs(spectrum.values) > spectrum.flat
        coordinates = np.where(steep, -spectrum.slope / np.where(steep, spectrum.values, 1.0), 0.0)
        length = np.linalg.norm(coordinates, axis=1) / scale
        better = length < least
        best[better], least[better] = local.points[better], length[better]
        coordinates *= np.minimum(1.0, _NEWTON_REACH / np.maximum(length, _TINY))[:, None]
        step = (spectrum.vectors @ coordinates[:, :, None]).reshape(local.slope.shape)
        local = surface.local(_tied(local.moved(step), together))
    return best, least


def _square(local: Local) -> Floats:
    squares: Floats = (local.slope**2).sum(axis=(1, 2)) / 2
    return squares


def _tied(points: Floats, together: Ints) -> Floats:
    """Every sample at the place of its first companion."""
    return np.take_along_axis(points, together[:, None], axis=2)


def _averages(together: Ints) -> Floats:
    """The symmetric projections (starts, n, n) onto what the samples of each cluster share."""
    same = (together[:, :, None] == together[:, None]).astype(np.float64)
    averages: Floats = same / same.sum(axis=2, keepdims=True)
    return averages


def _lift(frames: Floats, step: Floats) -> Floats:
    """Tangent coordinates (starts, m, n) as vectors (starts, height, n)."""
    vectors: Floats = np.einsum("spmi,smi->spi", frames, step)
    return vectors


def _lower(frames: Floats, vectors: Floats) -> Floats:
    """The tangent coordinates of vectors."""
    step: Floats = np.einsum("spmi,spi->smi", frames, vectors)
    return step
