"""The certified optimum of a loss on units: a float candidate, made exact, with the dual that its slopes suggest (MATH 4.1, 4.2, 9)."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.best_scalar import best_scalars
from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, fraction, matrix, places_for, text
from scverify.certify.minorants import minorants_at
from scverify.certify.precise import BallArray, as_array, exponent
from scverify.certify.refine import GUARD, semidefinite_factor
from scverify.certify.several import several_minimizers
from scverify.certify.unit_minimizers import unit_minimizers
from scverify.certify.unit_polish import polished_unit_candidate
from scverify.errors import BelowRank, InputError, Undecided, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.units.bounds import UnitPoint, gathered, unit_lower_bound, unit_point, unit_upper_bound
from scverify.kernel.units.level import UnitLevel
from scverify.model.exact import whole
from scverify.model.units import UnitProblem
from scverify.results.units import UnitOptimum
from scverify.search.unit_candidate import unit_candidate
from scverify.search.units import UnitCandidate

Floats = NDArray[np.float64]
BITS = (128, 256, 512, 1024)
GOOD = arb("1e-15")
# directions of a float candidate that are this small beside the largest may be the search's noise; each is tried, and the bounds decide
SMALL = (1e-3, 1e-6, 1e-9, 1e-14)
ZERO = 1e-10
NOISE = 40
# under a ridge, slopes shrunk by so much leave S a margin, which takes up rounding: else norms that only the ridge bounds multiply it
SHRINK = (0.0, 1e-13, 1e-11, 1e-9, 1e-7)
# on more nodes one precision has to do, duals are factored in floats, and a gap of this size, relative, is small enough
MANY, FEW_BITS, ENOUGH = 40, 64, arb("1e-10")


@dataclass(frozen=True)
class _Attempt:
    bits: int
    lower: arb
    upper: arb
    point: UnitPoint
    witness: Data

    @property
    def gap(self) -> arb:
        return (self.upper - self.lower).upper()

    @property
    def relative(self) -> arb:
        return self.gap / abs(self.upper).lower() if abs(self.upper).lower() > 0 else arb("inf")


def unit_optimum(problem: UnitProblem, max_precision: int = BITS[-1]) -> UnitOptimum:
    """Certify the minimum of a loss on units over configurations of any dimension.

    Raises BelowRank where the problem has fewer dimensions than the configuration that attains it, InputError where the kernel refuses the
    problem (rows that are not convex, copies that need not coincide), and Undecided where no bound is found.

    >>> found = unit_optimum(UnitProblem(losses.clip(pairs=8), temperature="7/100"))
    >>> found.gap <= found.upper / 10**12
    True
    """
    must_be(problem, UnitProblem, "problem", "a UnitProblem")
    whole(max_precision, "max_precision", 1)
    started = time.perf_counter()
    try:
        level = problem.level
    except Rejected as refusal:
        raise InputError(f"{problem}: {refusal}", "a loss on units that the checker can decide", "change the loss") from refusal
    best, reason = _attempted(problem, level, max_precision)
    if best is None:
        raise Undecided(f"no bound for {problem}: {reason}")
    rank = _rank(level, best.witness["upper"])
    if problem.dim is not None and problem.dim < rank:
        raise BelowRank(f"{problem}", f"d >= {rank}, the rank of the optimum over all dimensions", "raise dim, or leave it out")
    with ctx.workprec(best.bits + GUARD):
        places = places_for(best.gap)
        lower, upper = below(best.lower, places), above(best.upper, places)
    claim = {"type": "UnitOptimum", "problem": problem.data, "lower": text(lower), "upper": text(upper)}
    own, others = _similarities(level, best.point)

    def bound(narrower: UnitLevel) -> tuple[arb, Data]:
        attempt, refusal = _attempted(problem, narrower, max_precision)
        if attempt is None:
            raise Unresolved(refusal)
        return attempt.lower, attempt.witness["lower"]

    return UnitOptimum(
        problem=problem,
        lower=lower,
        upper=upper,
        own=own,
        others=others,
        rank=rank,
        precision=best.bits + GUARD,
        seconds=time.perf_counter() - started,
        certificate=certificate(claim, best.witness, best.bits + GUARD),
        minimizers=unit_minimizers(problem, best.witness, best.gap, best.bits + GUARD),
        several=several_minimizers(problem) if "form" in best.witness["lower"] else None,
        scalars=best_scalars(problem, best.witness["upper"], best.upper, bound, best.bits + GUARD),
    )


def _attempted(problem: UnitProblem, level: UnitLevel, max_precision: int) -> tuple[_Attempt | None, str]:
    """The best attempt at a problem, or at a level of it in which scalars are fixed."""
    try:
        with np.errstate(all="ignore"):
            candidate = unit_candidate(problem, level)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise Undecided(f"the search ran away from {problem}: its loss may be unbounded below ({error})") from error
    best, reason = _best(level, candidate, max_precision)
    few = best is not None and best.relative > GOOD and level.nodes <= MANY and not level.over_temperature
    return (_polished(problem, candidate, best) if few and best is not None else best), reason


def _best(level: UnitLevel, candidate: UnitCandidate, max_precision: int) -> tuple[_Attempt | None, str]:
    """The attempt of least gap over precisions, over what counts as noise in the candidate, and over margins."""
    best: _Attempt | None = None
    reason = "no precision was tried"
    many = level.nodes > MANY
    precisions = [FEW_BITS] if many else [bits for bits in BITS if bits <= max_precision]
    margins = SHRINK if all(norm.kind == "ridge" for norm in level.constraint) else SHRINK[:1]
    good = ENOUGH if many else GOOD
    for bits, small, shrink in product(precisions, SMALL, margins[2 * (many and len(margins) > 1) :]):
        try:
            attempt = _attempt(level, _cleaned(level, candidate, small), bits, shrink)
        except (Unresolved, Rejected) as refusal:
            reason = str(refusal)
            continue
        if best is None or attempt.gap < best.gap:
            best = attempt
        if best.relative < good:
            break
    return best, reason


def _polished(problem: UnitProblem, candidate: UnitCandidate, best: _Attempt) -> _Attempt:
    """The best attempt at a candidate that has more digits than floats, where there is a better one."""
    for small in SMALL:
        try:
            precise = polished_unit_candidate(problem, _cleaned(problem.level, candidate, small), best.bits)
            attempt = _attempt(problem.level, precise, best.bits, 0.0)
        except (Unresolved, Rejected, np.linalg.LinAlgError, ValueError, OverflowError):
            continue
        if attempt.gap < best.gap:
            best = attempt
        if best.relative < GOOD:
            break
    return best


def _cleaned(level: UnitLevel, candidate: UnitCandidate, small: float) -> UnitCandidate:
    """The candidate in as few directions as it has: means by their singular vectors, each type's spread roots by theirs."""
    means, sizes, _ = np.linalg.svd(candidate.means, full_matrices=False)
    spreads = np.zeros_like(candidate.spreads)
    largest = max(1e-300, float(np.sqrt((candidate.means**2).sum(axis=1) + (candidate.spreads**2).sum(axis=1)).max()))
    for first in range(0, level.nodes, level.kinds):
        rows = slice(first, first + level.kinds)
        left, values, _ = np.linalg.svd(candidate.spreads[rows])
        spreads[rows] = left * np.where(values > small * largest, values, 0.0)
    kept = sizes > small * largest
    return replace(candidate, means=means[:, kept] * sizes[kept], spreads=spreads)


