"""What a searcher hands on: a point of a level in floats, and how it was found. Nothing in it is proved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scverify.model.level import WorkingLevel
from scverify.search.rank_one import RankOneSystem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A point of a level: means W (u, r) and spread (u,) >= 0, zero where a node stands for one class (unless embeddings are non-negative).

    The m_g classes of node g are w_g + sqrt(spread_g) * private unit vectors: the vertices of a simplex, or orthonormal ones where
    embeddings are non-negative. value: the loss there, with the ridge term. status: the solver's own word. system, roots: a rank-one
    system of the level and its root (log v, log Z), one entry per cluster, where the point is that root.
    """

    level: WorkingLevel
    means: Floats
    spread: Floats
    solver: str
    status: str
    value: float
    seconds: float
    system: RankOneSystem | None = None
    roots: tuple[Floats, Floats] | None = None

    @property
    def merged(self) -> tuple[tuple[int, ...], ...]:
        """The nodes that share one representative."""
        return () if self.system is None else self.system.merged
