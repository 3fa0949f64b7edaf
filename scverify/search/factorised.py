"""Minimise over factors: the fallback that answers for every formula and constraint (Burer and Monteiro 2003).

With means in enough dimensions there is no spurious minimum: a rank-deficient second-order critical point is global (MATH 4.5).
L-BFGS-B comes near; Newton's method with Hessian products finishes, judged by the gradient alone: values stop changing long before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import NonNegative
from scverify.model.level import WorkingLevel
from scverify.search.candidate import Candidate
from scverify.search.chart import Chart
from scverify.search.multipliers import multipliers
from scverify.search.objective import Objective
from scverify.search.threads import blas_threads_for
from scverify.symbolic.shape import has_temperature

Floats = NDArray[np.float64]
_GOOD = 1e-9  # of the shortfall: the refinement starts from here
_RESIDUAL = 1e-10  # of MINRES: steps are then as good as exact ones
_SPAN = 1e-6  # a column of the means below this share of the longest is noise
_PRODUCTS = 2000  # Hessian products of a Newton step, beyond which it does not pay
_ROUNDS = 6  # of L-BFGS-B and Newton, each from where the last one ended
_STAGES = 16  # temperatures halved from the warmest: 2^15 in all
_DAMPINGS = (1.0, 0.3, 0.1, 0.01)  # the whole step first; where none lowers the gradient the round ends
_FEW = 32  # up to so many nodes every descent of a low rank is finished by Newton's method
_COOLING = (4.0, 1.0)  # temperatures of the others, in units of the problem's own


def factorised_candidate(level: WorkingLevel, seed: int = 0) -> Candidate:
    """The best point found; its status is the relative violation of the conditions of optimality. Deterministic for a seed."""
    import_module("scipy.linalg")  # before its BLAS is asked for threads
    with blas_threads_for(level.nodes):
        return _searched(level, seed)


def _searched(level: WorkingLevel, seed: int) -> Candidate:
    started = time.perf_counter()
    objective = Objective.floats(level)
    best: tuple[float, float, Floats, Floats] | None = None
    for attempt, rank in enumerate(_ranks(level)):
        chart = Chart.of(level, rank)
        generator = np.random.default_rng((seed, attempt))
        chart, z = _minimise(chart, chart.start(generator), generator)
        means, spread = chart.factors(z)
        shortfall = multipliers(level, objective, means, spread).shortfall
        value = float(objective.value(objective.similarities(means, spread)))
        if best is None or (shortfall, value) < best[:2]:
            best = (shortfall, value, means, spread)
        if shortfall < _GOOD:
            break
    assert best is not None
    shortfall, value, means, spread = best
    status = f"conditions of optimality hold to {max(shortfall, 0.0):.1e}"
    if not isinstance(level.problem.constraint, NonNegative):
        means = _principal(means, spread, float(objective.tau))
    return Candidate(
        level=level, means=means, spread=spread, solver="factorised", status=status, value=value, seconds=time.perf_counter() - started
    )


@dataclass(frozen=True)
class Descents:
    """How many descents are done, and the best point of these: the first of the lowest value, if any value is finite."""

    done: int
    value: float
    means: Floats
    spread: Floats

    @property
    def badness(self) -> tuple[bool, float]:
        """Less for the better one."""
        return not np.isfinite(self.value), self.value


def low_rank_candidate(
    level: WorkingLevel,
    rank: int,
    starts: int,
    seed: int = 0,
    begun: Descents | None = None,
    watch: Callable[[Descents], object] | None = None,
) -> Candidate:
    """The best of several descents among points in so many dimensions, of which many may be local minima. Deterministic for a seed.

    `watch` is called after each with what is done; given that again as `begun`, the search goes on as if it had not ended.
    """
    import_module("scipy.linalg")  # before its BLAS is asked for threads
    started, best = time.perf_counter(), begun
    objective = Objective.floats(level)
    with blas_threads_for(level.nodes):
        for attempt in range(0 if best is None else best.done, starts):
            generator = np.random.default_rng((seed, attempt))
            start = Chart.of(level, rank).without_spread()
            chart, z = _minimise(start, start.start(generator), generator) if level.nodes <= _FEW else _cooled(start, generator)
            means, spread = chart.factors(z)
            found = Descents(attempt + 1, float(objective.value(objective.similarities(means, spread))), means, spread)
            best = found if best is None or found.badness < best.badness else replace(best, done=found.done)
            if watch is not None:
                watch(best)
    assert best is not None
    return Candidate(
        level=level,
        means=best.means,
        spread=best.spread,
        solver="factorised",
        status=f"the best of {starts} starts",
        value=best.value,
        seconds=time.perf_counter() - started,
    )


def _principal(means: Floats, spread: Floats, unit: float) -> Floats:
    """The same means in as many dimensions as they span; `unit` is a similarity that matters."""
    left, sizes, _ = np.linalg.svd(means, full_matrices=False)
    longest = max(float(((means**2).sum(axis=1) + spread).max()), _SPAN * unit)
    kept = sizes > _SPAN * np.sqrt(longest)
    principal: Floats = left[:, kept] * sizes[kept]
    return principal


def _ranks(level: WorkingLevel) -> list[int]:
    """Dimensions to try in turn: non-negative embeddings start with private directions alone (the orthogonal frame)."""
    u = level.nodes
    rank = min(u, max(32, level.problem.classes.k + 2, isqrt(2 * u) + 2))
    ranks = [rank]
    while rank < u:
        rank = min(u, 2 * rank)
        ranks.append(rank)
    return [0] * isinstance(level.problem.constraint, NonNegative) + ranks + [ranks[-1]]


def _minimise(chart: Chart, z: Floats, generator: np.random.Generator) -> tuple[Chart, Floats]:
    """From warm temperatures down to the problem's own; a little noise before each leaves points that have become saddles."""
    target = chart.objective.tau
    warmth = [target * 2.0**power for power in range(1, _STAGES) if 2 * target * 2.0**power <= (chart.radius or 1.0) ** 2]
    if not has_temperature(chart.objective.formula.formula):
        warmth = []
    for temperature in reversed(warmth):
        chart, z = chart.at_temperature(temperature).tuned(chart.shaken(z, generator))
        z = _newton(chart, _descend(chart, z), 3)
    z = chart.shaken(z, generator)
    for _ in range(_ROUNDS):
        chart, z = chart.at_temperature(target).tuned(z)
        z = _descend(chart, z)
    return chart, _newton(*chart.tuned(z), 20)


