"""Lagrange multipliers at a point of a level, in floats: how far it is from the conditions of optimality (MATH 2, 4.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel
from scverify.search.objective import Objective

Floats = NDArray[np.float64]
# of a similarity: orthogonal vectors have rounding. From 1e-15 to 1e-9 14 optima were certified alike
_ZERO = 1e-12
# of slopes that cancel, beside which a shortfall is judged. Of 13 optima the worst was 1e-9 off; with 0 here 0.6, which is noise
_RESOLUTION = 1e-6


@dataclass(frozen=True)
class Multipliers:
    """At factors (W, spread): norms lambda (u,), the matrix S (u, u) of the means, and the slope (u,) in spread, lambda included.

    Optimal where S W = 0, S and slope are non-negative, slope * spread = 0, and under a ball lambda >= 0. With non-negative embeddings
    S - N stands in place of S: N >= 0 takes the positive entries of S at similarities that are zero.
    """

    norms: Floats
    matrix: Floats
    slope: Floats
    stationarity: float
    curvature: float
    sign: float

    @property
    def shortfall(self) -> float:
        """The largest relative violation of the conditions; of the size of float resolution at an optimum."""
        return max(self.stationarity, -self.curvature, -self.sign)


def multipliers(level: WorkingLevel, objective: Objective, means: Floats, spread: Floats) -> Multipliers:
    """The multipliers at the factors.

    stationarity is |S W| and |slope * spread| relative to the size of their terms; curvature the smallest eigenvalue of S after scaling its
    diagonal to one (or the smallest scaled slope); sign the smallest multiplier of a ball, scaled.
    """
    norm = norm_constraint(level.problem.constraint)
    rows = objective.similarities(means, spread)
    _, gradient = objective.value_and_gradient(rows)
    slopes = np.abs(gradient)
    own = np.zeros(level.nodes)
    if not isinstance(norm, Ridge):
        # the multiplier cancels the slope in beta, beside which the others may be tiny
        own, gradient[:, -1] = gradient[:, -1].copy(), 0.0
    symmetric, slope = objective.gram_gradient(gradient)
    beta = np.maximum(rows[:, -1], 1e-300)
    norms = np.zeros(level.nodes)
    if not isinstance(norm, Ridge):
        norms = -(((symmetric @ means) * means).sum(axis=1) + slope * spread) / beta
    several = np.array(level.multiplicity) > 1
    matrix, slope = symmetric + np.diag(norms), slope + norms
    if isinstance(level.problem.constraint, NonNegative):
        matrix, slope = _less_entrywise(matrix, slope, rows, np.array(level.multiplicity))
        several = np.ones(level.nodes, dtype=bool)
    sizes, own_size = _sizes(objective, rows, slopes)
    size = np.abs(symmetric) + _RESOLUTION * sizes
    terms = np.maximum((size * np.sqrt(np.outer(beta, beta))).sum(axis=1), 1e-300)
    scale = terms / beta
    off = np.linalg.norm(matrix @ means, axis=1) * np.sqrt(beta) + np.abs(slope) * spread
    shrink = np.sqrt(scale)
    lowest = float(np.linalg.eigvalsh(matrix / shrink[:, None] / shrink)[0])
    if several.any():
        lowest = min(lowest, float((slope / scale)[several].min()))
    norms = norms - own
    sign = float((norms / (scale + own_size)).min()) if isinstance(norm, Ball) else 0.0
    return Multipliers(norms=norms, matrix=matrix, slope=slope, stationarity=float((off / terms).max()), curvature=lowest, sign=sign)


def _sizes(objective: Objective, rows: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """How large the slopes are before those of c and q cancel: between nodes (u, u), and in beta (u,).

    Without q a row may have no value, such as log(sum q exp(-s/tau)): then the slopes themselves are all there is.
    """
    plain = replace(objective, q=np.zeros_like(objective.q), ridge=np.zeros_like(objective.ridge))
    with np.errstate(all="ignore"):
        alone = np.abs(plain.value_and_gradient(rows)[1])
    slopes = np.where(np.isfinite(alone), alone, slopes)
    square = slopes[:, :-1]
    return (square + square.T) / 2, slopes[:, -1]


def _less_entrywise(matrix: Floats, slope: Floats, rows: Floats, multiplicity: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """S - N and its slope in spread, where N takes what is positive off the diagonal at similarities that are zero."""
    similar = rows[:, :-1] > _ZERO * rows[:, -1].max()
    left = np.where(similar, matrix, np.minimum(matrix, 0.0))
    within = np.diagonal(matrix) - slope
    within = np.where(np.diagonal(similar), within, np.minimum(within, 0.0))
    np.fill_diagonal(left, slope + within)
    return left, slope - within / np.maximum(multiplicity - 1, 1) * (multiplicity > 1)
