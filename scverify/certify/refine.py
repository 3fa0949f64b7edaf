"""From a float candidate to any number of digits. Nothing here is trusted.

A precise point holds, for each node of a level, the similarities of its row and the vectors behind them; `factor` finds the few columns
F with F F^T equal to a matrix of that rank, which is what both halves of a certificate need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray

from scverify.certify.polish import polished
from scverify.certify.precise import BallArray, Floats, as_array, as_matrix, choose, exponent, float_midpoints, midpoints
from scverify.errors import Undecided
from scverify.model.constraints import Ball, norm_constraint
from scverify.model.level import WorkingLevel
from scverify.search.candidate import Candidate
from scverify.search.newton import refine_roots, root_precision
from scverify.search.objective import Objective
from scverify.search.rank_one import RankOneSystem, SystemArrays, exponentials
from scverify.search.solve import solve

GUARD = 40  # bits that Newton steps and products lose
STEP_BITS = 40  # a residual within these of the goal: one more step reaches it
RUNAWAY = 1e9  # embeddings of a loss without a minimum
HALF = 6  # bits beyond a half: vectors are square roots of similarities
LEVEL = 4  # powers of 2 between columns that count as one scale


@dataclass(frozen=True)
class RootDual:
    """What a root of the rank-one system says of the dual: S = v v'/2 for v (u,), and the probabilities of each row's outcomes (u, u+1).

    kappa: the exponents' rate; own_slopes (u,): the slope of the affine remainder in the self entry.
    """

    v: BallArray
    outcomes: BallArray
    kappa: arb
    own_slopes: BallArray


@dataclass(frozen=True)
class PrecisePoint:
    """rows (u, u+1): similarities, the self entry last; means: (u, r) vectors; spread (u,): squared norms. All exact balls.

    roots: the dual, where the point is a root of the rank-one system and no classes merge.
    """

    rows: BallArray
    means: BallArray
    spread: BallArray
    roots: RootDual | None = None


def vector_bits(level: WorkingLevel, bits: int) -> int:
    """The bits that the vectors of a feasible point need for a value known to 2^-bits.

    An error in them costs its square, but on a ball, where a norm may fall short of rho.
    """
    return bits if isinstance(norm_constraint(level.problem.constraint), Ball) else bits // 2 + HALF


def bounded_candidate(level: WorkingLevel, solver: str = "auto") -> Candidate:
    """The searcher's candidate; Undecided where the floats run away, as they do from an objective without a lower bound."""
    remedy = "the search ran away: the objective may be unbounded below, but no ray is certified; change the loss or the constraint"
    try:
        with np.errstate(all="ignore"):
            candidate = solve(level, solver)
    except np.linalg.LinAlgError as error:
        raise Undecided(f"{remedy} ({error})") from error
    if not np.isfinite(candidate.value) or np.abs(candidate.means).max(initial=0) > RUNAWAY or candidate.spread.max() > RUNAWAY:
        raise Undecided(remedy)
    return candidate


def precise_point(candidate: Candidate, bits: int) -> PrecisePoint:
    """The point that a candidate is an approximation of, to about 2^-bits where Newton's method allows."""
    if candidate.system is not None and candidate.roots is not None:
        with ctx.workprec(max(bits + GUARD, root_precision(candidate.system, bits))):
            return _from_roots(candidate.level, candidate.system, candidate.roots, bits)
    with ctx.workprec(bits + GUARD):
        _, at = polished(candidate.level, candidate.means, candidate.spread, bits)
        rows = Objective.balls(candidate.level).similarities(at.means, at.spread)
        return PrecisePoint(midpoints(rows), at.means, at.spread)


