"""Where the search for critical points begins: random points of several kinds, each determined by the seed and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scverify.search.orbits import Relabellings
from scverify.search.surface import Floats, Ints, Surface

_KINDS = ("uniform", "pairs", "collapsed", "saddle", "partly collapsed", "pairs", "merged", "flat")
# of norms under a ridge: within a factor of two of the best common one
_SCALES: Floats = np.array([2.0**power for power in range(-6, 7)])
# around a saddle, relative to its size. Ten times less or more found 27, 25, 10, 2 and 28, 28, 10, 2 orbits; these 27, 25, 10, 2
_NOISE = (0.02, 0.1, 0.4)
# of the radius: a sample with a slack of 0 would stay on the sphere, as the loss is even in it
_SLACK = 0.05


@dataclass(frozen=True)
class Start:
    """A point (height, n), the samples that stay together on the way from it, and whether saddles are sought.

    `together` (n,) names each sample's first companion.
    """

    point: Floats
    together: Ints
    sought: bool


@dataclass(frozen=True)
class Starts:
    """The starting points of a problem in dimension `surface.dim`. groups (n,): the class or the unit of each node."""

    relabellings: Relabellings
    groups: Ints
    surface: Surface
    seed: int

    def start(self, number: int, saddles: Sequence[Floats]) -> Start:
        """The start of that number; `saddles` are embeddings (d, n) found so far."""
        rng = np.random.default_rng((self.seed, number))
        kind = _KINDS[number % len(_KINDS)]
        sought = number // len(_KINDS) % 2 == 1
        alone = np.arange(self.groups.size)
        if kind == "saddle" and saddles:
            saddle = saddles[int(rng.integers(len(saddles)))]
            size = np.sqrt((saddle**2).sum() / alone.size)
            noise = float(rng.choice(_NOISE)) * size / np.sqrt(self.surface.dim) * rng.normal(size=saddle.shape)
            return Start(self._on_surface(saddle + noise), alone, sought)
        directions, together = self._directions(kind, rng, sought)
        directions = directions / np.maximum(np.linalg.norm(directions, axis=0), 1e-300)
        return Start(self._on_surface(self._scaled(directions[:, together], rng, together)), together, sought)

    def _directions(self, kind: str, rng: np.random.Generator, sought: bool) -> tuple[Floats, Ints]:
        """Directions (d, n), not yet of unit length, and which samples stay together."""
        d, n = self.surface.dim, self.groups.size
        random, alone = rng.normal(size=(d, n)), np.arange(n)
        if kind == "flat":
            least = 0 if sought and (self.surface.radius is None or self.surface.slack) else 1
            random[int(rng.integers(least, max(d, least + 1))) :] = 0.0
            return random, alone
        if kind == "pairs":
            return self._pairs(rng), alone
        if kind == "collapsed":
            return random, self._tied(np.zeros(n, dtype=np.int64))
        if kind == "partly collapsed":
            return random, self._tied(rng.integers(0, 1 + rng.integers(1, 4), size=n))
        if kind == "merged":
            return self._merged(random, rng)
        return random, alone

    def _tied(self, parts: Ints) -> Ints:
        """Nodes of one kind, one class or unit, and one part stay together, where they may be relabelled."""
        first: dict[tuple[int, int, int], int] = {}
        keys = zip(self.relabellings.labels, self.relabellings.kinds, parts.tolist(), strict=True)
        return np.array([first.setdefault(key, sample) for sample, key in enumerate(keys)], dtype=np.int64)

    def _merged(self, random: Floats, rng: np.random.Generator) -> tuple[Floats, Ints]:
        """Collapsed classes in fewer places than classes; those that may be exchanged stay together, the others begin close."""
        relabellings, k = self.relabellings, int(self.groups.max()) + 1
        place = rng.integers(0, max(2, k - 1), size=k)
        near = place[self.groups]
        first: dict[tuple[int, int], int] = {}
        keys = zip(near.tolist(), relabellings.kinds, strict=True)
        together = np.array([first.setdefault(key, sample) for sample, key in enumerate(keys)], dtype=np.int64)
        if len(set(relabellings.labels)) == self.groups.size:
            together = np.arange(self.groups.size)
        return random[:, near] + 0.1 * random, together

    def _pairs(self, rng: np.random.Generator) -> Floats:
        """One class as antipodal pairs and a simplex, all leaning towards u, and the other classes near -u (MATH 8)."""
        d, labels = self.surface.dim, self.groups
        sizes = np.bincount(labels)
        if sizes.max() == 1:
            return rng.normal(size=(d, labels.size))
        large = int(rng.choice(np.flatnonzero(sizes > 1)))
        m = int(sizes[large])
        pairs = [a for a in range(1, m // 2 + 1) if a + max(m - 2 * a - 1, 0) < d]
        if not pairs:
            return rng.normal(size=(d, labels.size))
        a = int(rng.choice(pairs))
        rest = m - 2 * a
        lean_pairs, lean_rest = rng.uniform(0.0, 0.3), rng.uniform(0.3, 0.9)
        points = np.zeros((d, labels.size))
        points[0, labels != large] = -1.0
        mine = np.flatnonzero(labels == large)
        points[0, mine] = lean_rest
        points[0, mine[: 2 * a]] = lean_pairs
        for pair in range(a):
            points[1 + pair, mine[2 * pair : 2 * pair + 2]] = np.sqrt(1 - lean_pairs**2) * np.array([1.0, -1.0])
        if rest > 1:
            points[1 + a : a + rest, mine[2 * a :]] = np.sqrt(1 - lean_rest**2) * _simplex(rest)
        return points + 0.05 * rng.normal(size=points.shape)

    def _scaled(self, directions: Floats, rng: np.random.Generator, together: Ints) -> Floats:
        """Directions with norms: rho on the sphere, at most rho in the ball, near the best common norm under a ridge."""
        if self.surface.radius is None:
            values = self.surface.batch.value_and_slopes(_SCALES[:, None, None] * directions)[0]
            norms = np.array([float(_SCALES[np.argmin(values)]) * rng.uniform(0.5, 1.5)])
        elif self.surface.slack:
            norms = self.surface.radius * rng.uniform(np.full(directions.shape[1], 0.5), 1.0)[together]
        else:
            norms = self.surface.radius
        scaled: Floats = directions * norms
        return scaled

    def _on_surface(self, embeddings: Floats) -> Floats:
        """The point (height, n) of the surface at embeddings (d, n): in the ball they get their slack."""
        if self.surface.slack and self.surface.radius is not None:
            room = self.surface.radius**2 - (embeddings**2).sum(axis=0)
            embeddings = np.vstack([embeddings, np.sqrt(np.maximum(room, (_SLACK * self.surface.radius) ** 2))])
        point: Floats = self.surface.normalised(embeddings[None])[0]
        return point


def _simplex(size: int) -> Floats:
    """The vertices of a regular simplex on the unit sphere, (size - 1, size)."""
    centred = np.eye(size) - 1 / size
    vectors: Floats = np.linalg.svd(centred)[2][: size - 1]
    vertices: Floats = vectors / np.linalg.norm(vectors, axis=0)
    return vertices
