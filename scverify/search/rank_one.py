"""The optimum as a root of 2u explicit equations, where the multiplier S has rank one (MATH 3).

Write S = v v'/2 in the class structure, v > 0 and constant on the classes of a node. A log-sum-exp row has the slope
w_g (kappa c_gh e_gh / Z_g + r_gh) in the similarity X_gh, with e = exp(kappa (X - rho^2)) and Z_g = sum_h c_gh e_gh over its whole row;
r is the slope of the affine remainder. A pair of classes of the nodes g, h receives this from both sides: off the diagonal

    e_gh = (v_g v_h - R_gh) / (P_gh / Z_g + P_hg / Z_h),    P_gh = kappa w_g c_gh / (m_g m_h),    R_gh = (w_g r_gh + w_h r_hg) / (m_g m_h),

with m_g (m_g - 1) in place of m_g m_h for two classes of one node, where g = h. So all similarities are closed formulas of (v, Z), fixed by

    log Z_g - log sum_h c_gh e_gh = 0    and    kappa sum_h p_h M_gh = 0,    p_h = m_h v_h / sum m v,

where M is the Gram matrix of the node means, M_gg = (beta_g + (m_g - 1) a_g) / m_g: this is complementarity, B v = 0. The unknowns are
log v and log Z, for which no temperature underflows. Under a ridge beta_g follows from the diagonal equation in the same way.
(MATH 3 writes v_c = n_c omega_c / Z_c; v itself also serves nodes that are not anchors.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.model.constraints import NonNegative, Ridge, norm_constraint
from scverify.model.level import CoefficientRows, SharedTable, WorkingLevel, ball

Floats = NDArray[np.float64]
BallArray = NDArray[np.object_]
Indices = NDArray[np.int64]


class RankOneRefused(InputError):
    """The rank-one system does not apply to a problem, or its root is not a candidate; the message says why."""

    def __init__(self, reason: str) -> None:
        """A reason in words."""
        super().__init__(f"solver rank-one: {reason}", "problems whose multiplier has rank one", "use the solver auto or factorised")


@dataclass(frozen=True)
class RankOneSystem:
    """The coefficients of the system, exact: U clusters of the nodes of a level.

    A cluster that is merged has one representative for all classes of its nodes; any other cluster is one node as it stands.
    c and slope are U x (U+1), laid out as in Level (column g of row g: two classes of the node; last column: the self similarity).
    """

    level: WorkingLevel
    clusters: tuple[tuple[int, ...], ...]
    merged: tuple[tuple[int, ...], ...]
    multiplicity: list[int]
    mass: list[int]
    weight: list[fmpq]
    c: CoefficientRows
    slope: CoefficientRows
    kappa: fmpq

    @property
    def size(self) -> int:
        """Number of clusters U."""
        return len(self.clusters)

    @property
    def cluster_of(self) -> NDArray[np.int64]:
        """The cluster of each node of the level, shape (u,)."""
        index = np.empty(self.level.nodes, dtype=np.int64)
        for number, cluster in enumerate(self.clusters):
            index[list(cluster)] = number
        return index

    @property
    def ridge(self) -> Fraction | None:
        """The ridge weight, None under a norm constraint."""
        norm = norm_constraint(self.level.problem.constraint)
        return norm.weight if isinstance(norm, Ridge) else None

    @property
    def square(self) -> Fraction:
        """rho^2, from which exponents are measured; 0 under a ridge."""
        norm = norm_constraint(self.level.problem.constraint)
        return Fraction(0) if isinstance(norm, Ridge) else norm.rho**2

    @cached_property
    def tables(self) -> tuple[SharedTable, SharedTable]:
        """c and slope, ready to be converted."""
        return self.level.tables[0] if self.c is self.level.c else SharedTable.of(self.c), SharedTable.of(self.slope)

    @cached_property
    def terms(self) -> SystemArrays:
        """The coefficients in floats."""
        return SystemArrays.of(self, np.float64)


def system(level: WorkingLevel, merged: Iterable[tuple[int, ...]] = ()) -> RankOneSystem:
    """The rank-one system of a level in which the nodes of each tuple of `merged` share one representative.

    A tuple of one node g merges the m_g > 1 classes of that node. Raises RankOneRefused where the rows are not log-sum-exp, embeddings
    are non-negative, or merged nodes have different rows.
    """
    if isinstance(level.problem.constraint, NonNegative):
        raise RankOneRefused("embeddings are non-negative")
    together = tuple(sorted(tuple(sorted(cluster)) for cluster in merged))
    alone = set(range(level.nodes)) - {node for cluster in together for node in cluster}
    clusters = tuple(sorted([*together, *((node,) for node in alone)]))
    part = level.exponential_part
    if part is None:
        raise RankOneRefused(f"the rows of {level.problem.loss.name} are not a log-sum-exp and an affine remainder")
    c, slope, weight = level.c, part.slopes, level.weight
    multiplicity, mass = level.multiplicity, level.mass
    if together:
        join = set(together)
        c = [_condensed(c, weight, cluster, clusters, join) for cluster in clusters]
        slope = [_condensed(slope, weight, cluster, clusters, join) for cluster in clusters]
        mass = [sum(mass[g] * (multiplicity[g] if cluster in join else 1) for g in cluster) for cluster in clusters]
        multiplicity = [1 if cluster in join else multiplicity[cluster[0]] for cluster in clusters]
        weight = [sum((weight[g] for g in cluster), fmpq(0)) for cluster in clusters]
    return RankOneSystem(
        level=level,
        clusters=clusters,
        merged=together,
        multiplicity=multiplicity,
        mass=mass,
        weight=weight,
        c=c,
        slope=slope,
        kappa=part.kappa,
    )


def _condensed(
    rows: CoefficientRows,
    weight: Sequence[fmpq],
    cluster: tuple[int, ...],
    clusters: tuple[tuple[int, ...], ...],
    join: set[tuple[int, ...]],
) -> list[fmpq]:
    """The row that all anchors of a cluster share once the columns of every cluster are added up."""
    candidates = [_condensed_row(rows[g], g, cluster, clusters, join) for g in cluster if weight[g]]
    if any(row != candidates[0] for row in candidates[1:]):
        raise RankOneRefused("nodes that merge have different rows")
    return candidates[0] if candidates else _condensed_row(rows[cluster[0]], cluster[0], cluster, clusters, join)


def _condensed_row(
    row: Sequence[fmpq], node: int, own: tuple[int, ...], clusters: tuple[tuple[int, ...], ...], join: set[tuple[int, ...]]
) -> list[fmpq]:
    columns = [sum((row[h] for h in cluster), fmpq(0)) for cluster in clusters]
    self_entry = row[-1]
    if own in join:
        position = clusters.index(own)
        self_entry, columns[position] = self_entry + columns[position], fmpq(0)
    return [*columns, self_entry]


@dataclass(frozen=True)
class SystemArrays:
    """The arrays of the equations, in float64 or in balls.

    (U,): m, own (c), own_pair, own_slope, own_offset.
    (U, U): cross (c), pair (P), offset (R), share (a pair's part of M: 1, on the diagonal (m - 1)/m),
    inside (whether there is a pair at all: False on the diagonal where m = 1).
    """

    m: NDArray[Any]
    own: NDArray[Any]
    own_pair: NDArray[Any]
    own_slope: NDArray[Any]
    own_offset: NDArray[Any]
    cross: NDArray[Any]
    pair: NDArray[Any]
    offset: NDArray[Any]
    share: NDArray[Any]
    inside: NDArray[np.bool_]
    kappa: Any
    square: Any
    ridge: bool

    @classmethod
    def of(cls, system: RankOneSystem, kind: type) -> SystemArrays:
        """Round the exact coefficients to float64 (kind np.float64) or to balls at the current precision (kind object)."""
        convert = ball if kind is object else float
        c, slope = (table.array(convert, kind) for table in system.tables)

        def vector(values: Iterable[int | fmpq]) -> NDArray[Any]:
            return np.array([convert(fmpq(x)) for x in values], dtype=kind)

        m, mass, weight = vector(system.multiplicity), vector(system.mass), vector(system.weight)
        diagonal, u = np.diag_indices(system.size), system.size
        several = np.array(system.multiplicity) > 1
        pairs = np.outer(m, m)
        pairs[diagonal] = np.where(several, m * (m - 1), m)
        own, own_slope, cross = c[:, -1].copy(), slope[:, -1].copy(), c[:, :-1].copy()
        pair = convert(system.kappa) * weight[:, None] * cross / pairs
        offset = weight[:, None] * slope[:, :-1] / pairs
        offset = offset + offset.T
        own_pair = convert(system.kappa) * weight * own / m
        own_offset = 2 * weight * own_slope / m
        if system.ridge is not None:
            own_offset = own_offset + convert(system.ridge) * mass
        idle = np.array([w == 0 for w in system.weight])
        cross[idle], own[idle] = convert(fmpq(0)), convert(fmpq(1))
        share: NDArray[Any] = np.full((u, u), convert(fmpq(1)), dtype=kind)
        share[diagonal] = (m - 1) / m
        inside = ~np.eye(u, dtype=bool)
        inside[diagonal] = several
        return cls(
            m=m,
            own=own,
            own_pair=own_pair,
            own_slope=own_slope,
            own_offset=own_offset,
            cross=cross,
            pair=pair,
            offset=offset,
            share=share,
            inside=inside,
            kappa=convert(system.kappa),
            square=convert(system.square),
            ridge=system.ridge is not None,
        )


def residual(system: RankOneSystem, log_v: BallArray, log_z: BallArray) -> BallArray:
    """The 2U equations at object arrays of balls, at the current precision: first those of Z, then those of B v = 0."""
    return ball_equations(SystemArrays.of(system, object), log_v, log_z)


def ball_equations(terms: SystemArrays, log_v: BallArray, log_z: BallArray) -> BallArray:
    """As residual, with coefficients that are balls already."""
    u, upper = len(log_v), np.nonzero(np.triu(terms.inside))
    e, e_own = _upper_exponentials(terms, upper, log_v, log_z)
    row_sums = terms.own * e_own + (terms.cross * _mirrored(u, upper, e)).sum(axis=1)
    p = terms.m * np.exp(log_v)
    p = p / p.sum()
    logs = _mirrored(u, upper, np.log(e))
    # M is the matrix of the logs but for its diagonal, (log e_own + (m - 1) log e) / m
    own = p * (np.log(e_own) - np.diagonal(logs)) / terms.m
    product = arb_mat(u, u, logs.ravel().tolist()) * arb_mat(u, 1, p.tolist())
    means = terms.kappa * terms.square + np.array(product.entries(), dtype=object) + own
    equations: BallArray = np.concatenate([log_z - np.log(row_sums), means])
    return equations


def exponentials(terms: SystemArrays, log_v: BallArray, log_z: BallArray) -> tuple[BallArray, BallArray]:
    """e (U, U), 0 on the diagonal of a node of one class, and the self exponentials (U,), all exp(kappa (X - rho^2)), in balls."""
    upper = np.nonzero(np.triu(terms.inside))
    e, e_own = _upper_exponentials(terms, upper, log_v, log_z)
    return _mirrored(len(log_v), upper, e), e_own


def _upper_exponentials(terms: SystemArrays, upper: tuple[Indices, ...], log_v: BallArray, log_z: BallArray) -> tuple[BallArray, BallArray]:
    """The exponentials of the pairs g <= h, in the order of `upper`, and the self exponentials (U,)."""
    v, rate = np.exp(log_v), np.exp(-log_z)
    g, h = upper
    e: BallArray = (v[g] * v[h] - terms.offset[upper]) / (terms.pair[upper] * rate[g] + terms.pair[h, g] * rate[h])
    own: BallArray = np.full(len(v), arb(1), dtype=object)
    if terms.ridge:
        own = (v * v - terms.own_offset) / (2 * terms.own_pair * rate)
    return e, own


def _mirrored(size: int, upper: tuple[Indices, ...], values: BallArray) -> BallArray:
    matrix: BallArray = np.full((size, size), arb(0), dtype=object)
    matrix[upper] = values
    matrix[upper[::-1]] = values
    return matrix