def _attempt(level: UnitLevel, candidate: UnitCandidate, bits: int, shrink: float) -> _Attempt:
    with ctx.workprec(bits + GUARD):
        upper = _upper_witness(level, candidate, bits)
        point = unit_point(level, upper)
        value = unit_upper_bound(level, point)
        lower = _lower_witness(level, point, bits, shrink)
        least = unit_lower_bound(level, lower)
        rows: Data = {"form": "rows"}
        with suppress(Unresolved):
            alone = unit_lower_bound(level, rows)
            least, lower = (alone, rows) if alone.lower() > least.lower() else (least, lower)
        return _Attempt(bits, least, value, point, {"upper": upper, "lower": lower})


def _upper_witness(level: UnitLevel, candidate: UnitCandidate, bits: int) -> Data:
    spreads = []
    for first in range(0, level.nodes, level.kinds):
        roots = candidate.spreads[first : first + level.kinds]
        used = roots[:, (roots != 0).any(axis=0)] if level.multiplicity[first] > 1 else roots[:, :0]
        spreads.append(matrix(as_array(used), bits))
    witness: Data = {"means": matrix(as_array(candidate.means), bits), "spreads": spreads}
    if level.scalars:
        domains = [scalar.domain for scalar in level.scalars]
        witness["scalars"] = [_inside(x, domain.least, domain.most) for x, domain in zip(candidate.scalars, domains, strict=True)]
    if level.inverse[0] < level.inverse[1]:
        witness["inverse"] = _inside(candidate.inverse, *level.inverse)
    return witness


