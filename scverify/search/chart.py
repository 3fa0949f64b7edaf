"""Unconstrained coordinates for the points of a level: factors (W, spread) under any constraint (Burer and Monteiro 2003)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel
from scverify.search.objective import Objective
from scverify.symbolic.shape import is_log_sum_exp

Floats = NDArray[np.float64]
# keeps the scale of a node that nothing pulls finite. From 1e-24 to 1e-2 candidates of 13 problems met the conditions equally well
_LIGHTEST = 1e-16
# moves a point off a saddle. From 1e-5 to 1e-1 candidates of 13 problems met the conditions equally well
_NOISE = 1e-3


@dataclass(frozen=True)
class Chart:
    """Coordinates z (u, r + 1 + slack): a row y_g = (w_g, sqrt(spread_g), slack_g) for each node.

    Under a norm constraint y_g = rho z_g / |z_g|; the slack of a ball takes the rest of rho^2 and plays no other part. Under a ridge
    y_g = z_g / metric_g. metric (u,) are the norms at which z starts: heavy nodes move in small steps.
    """

    objective: Objective
    rank: int
    radius: float | None
    sphere: bool
    nonnegative: bool
    present: Floats
    metric: Floats

    @classmethod
    def of(cls, level: WorkingLevel, rank: int) -> Chart:
        """The chart with means in R^rank."""
        objective = _without_constants(Objective.floats(level))
        norm = norm_constraint(level.problem.constraint)
        nonnegative = isinstance(level.problem.constraint, NonNegative)
        ball = isinstance(norm, Ball)
        present = np.ones((level.nodes, rank + 1 + ball))
        if not nonnegative:
            present[:, rank] = np.array(level.multiplicity) > 1
        radius = None if isinstance(norm, Ridge) else float(norm.rho)
        sphere = radius is not None and not ball
        return cls(
            objective=objective,
            rank=rank,
            radius=radius,
            sphere=sphere,
            nonnegative=nonnegative,
            present=present,
            metric=_metric(objective),
        )

    def at_temperature(self, tau: float) -> Chart:
        """The same coordinates of the same level at another temperature."""
        return replace(self, objective=replace(self.objective, tau=tau))

    def tuned(self, z: Floats) -> tuple[Chart, Floats]:
        """The same point in a chart whose metric is the force that acts on each node there, and its coordinates."""
        y = self.rows(z)
        symmetric = np.abs(self.objective.gram_gradient(self._slopes(y)[1])[0])
        force = symmetric.sum(axis=1)
        chart = replace(self, metric=np.sqrt(np.maximum(force / max(float(force.max()), 1e-300), _LIGHTEST)))
        return chart, chart.normalised(y) if self.radius is not None else y * chart.metric[:, None]

    def start(self, generator: np.random.Generator) -> Floats:
        """A random point, means near a uniform direction."""
        z = generator.standard_normal(self.present.shape)
        z = (np.abs(z) if self.nonnegative else z) * self.present
        return self.normalised(z)

    def shaken(self, z: Floats, generator: np.random.Generator) -> Floats:
        """A point nearby."""
        noise = _NOISE * np.linalg.norm(z, axis=1, keepdims=True) * generator.standard_normal(z.shape) * self.present
        return self.normalised(np.abs(z + noise) if self.nonnegative else z + noise)

    def normalised(self, z: Floats) -> Floats:
        """The same point, with rows of the norm `metric` under a norm constraint."""
        if self.radius is None:
            return z
        scaled: Floats = z * (self.metric / np.linalg.norm(z, axis=1))[:, None]
        return scaled

    def rows(self, z: Floats) -> Floats:
        """y (u, r + 1 + slack) at z."""
        if self.radius is None:
            return z / self.metric[:, None]
        rows: Floats = self.radius * z / np.linalg.norm(z, axis=1)[:, None]
        return rows

    def factors(self, z: Floats) -> tuple[Floats, Floats]:
        """Means (u, r) and spread (u,) at z."""
        y = self.rows(z)
        return y[:, : self.rank], y[:, self.rank] ** 2

    def value_and_gradient(self, z: Floats) -> tuple[float, Floats]:
        """The loss with its ridge term, up to a constant, and its gradient by z."""
        y = self.rows(z)
        value, _, pulled = self._pulled(y)
        if self.radius is None:
            return value, pulled / self.metric[:, None]
        norm = np.linalg.norm(z, axis=1)[:, None]
        unit = z / norm
        return value, self.radius / norm * (pulled - unit * _dot(unit, pulled))

    def hessian_product(self, z: Floats, change: Floats) -> Floats:
        """The derivative of the gradient by z along a change of z."""
        y = self.rows(z)
        _, gradient, pulled = self._pulled(y)
        if self.radius is None:
            scale = self.metric[:, None]
            return self._pulled_change(y, change * self.present / scale, gradient) / scale
        norm = np.linalg.norm(z, axis=1)[:, None]
        unit, change = z / norm, change * self.present
        along = _dot(unit, change)
        turn = (change - unit * along) / norm
        bent = self._pulled_change(y, self.radius * turn, gradient)
        tangent = pulled - unit * _dot(unit, pulled)
        moved = bent - turn * _dot(unit, pulled) - unit * (_dot(turn, pulled) + _dot(unit, bent))
        product: Floats = self.radius / norm * (moved - along / norm * tangent)
        return product

    def _pulled(self, y: Floats) -> tuple[float, Floats, Floats]:
        """The loss, D and the gradient by y; on a sphere without the slope in beta, which is constant there and would hide small slopes."""
        means, root = y[:, : self.rank], y[:, self.rank]
        value, gradient = self._slopes(y)
        by_means, slope = self.objective.pull_back(gradient, means)
        return value, gradient, self._joined(by_means, 2 * root * slope)

    def _slopes(self, y: Floats) -> tuple[float, Floats]:
        """The loss and D."""
        value, gradient = self.objective.value_and_gradient(self.objective.similarities(y[:, : self.rank], y[:, self.rank] ** 2))
        if self.sphere:
            gradient[:, -1] = 0.0
        return float(value), gradient

    def _pulled_change(self, y: Floats, change: Floats, gradient: Floats) -> Floats:
        objective, r = self.objective, self.rank
        means, root, means_change, root_change = y[:, :r], y[:, r], change[:, :r], change[:, r]
        moved = objective.similarity_change(means, means_change, 2 * root * root_change)
        if self.sphere:
            moved[:, -1] = 0.0
        bent = objective.hessian_product(objective.similarities(means, root**2), moved)
        if self.sphere:
            bent[:, -1] = 0.0
        by_means, slope_change = objective.pull_back(bent, means)
        symmetric, slope = objective.gram_gradient(gradient)
        return self._joined(by_means + 2 * (symmetric @ means_change), 2 * (root_change * slope + root * slope_change))

    def _joined(self, means: Floats, root: Floats) -> Floats:
        joined = np.zeros_like(self.present)
        joined[:, : self.rank], joined[:, self.rank] = means, root
        return joined * self.present


def _without_constants(objective: Objective) -> Objective:
    """The loss less a constant: rows of log-sum-exp with self coefficient 1, so that tiny losses keep their relative accuracy."""
    if not is_log_sum_exp(objective.formula.formula):
        return objective
    own = objective.c[:, -1:]
    return replace(objective, c=objective.c / np.where(own > 0, own, 1.0))


def _metric(objective: Objective) -> Floats:
    """Square roots of how much each node weighs, as an anchor and in the rows of others, the largest 1."""
    weight: Any = objective.weight
    columns = objective.c + np.abs(objective.q)
    share = columns / np.maximum(columns.sum(axis=1, keepdims=True), 1e-300)
    heavy = weight + share[:, :-1].T @ weight + objective.ridge
    metric: Floats = np.sqrt(np.maximum(heavy / heavy.max(), _LIGHTEST))
    return metric


def _dot(left: Floats, right: Floats) -> Floats:
    product: Floats = (left * right).sum(axis=1, keepdims=True)
    return product
