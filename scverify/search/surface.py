"""Where the search for critical points moves, and what the loss looks like there to second order.

A point lies on a product of spheres (one per node), or anywhere under a ridge. The ball is the sphere with one more coordinate, private
to each sample and absent from the loss: critical points there have it zero (an active norm) or the multiplier zero (MATH 2).

In the formulas below i, a, b are samples, u_im is the m-th vector of the tangent basis at sample i, and h_a an embedding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.points import AnyProblem, node_constraints
from scverify.search.batch import Batch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
TINY = 1e-300  # divisors are kept above it


@dataclass(frozen=True)
class Surface:
    """Where points live: arrays (starts, height, n), columns of norms `radius` (n,) (None: free), the last row a slack where `slack`."""

    batch: Batch
    dim: int
    radius: Floats | None
    slack: bool

    @classmethod
    def of(cls, problem: AnyProblem, dim: int) -> Surface:
        """The surface of a problem.

        Raises InputError for H >= 0, for constraints of several kinds, and where the kernel refuses the problem.
        """
        constraints = node_constraints(problem)
        if any(isinstance(constraint, NonNegative) for constraint in constraints):
            raise InputError("the constraint H >= 0", "sphere, ball or ridge", "drop --nonnegative: its critical points are not searched")
        batch = Batch.of(problem)
        kinds = {type(constraint) for constraint in constraints}
        if len(kinds) > 1:
            names = " and ".join(sorted(kind.__name__.lower() for kind in kinds))
            raise InputError(f"constraints of different kinds ({names})", "spheres, balls or ridges alone", "certify points that you have")
        if Ridge in kinds:
            return cls(batch=batch, dim=dim, radius=None, slack=False)
        radius = np.array([float(constraint.rho) for constraint in constraints if isinstance(constraint, Sphere | Ball)])
        return cls(batch=batch, dim=dim, radius=radius, slack=Ball in kinds)

    @property
    def size(self) -> float:
        """The largest norm that points may have; 1 where they are free."""
        return 1.0 if self.radius is None else float(self.radius.max())

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
        normalised: Floats = points * (self.radius / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), TINY))
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
        slope = _slope_of(seen, slopes) + self.batch.ridge * (embeddings if self.radius is None else 0.0)
        bend = self.bend(embeddings, slopes)
        return Local(surface=self, points=points, value=value, slope=slope, frames=frames, seen=seen, slopes=slopes, bend=bend)

    def bend(self, embeddings: Floats, slopes: Floats) -> Floats:
        """What a sphere's curvature (twice the multipliers) or a ridge adds to the Hessian of every sample, (starts, n)."""
        if self.radius is None:
            return np.broadcast_to(self.batch.ridge, embeddings[:, 0].shape).copy()
        bend: Floats = -(slopes * (embeddings.transpose(0, 2, 1) @ embeddings)).sum(axis=2) / self.radius**2
        return bend

    def _seen(self, points: Floats, frames: Floats) -> Floats:
        """Every embedding in the tangent coordinates of every sample, (starts, m, n, n): exactly 0 where two embeddings coincide."""
        embeddings, d = self.embeddings(points), self.dim
        if self.radius is None:
            return np.repeat(embeddings[:, :, None], embeddings.shape[2], axis=2)
        seen = _differences_in(frames[:, :d], embeddings)
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
        """The Riemannian Hessian (starts, m, n, m, n): 2<S, U'U> + D2L[G', G'] + bend, where G'_ia = <u_i, h_a> + <h_i, u_a>."""
        total = _of_frames(self.frames[:, : self.surface.dim], self.slopes)
        embeddings = self.surface.embeddings(self.points)
        for part in self.surface.batch.parts:
            if part.rate is None:
                _add_of_rows(total, self.seen, part.hessians(embeddings), part.anchors)
            else:
                _add_of_shares(total, self.seen, part.shares(embeddings), part.rate**2 * part.weight, part.anchors)
        result: Floats = total.transpose(0, 2, 1, 4, 3).copy()
        coordinates, samples = np.indices(self.slope.shape[1:])
        result[:, coordinates, samples, coordinates, samples] += self.bend[:, None]
        return result

    def product(self, step: Floats) -> Floats:
        """The Riemannian Hessian applied to a step (starts, m, n)."""
        half = _similarities_along(self.seen, step)
        bent = self.surface.batch.slopes_change(self.surface.embeddings(self.points), half + half.transpose(0, 2, 1))
        frames = self.frames[:, : self.surface.dim]
        carried = _lower(frames, _lift(frames, step) @ self.slopes)
        return _slope_of(self.seen, bent) + carried + self.bend[:, None] * step

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
        changed: dict[str, Any] = {field.name: change(field.name) for field in fields(self) if field.name != "surface"}
        return replace(self, **changed)