def _from_roots(level: WorkingLevel, reduced: RankOneSystem, roots: tuple[Floats, Floats], bits: int) -> PrecisePoint:
    terms = SystemArrays.of(reduced, object)
    log_v, log_z = refine_roots(reduced, terms, roots, bits)
    e = _exponentials(terms, log_v, log_z)
    similarities = terms.square + np.log(e) / terms.kappa
    beta, m = similarities[:, -1], np.array(reduced.multiplicity)
    mean_gram = similarities[:, :-1].copy()
    np.fill_diagonal(mean_gram, (beta + (m - 1) * np.diagonal(mean_gram)) / m)
    dual = None if reduced.merged else _dual(terms, e, log_v, log_z)
    # the dual is made of the means where the root does not determine it
    clusters = semidefinite_factor(mean_gram, reduced.size - 1, bits if dual is None else vector_bits(level, bits) + HALF)
    of = reduced.cluster_of
    merged = {node for cluster in reduced.merged for node in cluster}
    spreads = np.array([len(group) > 1 and g not in merged for g, group in enumerate(level.members)])
    spread = choose(spreads, beta[of] - np.diagonal(mean_gram)[of], 0.0)
    rows = np.concatenate([similarities[:, :-1][np.ix_(of, of)], beta[of][:, None]], axis=1)
    return PrecisePoint(midpoints(rows), midpoints(clusters[of]), midpoints(spread), dual)


def _exponentials(terms: SystemArrays, log_v: BallArray, log_z: BallArray) -> BallArray:
    """exp(kappa (X - rho^2)) (U, U+1) of the clusters; the diagonal of a merged cluster or of a single class is its self entry."""
    e, own = exponentials(terms, log_v, log_z)
    alone = np.flatnonzero(~np.diagonal(terms.inside))
    e[alone, alone] = own[alone]
    return np.concatenate([e, own[:, None]], axis=1)


def _dual(terms: SystemArrays, e: BallArray, log_v: BallArray, log_z: BallArray) -> RootDual:
    """p_gh = c_gh e_gh / Z_g; where there is no pair there is no coefficient."""
    coefficients = np.concatenate([terms.cross, terms.own[:, None]], axis=1)
    outcomes = coefficients * e * np.exp(-log_z)[:, None]
    return RootDual(np.exp(log_v), outcomes, terms.kappa, terms.own_slope)


def semidefinite_factor(target: BallArray, rank: int, bits: int) -> BallArray:
    """F (u, rank) with F F^T = target, a semidefinite matrix of that rank known to about 2^-bits.

    With G = F (F^T F)^-1, F + R G - F G^T R G / 2 removes all of the residual R = target - F F^T that a matrix of this rank can have.
    Only R needs many digits: the step is computed in floats, in units of R's size, and gains the digits of a float.
    """
    u = len(target)
    if rank == 0:
        return as_array(np.empty((u, 0)))
    sizes = [exponent(target[g, g]) // 2 for g in range(u)]
    if max(sizes) - min(sizes) <= LEVEL:  # one scale: the columns, eigenvectors, are then orthogonal
        sizes = [max(sizes)] * u
    scale = as_array([arb(2) ** size for size in sizes])
    normal = target / np.outer(scale, scale)
    start, lift = _leading_columns(float_midpoints(normal), rank)
    wanted, current = as_matrix(normal), as_matrix(start)
    last = size = 0
    for step in range(2 + bits // 20):
        residual, size = _in_units(wanted - current * current.transpose(), last)
        if step and not size < last - 2:
            break
        along = residual @ lift
        current = (current + as_matrix(along - start @ (lift.T @ along) / 2) * arb(2) ** size).mid()
        if size < -bits + STEP_BITS:
            break
        last = size
    columns: BallArray = np.array(current.entries(), dtype=object).reshape(u, rank) * scale[:, None]
    return columns


def _in_units(matrix: arb_mat, guess: int) -> tuple[NDArray[np.float64], int]:
    """The midpoints of a matrix as floats of about 1 times 2^size, and the integer size, not a float's exponents away from the guess."""
    entries = (matrix * arb(2) ** -guess).entries()
    values = np.fromiter(map(float, entries), np.float64, len(entries)).reshape(matrix.nrows(), matrix.ncols())
    size = math.frexp(np.abs(values).max(initial=0.0))[1]
    return np.ldexp(values, -size), guess + size


def _leading_columns(matrix: NDArray[np.float64], rank: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """F (u, rank) from the largest eigenvalues, and F (F^T F)^-1."""
    values, vectors = np.linalg.eigh(matrix)
    first = len(values) - rank
    sizes = np.sqrt(np.maximum(values[first:], 0))
    return vectors[:, first:] * sizes, vectors[:, first:] / np.where(sizes > 0, sizes, np.inf)
