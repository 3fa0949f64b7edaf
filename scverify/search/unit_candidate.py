"""The minimum of a loss on units in floats (MATH 9; Burer and Monteiro 2003). Nothing here is proved."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from scverify.kernel.units.fixed import FixedBlock, fixed_means, fixed_spreads
from scverify.kernel.units.level import UnitLevel
from scverify.model.scalars import FreeInterval
from scverify.model.units import UnitProblem
from scverify.search.unit_descent import descended, finished, narrowed
from scverify.search.unit_signs import signed_candidate
from scverify.search.units import Floats, UnitCandidate, UnitObjective

# warm temperatures first: at a low one the loss is flat to floats almost everywhere
_WARMEST, _COOLING = 0.5, 0.6
# a minimum may have become a saddle at the next temperature: there the gradient is 0, and only a nudge leaves it
_NUDGE = 1e-6
# a saddle's curvature beside the slopes, how far beside it the search goes on, and how often
_SADDLE, _ASIDE, _ESCAPES = 1e-6, 0.1, 6


def unit_candidate(problem: UnitProblem, level: UnitLevel | None = None, seed: int = 0) -> UnitCandidate:
    """The minimum of a problem in floats; level: that of the problem, or one of it in which scalars are fixed; seed: of the start."""
    level = problem.level if level is None else level
    least, most = (float(x) for x in level.inverse)
    if not level.over_temperature and not isinstance(problem.temperature, FreeInterval):
        least = most = 1 / float(problem.temperature)
    if any(norm.nonnegative for norm in level.constraint):
        return signed_candidate(problem, level, seed)
    if least == most:
        return _candidate(*_followed(problem, level, least, seed), least)
    found: dict[float, tuple[UnitObjective, Floats]] = {}

    def slope(inverse: float) -> float:
        """The derivative of the least loss in 1/tau: that along the ray of Y, the norms being what 1/tau scales."""
        found[inverse] = objective, z = _followed(problem, level, inverse, seed)
        at_rest = (objective.value_and_gradient(z)[1] * z)[: objective.u]
        return float(at_rest.sum()) / (2 * inverse)

    from scipy.optimize import brentq

    ends = slope(least), slope(most)
    best = least if ends[0] >= 0 else most if ends[1] <= 0 else float(brentq(slope, least, most, xtol=1e-14 * most, rtol=1e-14))
    return _candidate(*(found[best] if best in found else _followed(problem, level, best, seed)), best)


def _candidate(objective: UnitObjective, z: Floats, inverse: float) -> UnitCandidate:
    r, u = z.shape[1] - objective.kinds, objective.u
    return UnitCandidate(means=z[:u, :r], spreads=z[:u, r:], scalars=objective.scalars(z), inverse=inverse)


def _followed(problem: UnitProblem, level: UnitLevel, inverse: float, seed: int) -> tuple[UnitObjective, Floats]:
    """The minimum at a temperature, followed from a warm one down to it, and beside saddles."""
    target = 1 / inverse
    scale = max((float(norm.bound) for norm in level.constraint), default=0.0) or 1.0
    tau, z = max(target, _WARMEST * scale), None
    while True:
        objective = UnitObjective(problem, tau, level)
        z = _at_rest(objective, _start(objective, seed) if z is None else objective.feasible(_widened(objective, z)))
        if tau == target:
            break
        tau = max(target, tau * _COOLING)
    for _ in range(_ESCAPES):
        aside = _moved_aside(objective, z)
        if aside is None:
            break
        other = _at_rest(objective, aside)
        values = [objective.value_and_gradient(point)[0] for point in (z, other)]
        if not values[1] < values[0] - _SADDLE * abs(values[0]):
            break
        z = other
    return objective, z


def _at_rest(objective: UnitObjective, start: Floats) -> Floats:
    return finished(objective, objective.feasible(narrowed(objective, descended(objective, start))))


def _widened(objective: UnitObjective, z: Floats) -> Floats:
    """The point in all directions, a little off."""
    r = z.shape[1] - objective.kinds
    wide = np.zeros((len(z), objective.u + objective.kinds))
    wide[:, :r], wide[:, objective.u :] = z[:, :r], z[:, r:]
    random = np.random.default_rng(1).standard_normal(wide.shape) * objective.free(wide.shape[1])
    shaken: Floats = wide + _NUDGE * np.abs(z).max(initial=0.0) * random
    return shaken


def _moved_aside(objective: UnitObjective, z: Floats) -> Floats | None:
    """A point beside a saddle, along a direction of negative curvature in new dimensions (MATH 4.5); None where S shows no such direction.

    A point that is followed in temperature keeps its symmetry where that is no longer the minimum's.
    """
    u, (_, (across, own, _)) = objective.u, objective.slopes(z)
    moving = np.outer(~objective.fixed[:u], ~objective.fixed[:u])
    across, own = across * moving, own * moving
    held = (objective.kind == "sphere") | ((objective.kind == "ball") & ((z * z).sum(axis=1) > objective.bound * (1 - 1e-9)))
    gradient, r = objective.value_and_gradient(z)[1], z.shape[1] - objective.kinds
    pull = np.where(held, (gradient * z).sum(axis=1) / np.maximum((z * z).sum(axis=1), 1e-300), 0.0)
    rest, level = np.diag((objective.ridge - pull)[:u]), _SADDLE * max(float(np.abs(across + own).max()), 1e-300)
    values, vectors = np.linalg.eigh(across + own + rest)
    length = _ASIDE * float(np.sqrt((z * z)[:u].sum(axis=1).max()))
    if values[0] < -level:
        new = np.concatenate([length * vectors[:, :1], np.zeros((objective.n, 1))])
        return objective.feasible(np.concatenate([z[:, :r], new, z[:, r:]], axis=1))
    inner = own - across / np.maximum(objective.m - 1, 1)[:, None] + rest
    for first in range(0, u, objective.kinds):
        rows = slice(first, first + objective.kinds)
        values, vectors = np.linalg.eigh(inner[rows, rows])
        if values[0] < -level and not objective.single[first]:
            moved, root = z.copy(), z[rows, r:]
            sizes, axes = np.linalg.eigh(root @ root.T + length**2 * np.outer(vectors[:, 0], vectors[:, 0]))
            moved[rows, r:] = axes * np.sqrt(np.maximum(sizes, 0.0))
            return objective.feasible(moved)
    return None


def _start(objective: UnitObjective, seed: int) -> Floats:
    rank = max(1, objective.u)
    z = np.random.default_rng(seed).standard_normal((objective.u, rank + objective.kinds))
    z[objective.single, rank:] = 0.0
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    if objective.level.fixed is not None:
        z[objective.fixed[: objective.u]] = _fixed_vectors(objective, objective.level.fixed, rank)
    return objective.feasible(np.concatenate([z, np.zeros((objective.n, z.shape[1]))]))


def _fixed_vectors(objective: UnitObjective, block: FixedBlock, rank: int) -> Floats:
    """The means and spreads of fixed nodes (nodes, rank + R), by roots of their block."""
    level = objective.level
    vectors = np.zeros((len(block.nodes), rank + objective.kinds))
    vectors[:, : len(block.nodes)] = _root(fixed_means(block, level.multiplicity, level.kinds))
    for first in sorted({i - i % level.kinds for i in block.nodes if level.multiplicity[i] > 1}):
        unit = level.unit(first)
        rows = [place for place, i in enumerate(block.nodes) if i in unit]
        vectors[np.ix_(rows, range(rank, rank + len(rows)))] = _root(fixed_spreads(block, unit, level.multiplicity[first]))
    scaled: Floats = vectors * np.sqrt(objective.stretch)
    return scaled


def _root(matrix: list[list[fmpq]]) -> Floats:
    values, axes = np.linalg.eigh(np.array([[float(x) for x in row] for row in matrix]))
    root: Floats = axes * np.sqrt(np.maximum(values, 0.0))
    return root