def _lift(frames: Floats, step: Floats) -> Floats:
    """sum_m u_im x_mi: tangent coordinates (starts, m, n) as vectors (starts, height, n)."""
    vectors: Floats = np.einsum("spmi,smi->spi", frames, step)
    return vectors


def _lower(frames: Floats, vectors: Floats) -> Floats:
    """<u_im, v_i>: the tangent coordinates (starts, m, n) of vectors."""
    step: Floats = np.einsum("spmi,spi->smi", frames, vectors)
    return step


def _differences_in(frames: Floats, embeddings: Floats) -> Floats:
    """<u_im, h_a - h_i>, (starts, m, n, n)."""
    apart = embeddings[:, :, None] - embeddings[:, :, :, None]
    seen: Floats = np.einsum("spmi,spia->smia", frames, apart)
    return seen


def _slope_of(seen: Floats, slopes: Floats) -> Floats:
    """sum_a D_ia <u_im, h_a>: slopes D in the similarities as a tangent vector (starts, m, n)."""
    slope: Floats = np.einsum("smia,sia->smi", seen, slopes)
    return slope


def _similarities_along(seen: Floats, step: Floats) -> Floats:
    """sum_m x_mi <u_im, h_a>: how the similarity of i and a changes as i moves, (starts, n, n)."""
    change: Floats = np.einsum("smia,smi->sia", seen, step)
    return change


def _of_frames(frames: Floats, slopes: Floats) -> Floats:
    """D_ib <u_im, u_bl>, (starts, n, m, n, m)."""
    starts, d, m, n = frames.shape
    vectors = frames.transpose(0, 3, 2, 1).reshape(starts, n * m, d)
    products: Floats = (vectors @ vectors.transpose(0, 2, 1)).reshape(starts, n, m, n, m)
    return products * slopes[:, :, None, :, None]


def _add_of_rows(total: Floats, seen: Floats, curved: Floats, anchors: Ints) -> None:
    """Add sum_iab C_iab G'_ia G'_ib, C_i the Hessian of anchor i's row, G'_ia = <u_i, h_a> + <h_i, u_a>, to (starts, n, m, n, m)."""
    own = seen[:, :, anchors].transpose(0, 2, 1, 3)  # <u_im, h_a>, (starts, anchors, m, n)
    other = seen[..., anchors].transpose(0, 3, 2, 1)  # <h_i, u_am>, (starts, anchors, n, m)
    bent = own @ curved
    mixed = bent[..., None] * other[:, :, None]
    total[:, anchors] += mixed
    total.transpose(0, 3, 4, 1, 2)[:, anchors] += mixed
    within = bent @ own.transpose(0, 1, 3, 2)
    for place, anchor in enumerate(anchors):
        total[:, anchor, :, anchor] += within[:, place]
    total += _between_others(curved, other)


def _add_of_shares(total: Floats, seen: Floats, shares: Floats, weight: Floats, anchors: Ints) -> None:
    """As _add_of_rows where C_i = w_i (diag p_i - p_i p_i'), p_i the shares: sum_i w_i [sum_a p_ia G'_ia^2 - (sum_a p_ia G'_ia)^2]."""
    own = seen[:, :, anchors].transpose(0, 2, 1, 3)  # <u_im, h_a>, (starts, anchors, m, n)
    other = seen[..., anchors].transpose(0, 3, 2, 1)  # <h_i, u_am>, (starts, anchors, n, m)
    heavy = shares * weight[:, None]
    pulled = own * heavy[:, :, None]
    mixed = pulled[..., None] * other[:, :, None]
    total[:, anchors] += mixed
    total.transpose(0, 3, 4, 1, 2)[:, anchors] += mixed
    samples = np.arange(total.shape[1])
    by_sample = other.transpose(0, 2, 1, 3)  # (starts, n, anchors, m)
    total[:, samples, :, samples] += ((by_sample * heavy.transpose(0, 2, 1)[..., None]).swapaxes(-1, -2) @ by_sample).swapaxes(0, 1)
    total[:, anchors, :, anchors] += (pulled @ own.swapaxes(-1, -2)).swapaxes(0, 1)
    mean = shares[..., None] * other
    mean[:, np.arange(len(anchors)), anchors] += (own @ shares[..., None])[..., 0]
    mean *= np.sqrt(weight)[:, None, None]
    flat = mean.reshape(len(mean), len(anchors), -1)
    total -= (flat.swapaxes(-1, -2) @ flat).reshape(total.shape)


def _between_others(curved: Floats, other: Floats) -> Floats:
    """sum_i C_iab <h_i, u_am> <h_i, u_bl>, (starts, n, m, n, m)."""
    between: Floats = np.einsum("siab,siam,sibl->sambl", curved, other, other, optimize=True)
    return between
