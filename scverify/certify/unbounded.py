"""A ray along which a loss under a ridge falls without end: sought in floats, made exact, decided by the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate, confirmed
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import ExponentialPart
from scverify.model.constraints import NonNegative, Ridge, norm_constraint
from scverify.model.data import problem_data
from scverify.model.level import WorkingLevel, group_level, smallest_level
from scverify.model.problem import Problem
from scverify.results.unbounded import Unbounded

Floats = NDArray[np.float64]
# entries of a ray, at most 1, are rounded to this many bits: the sign of its slope survives that unless the slope is nearly 0
BITS = 30
# how sharply the largest similarity of a row is set apart from the others, one search after the other
SHARPNESS = (10.0, 100.0, 1000.0)
# the slope has maxima in it, so that searches end at different rays; the steepest is taken
STARTS = 4
# a search has as many letters as nodes times dimensions; for more nodes no ray is sought
MOST_NODES = 100


def unbounded(problem: Problem) -> Unbounded | None:
    """The certificate that the loss has no lower bound; None where no ray was found, and for losses whose rays the kernel does not know."""
    if not isinstance(norm_constraint(problem.constraint), Ridge):
        return None
    level = _level(problem)
    part = level.exponential_part
    if part is None or level.nodes > MOST_NODES:
        return None
    slope = _Slope(level, part)
    slack, means, spread = min((slope.steepest(seed) for seed in range(STARTS)), key=lambda found: found[0])
    if slack >= 0:
        return None
    witness: Data = {"level": level.name, "ray": {"means": _dyadic(means), "spread": _dyadic(spread[:, None])}}
    if level.name == "groups":
        witness["groups"] = [list(group) for group in level.members]
    proof = certificate({"type": "Unbounded", "problem": problem_data(problem)}, witness, 64)
    return Unbounded(problem=problem, slope=slack, certificate=proof) if confirmed(proof) == "VERIFIED" else None


def _level(problem: Problem) -> WorkingLevel:
    """A ray within a stated dimension has no private directions: every class is a node of its own."""
    if problem.dim is not None:
        try:
            return group_level(problem, [(c,) for c in range(problem.classes.k)])
        except (Rejected, Unresolved):
            pass
    return smallest_level(problem)


class _Slope:
    """The slope of the loss in t^2 along rays of mean squared norm 1, its maxima smoothed; a ray is means (u, r) and spread (u,)."""

    def __init__(self, level: WorkingLevel, part: ExponentialPart) -> None:
        """Tables of the level in floats."""
        self.weight, self.c, _ = level.float_arrays()
        self.kappa, self.slopes = float(part.kappa), np.array([[float(x) for x in row] for row in part.slopes])
        self.m = np.array(level.multiplicity, dtype=np.float64)
        self.samples = self.m * np.array(level.mass, dtype=np.float64)
        self.ridge = float(level.constraint.weight)
        self.signed = isinstance(level.problem.constraint, NonNegative)
        dim = level.problem.dim
        self.columns = level.nodes if dim is None else min(level.nodes, dim)
        self.spreads = (self.m > 1) & (dim is None)

    def steepest(self, seed: int) -> tuple[float, Floats, Floats]:
        """The slope along the steepest ray that a descent reaches, and the ray, its largest entry 1."""
        from scipy.optimize import minimize

        draws, size = np.random.default_rng(seed), len(self.m)
        x = np.concatenate([draws.standard_normal(size * self.columns), np.where(self.spreads, 1.0, 0.0)])
        bounds = [(0.0, None) if self.signed else (None, None)] * (size * self.columns) + [(0.0, None if s else 0.0) for s in self.spreads]
        x = np.abs(x) if self.signed else x
        for sharpness in SHARPNESS:
            x = minimize(self._value_and_gradient, x, args=(sharpness,), jac=True, method="L-BFGS-B", bounds=bounds).x
            x /= np.abs(x).max()
        x = np.round(x * 2.0**BITS) / 2.0**BITS
        means = x[: size * self.columns].reshape(size, self.columns)
        return self._value_and_gradient(x, np.inf)[0], means, np.round(x[size * self.columns :] ** 2 * 2.0**BITS) / 2.0**BITS

    def _value_and_gradient(self, x: Floats, sharpness: float) -> tuple[float, Floats]:
        """Of means, and square roots of spreads, in one vector."""
        size = len(self.m)
        means, roots = x[: size * self.columns].reshape(size, self.columns), x[size * self.columns :]
        spread, apart = roots**2, np.where(self.signed | (self.m < 2), np.inf, self.m - 1)
        rows = np.column_stack([means @ means.T, (means**2).sum(axis=1) + spread])
        rows[np.arange(size), np.arange(size)] -= spread / apart
        total = float(self.samples @ rows[:, -1])
        scale = total / self.samples.sum()
        seen = np.where(self.c > 0, self.kappa * rows / scale, -np.inf)
        largest = np.where(self.weight > 0, seen.max(axis=1), 0.0)
        if np.isinf(sharpness):
            value = self.weight @ (largest + (self.slopes * rows).sum(axis=1) / scale)
            return float(value + self.ridge / 2 * self.samples.sum()), x
        lifted = np.where(self.weight[:, None] > 0, np.exp(sharpness * (seen - largest[:, None])), 0.0)
        mass = np.maximum(lifted.sum(axis=1), 1.0)
        value = self.weight @ (largest + np.log(mass) / sharpness + (self.slopes * rows).sum(axis=1) / scale)
        by_row = self.weight[:, None] * (self.kappa * lifted / mass[:, None] + self.slopes) / scale
        by_row[:, -1] -= self.samples / self.samples.sum() * float((by_row * rows).sum()) / scale
        gram, norm = by_row[:, :-1], by_row[:, -1]
        by_means = (gram + gram.T + 2 * np.diag(norm)) @ means
        by_roots = 2 * roots * (norm - np.diag(gram) / apart)
        return float(value + self.ridge / 2 * self.samples.sum()), np.concatenate([by_means.ravel(), by_roots])


def _dyadic(matrix: Floats) -> Data:
    return {"bits": BITS, "rows": [[round(x * 2**BITS) for x in row] for row in matrix.tolist()]}
