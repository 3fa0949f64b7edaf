"""Critical points up to an interchange of samples, in floats: which are alike, how many copies each has, and the patterns of signs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scverify.kernel.landscapes.copies import Permutation
from scverify.results.points import CriticalPoint

# Gram matrices that differ by less are those of one point: proved ones are far closer, different ones far apart
SAME = 1e-6
Floats = NDArray[np.float64]


def same(h: Floats, other: Floats, group: list[Permutation]) -> bool:
    """Whether two embeddings have one Gram matrix, up to a permutation of the samples."""
    gram, known = h.T @ h, other.T @ other
    return any(np.abs(gram[np.ix_(p, p)] - known).max() < SAME for p in group)


def sign_patterns(n: int, group: list[Permutation]) -> list[Floats]:
    """All points of rank one (1, n), one of each kind."""
    found: list[Floats] = []
    for signs in product((1.0, -1.0), repeat=n - 1):
        h = np.array([[1.0, *signs]])
        if not any(same(h, other, group) for other in found):
            found.append(h)
    return found


def padded(h: Floats, dim: int) -> Floats:
    """The same embeddings in more dimensions."""
    return np.vstack([h, np.zeros((dim - len(h), h.shape[1]))])


def copies_of(h: Floats, group: list[Permutation], rank: int, dim: int) -> int:
    """How many different Gram matrices the interchanges make, twice where, in two dimensions, the mirror image is not a rotation."""
    gram = h.T @ h
    different: list[Floats] = []
    for p in group:
        moved = gram[np.ix_(p, p)]
        if not any(np.abs(moved - other).max() < SAME for other in different):
            different.append(moved)
    return len(different) * (2 if dim == rank == 2 else 1)


def euler(points: Sequence[CriticalPoint], copies: tuple[int, ...]) -> int:
    """The sum of (-1)^index over the points whose inertia is known, with their copies."""
    return sum((-1) ** point.inertia[0] * count for point, count in zip(points, copies, strict=True) if point.inertia is not None)