def _cooled(chart: Chart, generator: np.random.Generator) -> tuple[Chart, Floats]:
    """A descent from a random point at a warm temperature and then at the problem's own, without Newton's method."""
    target, z = chart.objective.tau, chart.start(generator)
    for factor in _COOLING if has_temperature(chart.objective.formula.formula) else (1.0,):
        chart, z = chart.at_temperature(target * factor).tuned(z)
        z = _descend(chart, z)
    return chart, z


def _descend(chart: Chart, z: Floats) -> Floats:
    """L-BFGS-B on the objective scaled by its gradient, so that tiny losses are resolved too."""
    from scipy.optimize import minimize

    bounds = [(0.0, None)] * z.size if chart.nonnegative else None
    base, gradient = chart.value_and_gradient(z)
    unit = float(np.linalg.norm(gradient))
    if not unit > 0:
        return z

    def scaled(flat: Floats) -> tuple[float, Floats]:
        value, slope = chart.value_and_gradient(flat.reshape(chart.present.shape))
        return (value - base) / unit, slope.ravel() / unit

    found = minimize(
        scaled, z.ravel(), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "maxcor": 20, "ftol": 0.0, "gtol": 1e-8}
    )
    return chart.normalised(found.x.reshape(z.shape))


def _newton(chart: Chart, z: Floats, steps: int) -> Floats:
    """Newton's method on the free coordinates; the point of the smallest gradient, after three steps that did not shrink it."""
    z = best = chart.normalised(z)
    gradient, free = _free_gradient(chart, z)
    least, failures = float(np.linalg.norm(gradient)), 0
    for _ in range(steps):
        move = _step(chart, z, gradient, free)
        before, tried = float(np.linalg.norm(gradient)), []
        for damping in _DAMPINGS:
            trial = _moved(chart, z, damping * move)
            tried.append((trial, *_free_gradient(chart, trial)))
            if np.linalg.norm(tried[-1][1]) < before:
                break
        z, gradient, free = min(tried, key=lambda point: float(np.linalg.norm(point[1])))
        size = float(np.linalg.norm(gradient))
        failures += size >= least
        if size < least:
            best, least = z, size
        if failures == 3 or least == 0:
            break
    return best


def _moved(chart: Chart, z: Floats, move: Floats) -> Floats:
    moved = z + move
    return chart.normalised(np.maximum(moved, 0.0) if chart.nonnegative else moved)


def _free_gradient(chart: Chart, z: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """The gradient, zero in coordinates that a sign constraint holds at zero, and which coordinates are free."""
    gradient = chart.value_and_gradient(z)[1]
    free = chart.present > 0
    if chart.nonnegative:
        free = free & ((z > 0) | (gradient < 0))
    return np.where(free, gradient, 0.0), free


def _step(chart: Chart, z: Floats, gradient: Floats, free: NDArray[np.bool_]) -> Floats:
    """Newton's step by MINRES, which stays out of the flat directions: rotations, and the norms of z."""
    from scipy.sparse.linalg import LinearOperator, minres

    where = np.flatnonzero(free)

    def product(vector: Floats) -> Floats:
        change = np.zeros(z.size)
        change[where] = vector.ravel()
        return chart.hessian_product(z, change.reshape(z.shape)).ravel()[where]

    operator = LinearOperator((len(where), len(where)), matvec=product, dtype=np.float64)
    move = np.zeros(z.size)
    move[where] = minres(operator, -gradient.ravel()[where], rtol=_RESIDUAL, maxiter=_PRODUCTS)[0]
    return move.reshape(z.shape)
