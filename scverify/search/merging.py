"""Candidates from the rank-one system, with an active set of classes that merge.

Where a root asks for a similarity above rho^2, those classes share one representative at the optimum. Their columns then add up, and where
their rows are equal so do their weights: the cluster is one node of the same formula, and for SupCon exactly one class of the summed size
(rows: (n_1 - 1) + n_2 = N - 1; weights: n_1 + n_2 = N; no constant is left). The coarser system is solved in turn.

For SupCon the root is the optimum, and B has rank k - 1, wherever e_gg = v_g^2 Z_g / (2 P_gg) <= 1 for all nodes: log(Z + Z') is
conditionally negative definite, so the formula's B, with e_gg on its diagonal, is positive semidefinite on vectors of sum zero; raising the
diagonal to rho^2 keeps that, and B v = 0 with v > 0 extends it to all vectors. A merged cluster is right exactly where its own e_gg >= 1.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import Ball, norm_constraint
from scverify.model.level import WorkingLevel
from scverify.search.candidate import Candidate, Floats
from scverify.search.multipliers import multipliers
from scverify.search.newton import ABOVE, float_equations, float_roots
from scverify.search.objective import Objective
from scverify.search.rank_one import RankOneRefused, RankOneSystem, system

# above what rounding leaves of a zero eigenvalue. From 1e-13 to 1e-4 the candidates of 13 problems were the same
_INDEFINITE = 1e-9


def rank_one_candidate(level: WorkingLevel) -> Candidate:
    """The optimum of a level from the rank-one system, merging classes where it must.

    Raises RankOneRefused with the reason where the system does not apply, has no root, or its root is not positive semidefinite or
    fails the conditions of optimality in floats.
    """
    started = time.perf_counter()
    merged: tuple[tuple[int, ...], ...] = ()
    for _ in range(level.nodes):
        current = system(level, merged)
        joined = _joined(current, _free_pairs(current))
        if joined == merged:
            log_v, log_z, whole = float_roots(current)
            logs = float_equations(current.terms, np.concatenate([log_v, log_z]))[2]
            joined = _joined(current, _pairs_above(current, logs))
            if joined == merged:
                break
        merged = joined
    else:
        raise RankOneRefused("the classes that merge do not settle")
    if not whole:
        raise RankOneRefused("Newton's method does not converge")
    means, spread = _factors(current, logs)
    objective = Objective.floats(level)
    _check(level, objective, means, spread, merged)
    value = float(objective.value(objective.similarities(means, spread)))
    status = f"root of {2 * current.size} equations" + (f", {len(merged)} merged" if merged else "")
    return Candidate(
        level=level,
        means=means,
        spread=spread,
        solver="rank-one",
        status=status,
        value=value,
        seconds=time.perf_counter() - started,
        system=current,
        roots=(log_v, log_z),
    )


def _free_pairs(current: RankOneSystem) -> list[tuple[int, int]]:
    """Pairs of nodes that are not anchors: their similarity stands in no row, and they follow the others together."""
    idle = np.array([weight == 0 for weight in current.weight])
    return _pairs(current.terms.inside & idle[:, None] & idle)


def _pairs_above(current: RankOneSystem, logs: Floats) -> list[tuple[int, int]]:
    """Pairs of clusters, or one cluster twice, whose similarity would pass rho^2."""
    if current.ridge is not None:
        return []
    return _pairs(current.terms.inside & (logs[:, :-1] > ABOVE))


def _pairs(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return [(int(g), int(h)) for g, h in np.argwhere(np.triu(wanted))]


def _joined(current: RankOneSystem, pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """The merged clusters of nodes once each pair of clusters is joined."""
    leader = list(range(current.size))

    def find(g: int) -> int:
        while leader[g] != g:
            g = leader[g]
        return g

    for g, h in pairs:
        leader[find(h)] = find(g)
    touched = {find(g) for pair in pairs for g in pair} | {find(g) for g in range(current.size) if current.clusters[g] in current.merged}
    together = {top: [node for g in range(current.size) if find(g) == top for node in current.clusters[g]] for top in touched}
    joined = tuple(sorted(tuple(sorted(nodes)) for nodes in together.values()))
    if len(joined) == 1 and len(joined[0]) == current.level.nodes:
        raise RankOneRefused("all classes merge")
    return joined


def _factors(current: RankOneSystem, logs: Floats) -> tuple[Floats, Floats]:
    """Means and spread on the nodes of the level from kappa (X - rho^2) on the clusters; B v = 0 leaves U - 1 dimensions."""
    terms, u = current.terms, current.size
    rows = float(terms.square) + logs / float(terms.kappa)
    gram, beta = rows[:, :u].copy(), rows[:, u]
    within = np.diagonal(gram)
    np.fill_diagonal(gram, np.where(np.diagonal(terms.inside), (beta + (terms.m - 1) * within) / terms.m, beta))
    weight = np.sqrt(terms.m)
    values, vectors = np.linalg.eigh(gram * np.outer(weight, weight))
    if values[0] < -_INDEFINITE * float(beta.max()):
        raise RankOneRefused("the root is not positive semidefinite")
    means = vectors[:, 1:] * np.sqrt(np.maximum(values[1:], 0.0)) / weight[:, None]
    squares = (means**2).sum(axis=1)
    spread = np.where(terms.m > 1, np.maximum(beta - squares, 0.0), 0.0)
    means *= np.sqrt((beta - spread) / np.where(squares > 0, squares, 1.0))[:, None]
    of = current.cluster_of
    return means[of], spread[of]


def _check(level: WorkingLevel, objective: Objective, means: Floats, spread: Floats, merged: tuple[tuple[int, ...], ...]) -> None:
    """Conditions of optimality that the system does not imply: S where classes merge, the sign of a ball's multipliers."""
    if not merged and not isinstance(norm_constraint(level.problem.constraint), Ball):
        return
    found = multipliers(level, objective, means, spread)
    if found.sign < -_INDEFINITE:
        raise RankOneRefused("a multiplier of the ball is negative: its constraint is not active")
    if found.shortfall > 1e3 * _INDEFINITE:
        raise RankOneRefused(f"classes that merge fail the conditions of optimality by {found.shortfall:.1e}")
