"""The minimum of a loss on units whose nodes of some kinds are >= 0, in floats (MATH 9). Nothing here is proved.

Vectors have coordinates: the first columns of the means belong to the spreads of the types of several units, column by column, as in the
kernel's `units/signs.py`. There x of the means and K of the spread turn into sqrt(m) times what a node has at the place of its own unit
and at those of the others: both are >= 0.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from scverify.errors import InputError
from scverify.kernel.units.level import UnitLevel
from scverify.model.units import UnitProblem
from scverify.search.unit_descent import descended, finished
from scverify.search.units import Floats, UnitCandidate, UnitObjective

# signs make minima that are not global: the best of so many starts is taken
_STARTS = 5
_WARMEST, _COOLING = 0.5, 0.5
# what a warm minimum leaves at 0 may leave it at the next temperature
_NUDGE = 1e-3


class SignedObjective(UnitObjective):
    """The loss of a level with signed nodes, whose turned coordinates are >= 0."""

    def turned(self, z: Floats) -> Floats:
        """At its own type's columns (x, K) becomes (x + sqrt(m-1) K, sqrt(m-1) x - K)/sqrt(m): at its own place, and at the others."""
        y = z.copy()
        for place, first in enumerate(spread_types(self.level)):
            m, rows = self.m[first], slice(first, first + self.kinds)
            own = slice(place * self.kinds, (place + 1) * self.kinds)
            x, k, root = z[rows, own], z[rows, -self.kinds :], np.sqrt(m - 1)
            signed = self.signed[rows, None]
            y[rows, own] = np.where(signed, (x + root * k) / np.sqrt(m), x)
            y[rows, -self.kinds :] = np.where(signed, (root * x - k) / np.sqrt(m), k)
        return y

    def ends_of(self, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        """Signed nodes have coordinates of at least 0."""
        low, high = super().ends_of(shape)
        low[self.signed] = 0.0
        return low, high

    def allowed(self, change: Floats, z: Floats) -> Floats:
        """A coordinate at 0 stays there."""
        held = self.signed[:, None] & (self.turned(z) <= 1e-14)
        return super().allowed(self.turned(np.where(held, 0.0, self.turned(change))), z)

    def feasible(self, z: Floats) -> Floats:
        """z with coordinates of at least 0 where they are signed, and the norms that the constraints ask for."""
        y = self.turned(z)
        return super().feasible(self.turned(np.where(self.signed[:, None], np.maximum(y, 0.0), y)))


def spread_types(level: UnitLevel) -> list[int]:
    """The first nodes of the types of several units, whose spreads have columns."""
    return [first for first in range(0, level.nodes, level.kinds) if level.multiplicity[first] > 1]


def signed_candidate(problem: UnitProblem, level: UnitLevel, seed: int) -> UnitCandidate:
    """The best minimum of several starts, each followed from a warm temperature."""
    if level.inverse[0] < level.inverse[1]:
        raise InputError("H >= 0 beside a free temperature", "one temperature", "fix the temperature or drop the sign constraint")
    tau = problem.temperature
    target = float(tau) if isinstance(tau, Fraction) else 1 / float(level.inverse[0])
    found = [_followed(problem, level, target, seed + start) for start in range(_STARTS)]
    objective, z = min(found, key=lambda each: each[0].value_and_gradient(each[1])[0])
    u, kinds = objective.u, objective.kinds
    return UnitCandidate(means=z[:u, :-kinds], spreads=z[:u, -kinds:], scalars=objective.scalars(z), inverse=1 / target)


def _followed(problem: UnitProblem, level: UnitLevel, target: float, seed: int) -> tuple[SignedObjective, Floats]:
    random = np.random.default_rng(seed)
    scale = max((float(norm.bound) for norm in level.constraint), default=0.0) or 1.0
    tau = max(target, _WARMEST * scale)
    width = level.kinds * len(spread_types(level)) + level.nodes
    z = np.abs(random.standard_normal((level.nodes + len(level.scalars), width + level.kinds)))
    z[level.nodes :] = 0.0
    while True:
        objective = SignedObjective(problem, tau, level)
        z = objective.feasible(z * objective.free(z.shape[1]))
        z = finished(objective, descended(objective, z))
        if tau == target:
            return objective, z
        tau = max(target, tau * _COOLING)
        z = objective.turned(objective.turned(z) + _NUDGE * np.abs(z).max() * random.random(z.shape) * objective.free(z.shape[1]))