def _inside(value: float, least: fmpq | None, most: fmpq | None) -> str:
    """A float as an exact rational of an interval."""
    exact = Fraction(value)
    low, high = (exact if end is None else fraction(end) for end in (least, most))
    return text(max(low, min(high, exact)))


def _lower_witness(level: UnitLevel, point: UnitPoint, bits: int, shrink: float) -> Data:
    """The affine minorants at the point, and S in its two parts: T = F F' on means, E = K K' on spreads."""
    rows, slopes = minorants_at(level, point, bits, shrink)
    across, own = gathered(level, [[row.weight * x for x in found] for row, found in zip(level.rows, slopes, strict=True)])
    m, kinds = level.multiplicity, level.kinds
    means, spreads = as_array(np.zeros((level.nodes, level.nodes))), as_array(np.zeros((level.nodes, kinds)))
    for i in range(level.nodes):
        for j in range(level.nodes):
            if i // kinds != j // kinds:
                means[i, j] = (across[i][j] + across[j][i]) / (2 * m[i] * m[j])
                continue
            a, b = i % kinds, j % kinds
            inside = (own[i][b] + own[j][a]) / (2 * m[i])
            if i == j:
                inside += level.constraint[i].weight * level.copies[i] / 2
            between = (across[i][j] + across[j][i]) / (2 * m[i] * (m[i] - 1)) if m[i] > 1 else arb(0)
            spreads[i, b] = inside - between if m[i] > 1 else arb(0)
            means[i, j] = (inside + (m[i] - 1) * between) / m[i] if m[i] > 1 else inside
    for i, multiplier in enumerate(_multipliers(level, point, across, own)):
        a = i % kinds
        spreads[i, a] += multiplier if m[i] > 1 else 0
        means[i, i] += multiplier / m[i] if m[i] > 1 else multiplier
    # half of the margin that shrunk slopes leave stays on the diagonal, to take up what rounding leaves
    kept = [arb(shrink) * norm.weight * n / 4 for norm, n in zip(level.constraint, level.copies, strict=True)]
    firsts = range(0, level.nodes, kinds)
    return {
        "rows": rows,
        "factor": matrix(_root(means, [x / m[i] for i, x in enumerate(kept)], bits), bits),
        "spreads": [
            matrix(_root(spreads[i : i + kinds], kept[i : i + kinds], bits) if m[i] > 1 else as_array(np.zeros((kinds, 0))), bits)
            for i in firsts
        ],
    }


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
        return _cholesky([[(y - kept[i] if i == j else y).mid() for j, y in enumerate(row)] for i, row in enumerate(target.tolist())])
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


def _similarities(level: UnitLevel, point: UnitPoint) -> tuple[Floats, Floats]:
    """Similarities within a unit (u, R) and across units (u, u) of a point, in floats, over no temperature."""
    table = np.array([[float(x.mid() / point.inverse) for x in row] for row in point.similar])
    return table[:, level.nodes :], table[:, : level.nodes]


def _rank(level: UnitLevel, witness: Data) -> int:
    """The rank of a witness's Gram matrix: of its means, and of the spreads of each type, once for every unit but one."""
    rank = len(witness["means"]["rows"][0])
    for t, entry in enumerate(witness["spreads"]):
        roots = np.array([[x / 2 ** entry["bits"] for x in row] for row in entry["rows"]])
        rank += int(np.linalg.matrix_rank(roots)) * (level.multiplicity[t * level.kinds] - 1) if roots.size else 0
    return rank
