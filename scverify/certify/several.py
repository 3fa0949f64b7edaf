"""Many minimisers of a loss on units: where every row attains its least value, a Gram matrix inside the cone shows them (MATH 9)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dyadics import matrix, text
from scverify.certify.precise import as_array
from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.results.units import SeveralMinimizers
from scverify.search.unit_candidate import unit_candidate
from scverify.search.units import UnitCandidate

Floats = NDArray[np.float64]
# minimisers of as many starts are averaged: the mean of several lies inside their convex set
STARTS, BITS = 8, 128


def several_minimizers(problem: UnitProblem) -> SeveralMinimizers | None:
    """Minimisers that lie apart, where every row has its least value; None where none are shown."""
    level = problem.level
    if level.over_temperature or not level.is_plain or any(norm.kind == "ridge" for norm in level.constraint):
        return None
    found = [_blocks(level, unit_candidate(problem, seed=seed)) for seed in range(STARTS)]
    means = np.mean([each[0] for each in found], axis=0)
    spreads = [np.mean([each[1][t] for each in found], axis=0) for t in range(level.types)]
    parts = [means, *(block for t, block in enumerate(spreads) if level.multiplicity[t * level.kinds] > 1)]
    least = min(float(np.linalg.eigvalsh(block).min()) for block in parts)
    if not least > 1e-6:
        return None
    m = np.array(level.multiplicity, dtype=np.float64)
    witness: Data = {
        "point": {
            "means": _stated(_root(means) / np.sqrt(m)[:, None]),
            "spreads": [_spread(level, t, block) for t, block in enumerate(spreads)],
        },
        "frames": {"means": _stated(np.linalg.eigh(means)[1]), "spreads": [_stated(np.linalg.eigh(block)[1]) for block in spreads]},
    }
    distance = Fraction(int(least * 1e6), 10**6)
    claim = {"type": "SeveralUnitMinimizers", "problem": problem.data, "distance": text(distance)}
    data = certificate(claim, witness, BITS)
    return SeveralMinimizers(distance=distance, certificate=data) if confirmed(data) == "VERIFIED" else None


def _blocks(level: UnitLevel, point: UnitCandidate) -> tuple[Floats, list[Floats]]:
    """The Gram matrix on means (weighted by sqrt m), and on the spreads of each type."""
    roots = np.sqrt(np.array(level.multiplicity, dtype=np.float64))[:, None] * point.means
    spreads = []
    for first in range(0, level.nodes, level.kinds):
        block, m = point.spreads[first : first + level.kinds], level.multiplicity[first]
        spreads.append(block @ block.T * (m / (m - 1)) if m > 1 else np.zeros((level.kinds, level.kinds)))
    return roots @ roots.T, spreads


def _root(block: Floats) -> Floats:
    values, vectors = np.linalg.eigh(block)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _spread(level: UnitLevel, t: int, block: Floats) -> Data:
    m = level.multiplicity[t * level.kinds]
    return _stated(_root(block * (m - 1) / m) if m > 1 else np.zeros((level.kinds, 0)))


def _stated(table: Floats) -> Data:
    return matrix(as_array(table), BITS)
