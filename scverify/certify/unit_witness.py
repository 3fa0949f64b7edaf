"""The two halves of a certificate on units, made from a candidate: a feasible point; minorants and the dual they suggest (MATH 4, 9)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from flint import arb, fmpq

from scverify.certify.claims import Data
from scverify.certify.dyadics import fraction, matrix, text
from scverify.certify.minorants import minorants_at
from scverify.certify.precise import BallArray, as_array, exponent, float_midpoints
from scverify.certify.refine import semidefinite_factor
from scverify.certify.unit_fixed import beside_fixed, in_fixed_nodes
from scverify.certify.unit_signs import entrywise_multipliers, in_coordinates
from scverify.kernel.certificate import Unresolved
from scverify.kernel.units.bounds import UnitPoint, gathered
from scverify.kernel.units.level import UnitLevel
from scverify.search.units import UnitCandidate

# of the largest eigenvalue: those of a null space are rounding, 1e-16 times the number of nodes
ZERO = 1e-10
# bits beneath the largest diagonal entry, where a float has 53: what is smaller is left over from cancelling
NOISE = 40
# on more nodes duals are factored in floats
MANY = 40


class Margin(NamedTuple):
    """By how much slopes are shrunk, and how much of the ridges stays on the diagonal of S, beside its factor, to take up rounding."""

    shrink: float
    kept: float


def unit_upper_witness(level: UnitLevel, candidate: UnitCandidate, bits: int) -> Data:
    """The feasible point of a candidate, with what is chosen of the scalars."""
    means, spreads = _factors(level, candidate, bits)
    witness: Data = {"means": matrix(means, bits), "spreads": [matrix(spread, bits) for spread in spreads]}
    if level.scalars:
        domains = [scalar.domain for scalar in level.scalars]
        witness["scalars"] = [_inside(x, domain.least, domain.most) for x, domain in zip(candidate.scalars, domains, strict=True)]
    if level.inverse[0] < level.inverse[1]:
        witness["inverse"] = _inside(candidate.inverse, *level.inverse)
    return witness


def _factors(level: UnitLevel, candidate: UnitCandidate, bits: int) -> tuple[BallArray, list[BallArray]]:
    """Means, and the spread of each type, in the columns that signed and fixed nodes ask for."""
    if any(norm.nonnegative for norm in level.constraint):
        return in_coordinates(level, candidate, bits)
    means, spreads, fixed = as_array(candidate.means), [], _fixed(level)
    for first in range(0, level.nodes, level.kinds):
        roots = candidate.spreads[first : first + level.kinds]
        used = as_array(roots[:, (roots != 0).any(axis=0)] if level.multiplicity[first] > 1 else roots[:, :0])
        own = [i - first for i in fixed if i in level.unit(first)]
        spreads.append(in_fixed_nodes(used, own) if own and level.multiplicity[first] > 1 else used)
    return in_fixed_nodes(means, fixed) if fixed else means, spreads


def _fixed(level: UnitLevel) -> list[int]:
    return [i for i, norm in enumerate(level.constraint) if norm.kind == "fixed"]


def _inside(value: float, least: fmpq | None, most: fmpq | None) -> str:
    """A float as an exact rational of an interval."""
    exact = Fraction(value)
    low, high = (exact if end is None else fraction(end) for end in (least, most))
    return text(max(low, min(high, exact)))


def unit_lower_witness(level: UnitLevel, point: UnitPoint, bits: int, margin: Margin) -> Data:
    """The affine minorants at the point, and S in its two parts: T = F F' on means, E = K K' on spreads."""
    rows, slopes = minorants_at(level, point, bits, margin.shrink)
    across, own = gathered(level, [[row.weight * x for x in found] for row, found in zip(level.rows, slopes, strict=True)])
    inside, between = _dual(level, point, across, own)
    kinds, fixed = level.kinds, _fixed(level)
    same = np.arange(level.nodes) // kinds
    m = np.array(level.multiplicity)[:, None]
    # T = (S_own + (m - 1) S_other)/m within a type, and S_other between types
    means = np.where(same[:, None] == same, (inside + (m - 1) * between) / m, between)
    kept = [arb(margin.kept) * norm.weight * n for norm, n in zip(level.constraint, level.copies, strict=True)]
    free = [i for i in range(level.nodes) if i not in fixed]
    spreads = []
    for first in range(0, level.nodes, kinds):
        rows_of = range(first, first + kinds)
        part = inside[np.ix_(rows_of, rows_of)] - between[np.ix_(rows_of, rows_of)]
        held, kept_of = [i - first for i in rows_of if i in fixed], [kept[i] for i in rows_of if i not in fixed]
        several = level.multiplicity[first] > 1
        spreads.append(beside_fixed(part, held, partial(_root, kept=kept_of, bits=bits)) if several else as_array(np.zeros((kinds, 0))))
    root = partial(_root, kept=[kept[i] / level.multiplicity[i] for i in free], bits=bits)
    return {
        "rows": rows,
        "factor": matrix(beside_fixed(means, fixed, root), bits),
        "spreads": [matrix(spread, bits) for spread in spreads],
    }


def _dual(level: UnitLevel, point: UnitPoint, across: Any, own: Any) -> tuple[BallArray, BallArray]:
    """S within a unit and between units (u, u): slopes, ridges, multipliers of the norms, less those of H >= 0."""
    m, kinds = level.multiplicity, level.kinds
    inside, between = as_array(np.zeros((level.nodes, level.nodes))), as_array(np.zeros((level.nodes, level.nodes)))
    multipliers = _multipliers(level, point, across, own)
    for i in range(level.nodes):
        for j in range(level.nodes):
            if i // kinds != j // kinds:
                between[i, j] = (across[i][j] + across[j][i]) / (2 * m[i] * m[j])
                continue
            inside[i, j] = (own[i][j % kinds] + own[j][i % kinds]) / (2 * m[i])
            if m[i] > 1:
                between[i, j] = (across[i][j] + across[j][i]) / (2 * m[i] * (m[i] - 1))
        inside[i, i] += level.constraint[i].weight * level.copies[i] / 2 + multipliers[i]
    if not any(norm.nonnegative for norm in level.constraint):
        return inside, between
    similar = float_midpoints(as_array(point.similar))
    n_inside, n_between = entrywise_multipliers(level, similar, float_midpoints(as_array(point.squares)), inside, between)
    return inside - as_array(n_inside), between - as_array(n_between)


def _multipliers(level: UnitLevel, point: UnitPoint, across: Any, own: Any) -> list[arb]:
    """lambda_i of the norm constraints, by which (S X)_ii = 0; 0 under a ridge, and inside a ball."""
    m, kinds = level.multiplicity, level.kinds
    found = []
    for i, norm in enumerate(level.constraint):
        active = norm.kind == "sphere" or (norm.kind == "ball" and not point.squares[i] < norm.bound * point.inverse * (1 - arb("1e-9")))
        if not active:
            found.append(arb(0))
            continue
        seen, total = point.similar[i], arb(0)
        for j in range(level.nodes):
            same = j // kinds == i // kinds
            count = m[j] - 1 if same else m[j]
            if count:
                total += count * (across[i][j] + across[j][i]) / (2 * m[i] * count if same else 2 * m[i] * m[j]) * seen[j]
        for b, j in enumerate(level.unit(i)):
            total += (own[i][b] + own[j][i % kinds]) / (2 * m[i]) * seen[level.nodes + b]
        found.append(-total / point.squares[i])
    return found


def _root(target: BallArray, kept: list[arb], bits: int) -> BallArray:
    """F with F F' near a semidefinite matrix, less what is kept of its diagonal; where nothing is, in as many columns as it has rank."""
    sizes = [exponent(target[i, i]) for i in range(len(target)) if target[i, i] != 0]
    if not sizes:
        return as_array(np.zeros((len(target), 0)))
    if any(x != 0 for x in kept):
        return sparse_cholesky(target - np.diag(as_array(kept)))
    unit = arb(2) ** -max(sizes)
    near = np.array([[float((x * unit).mid()) for x in row] for row in target.tolist()])
    if len(target) > MANY:
        values, vectors = np.linalg.eigh((near + near.T) / 2)
        kept_columns = values > ZERO * values.max()
        root: BallArray = as_array(vectors[:, kept_columns] * np.sqrt(values[kept_columns])) * (arb(2) ** max(sizes)).sqrt()
        return root
    # a node that no slope holds has a row of zeros, or of noise: it stays out of the factor
    held = np.array([target[i, i] != 0 and exponent(target[i, i]) > max(sizes) - NOISE for i in range(len(target))])
    values = np.linalg.eigvalsh((near + near.T)[np.ix_(held, held)] / 2)
    columns = as_array(np.zeros((len(target), rank := int((values > ZERO * values.max()).sum()) if values.max() > 0 else 0)))
    columns[held] = semidefinite_factor(target[np.ix_(held, held)], rank, bits)
    return columns


def sparse_cholesky(target: BallArray) -> BallArray:
    """The factor by an order of rows that leaves zeros: first those that see each other least, such as all weight vectors."""
    order = np.argsort([sum(x != 0 for x in row) for row in target.tolist()], kind="stable")
    free: list[int] = []
    for i in order.tolist():
        if all(target[i, j] == 0 for j in free):
            free.append(i)
    free += [i for i in range(len(target)) if i not in free]
    factor = as_array(np.zeros(target.shape))
    factor[free] = _cholesky([[x.mid() for x in row] for row in target[np.ix_(free, free)].tolist()])
    return factor


def _cholesky(table: list[list[arb]]) -> BallArray:
    """The lower triangular L with L L' = table, for the midpoints of a positive definite one; Unresolved for any other."""
    lower = [[arb(0)] * len(table) for _ in table]
    for i, row in enumerate(table):
        for j in range(i + 1):
            rest = (row[j] - sum((x * y for x, y in zip(lower[i][:j], lower[j][:j], strict=True)), arb(0))).mid()
            if i == j and not rest > 0:
                raise Unresolved("the multiplier is not positive definite by the margin")
            lower[i][j] = rest.sqrt().mid() if i == j else (rest / lower[j][j]).mid()
    return as_array(lower)
