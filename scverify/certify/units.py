"""The certified optimum of a loss on units: a float candidate, made exact, with the dual that its slopes suggest (MATH 4.1, 4.2, 9)."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from flint import arb, ctx, fmpz_mat
from numpy.typing import NDArray

from scverify.certify.best_scalar import best_scalars
from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, places_for, text
from scverify.certify.rank_one import shortfall_of
from scverify.certify.refine import GUARD
from scverify.certify.several import several_minimizers
from scverify.certify.turned import turned_minimizers
from scverify.certify.unit_minimizers import unit_minimizers
from scverify.certify.unit_polish import polished_unit_candidate
from scverify.certify.unit_unbounded import unit_unbounded
from scverify.certify.unit_witness import MANY, Margin, unit_lower_witness, unit_upper_witness
from scverify.errors import BelowRank, InputError, Undecided, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.units.bounds import UnitPoint, unit_lower_bound, unit_point, unit_upper_bound
from scverify.kernel.units.level import UnitLevel
from scverify.model.exact import whole
from scverify.model.units import UnitProblem
from scverify.results.unbounded import UnboundedBelow
from scverify.results.units import SeveralMinimizers, UnitOptimum
from scverify.search.unit_candidate import unit_candidate
from scverify.search.units import UnitCandidate

Floats = NDArray[np.float64]
# each twice the one before, until the gap is GOOD
BITS = (128, 256, 512, 1024)
GOOD = arb("1e-15")
MAX_PRECISION, BITS_PER_DIGIT = 8192, 3.33
# directions of a float candidate that are this small beside the largest may be the search's noise; each is tried, and the bounds decide
SMALL = (1e-3, 1e-6, 1e-9, 1e-14)
# under a ridge, slopes shrunk by so much leave S a margin, which takes up rounding: else norms that only the ridge bounds multiply it
SHRINK = (0.0, 1e-13, 1e-11, 1e-9, 1e-7)
# where 0 is the minimum S is positive definite, and norms that nothing bounds cost nothing beside so much of the ridges
AT_ZERO = (1e-2, 1e-5)
# on more nodes one precision has to do, duals are factored in floats, and a gap of this size, relative, is small enough
FEW_BITS, ENOUGH = 64, arb("1e-10")
# the loss at a point hangs on the square of what its rounding moves
FEW_BITS_OF_POINT = 48


@dataclass(frozen=True)
class _Attempt:
    """Bounds at a precision, and the candidate in floats that led to them."""

    bits: int
    candidate: UnitCandidate
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


def unit_optimum(problem: UnitProblem, digits: int | None = None, max_precision: int = MAX_PRECISION) -> UnitOptimum:
    """Certify the minimum of a loss on units over configurations of any dimension.

    digits: ask for an absolute gap below 10^-digits (default: a relative one of 1e-15, of 1e-10 on more than 40 nodes). Raises BelowRank
    where the problem has fewer dimensions than the configuration that attains it, InputError where the kernel refuses the problem (rows
    that are not convex, copies that need not coincide), UnboundedBelow where a ray shows that there is no minimum, and Undecided where
    no bound is found.

    >>> found = unit_optimum(UnitProblem(losses.clip(pairs=8), temperature="7/100"))
    >>> found.gap <= found.upper / 10**12
    True
    """
    must_be(problem, UnitProblem, "problem", "a UnitProblem here, and a Problem to optimum")
    if digits is not None:
        whole(digits, "digits", 1)
    whole(max_precision, "max_precision", 1)
    started = time.perf_counter()
    best, level = _least(problem, max_precision), problem.level
    if digits is not None:
        best = _to_digits(problem, best, digits, max_precision)
    with ctx.workprec(best.bits + GUARD):
        places = max(places_for(best.gap), 0 if digits is None else digits + 2)
        lower, upper = below(best.lower, places), above(best.upper, places)
    claim = {"type": "UnitOptimum", "problem": problem.data, "lower": text(lower), "upper": text(upper)}
    own, others = _similarities(level, best.point)
    rank = _rank(level, best.witness["upper"]) if level.is_plain else _rank_of_gram(level, own, others)
    _check_dimension(problem, level, rank)

    def bound(narrower: UnitLevel) -> tuple[arb, Data]:
        # beyond the loss of a point any bound will do
        attempt, refusal = _attempted(problem, narrower, best.bits, wanted=best.upper)
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
        minimizers=unit_minimizers(level, problem.data, best.witness, best.gap, best.bits + GUARD),
        several=_several(problem, best),
        scalars=best_scalars(problem, best.witness["upper"], best.upper, bound, best.bits + GUARD),
        shortfall=shortfall_of(upper - lower, digits),
        digits=digits,
    )


def _least(problem: UnitProblem, max_precision: int) -> _Attempt:
    """The best attempt; UnboundedBelow where there is none and a ray shows why."""
    try:
        level = problem.level
    except Rejected as refusal:
        raise InputError(f"{problem}: {refusal}", "a loss on units that the checker can decide", "change the loss") from refusal
    except Unresolved as open_question:
        raise Undecided(f"no bound for {problem}: {open_question}") from open_question
    try:
        best, reason = _attempted(problem, level, max_precision)
        if best is None:
            raise Undecided(f"no bound for {problem}: {reason}")
        return best
    except Undecided:
        ray = unit_unbounded(problem)
        if ray is None:
            raise
        raise UnboundedBelow(ray) from None


def _check_dimension(problem: UnitProblem, level: UnitLevel, rank: int) -> None:
    if problem.dim is not None and not level.is_plain:
        what = "fixed nodes" if level.fixed is not None else "H >= 0"
        raise InputError(f"{what} in dimension {problem.dim}", "any dimension: how many it needs is not certified", "drop dim")
    if problem.dim is not None and problem.dim < rank:
        raise BelowRank(f"{problem}", f"d >= {rank}, the rank of the optimum over all dimensions", "raise dim, or leave it out")


def _several(problem: UnitProblem, best: _Attempt) -> SeveralMinimizers | None:
    """Minimisers apart: a side of the nodes turned, or rows that all attain their least values; None where none are shown."""
    turned = turned_minimizers(problem, best.witness, best.gap, best.bits + GUARD)
    return several_minimizers(problem) if turned is None and "form" in best.witness["lower"] else turned


def _attempted(problem: UnitProblem, level: UnitLevel, max_precision: int, wanted: arb | None = None) -> tuple[_Attempt | None, str]:
    """The best attempt at a problem, or at a level of it in which scalars are fixed; the first with a bound above what is wanted."""
    try:
        with np.errstate(all="ignore"):
            candidate = unit_candidate(problem, level)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise Undecided(f"the search ran away from {problem}: its loss may be unbounded below ({error})") from error
    best, reason = _best(level, candidate, max_precision, wanted)
    if best is None and all(norm.kind == "ridge" for norm in level.constraint):
        best = _best_at_zero(level, candidate)
    elif best is not None:
        best = replace(best, candidate=candidate)
    if best is None or level.nodes > MANY or best.relative < GOOD or not _has_newton(level):
        return best, reason
    return _polished(problem, best, best.bits, GOOD * abs(best.upper)), reason


def _has_newton(level: UnitLevel) -> bool:
    """Whether candidates are polished: Newton's method knows neither free scalars nor signs."""
    return not level.over_temperature and not any(norm.nonnegative for norm in level.constraint)


def _to_digits(problem: UnitProblem, best: _Attempt, digits: int, max_precision: int) -> _Attempt:
    """The best attempt at more and more bits, until its gap is as small as it was asked for or no longer shrinks."""
    goal, bits = arb(10) ** -digits / 2, max(best.bits, int(digits * BITS_PER_DIGIT) + GUARD)
    while not best.gap < goal and bits <= max_precision:
        better = _polished(problem, best, bits, goal)
        if not better.gap < best.gap:
            break
        best, bits = better, 2 * bits
    return best


def _best(level: UnitLevel, candidate: UnitCandidate, max_precision: int, wanted: arb | None) -> tuple[_Attempt | None, str]:
    """The attempt of least gap over precisions, over what counts as noise in the candidate, and over margins."""
    best: _Attempt | None = None
    reason = "no precision was tried"
    many = level.nodes > MANY
    precisions = [FEW_BITS] if many else [bits for bits in BITS if bits <= max_precision]
    margins = SHRINK if all(norm.kind == "ridge" for norm in level.constraint) else SHRINK[:1]
    good = ENOUGH if many else GOOD
    for bits, small, shrink in product(precisions, SMALL, margins[2 * (many and len(margins) > 1) :]):
        try:
            # half of the margin that shrunk slopes leave
            attempt = _attempt(level, _cleaned(level, candidate, small), bits, Margin(shrink, shrink / 4))
        except (Unresolved, Rejected) as refusal:
            reason = str(refusal)
            continue
        if best is None or attempt.gap < best.gap:
            best = attempt
        settled = wanted is not None and (best.lower > wanted or best.upper < wanted)
        if settled or best.relative < good:
            break
    return best, reason


def _best_at_zero(level: UnitLevel, candidate: UnitCandidate) -> _Attempt | None:
    """The attempt at H = 0."""
    zero = replace(candidate, means=candidate.means[:, :0], spreads=0 * candidate.spreads)
    for kept in AT_ZERO:
        with suppress(Unresolved, Rejected):
            return _attempt(level, zero, BITS[0], Margin(0.0, kept))
    return None


def _polished(problem: UnitProblem, best: _Attempt, bits: int, goal: arb) -> _Attempt:
    """The best attempt at its candidate with more digits than floats have, where there is a better one."""
    level = problem.level
    for small in SMALL:
        try:
            cleaned = _cleaned(level, best.candidate, small)
            precise = polished_unit_candidate(problem, cleaned, bits) if _has_newton(level) else cleaned
            attempt = _attempt(level, precise, bits, Margin(0.0, 0.0))
        except (Unresolved, Rejected, np.linalg.LinAlgError, ValueError, OverflowError):
            continue
        if attempt.gap < best.gap:
            best = replace(attempt, candidate=best.candidate)
        if best.gap < goal:
            break
    return best


def _cleaned(level: UnitLevel, candidate: UnitCandidate, small: float) -> UnitCandidate:
    """The candidate in as few directions as it has: means by their singular vectors, each type's spread roots by theirs.

    Signed nodes have coordinates, which nothing may turn.
    """
    if any(norm.nonnegative for norm in level.constraint):
        return candidate
    means, sizes, _ = np.linalg.svd(candidate.means, full_matrices=False)
    spreads = np.zeros_like(candidate.spreads)
    largest = max(1e-300, float(np.sqrt((candidate.means**2).sum(axis=1) + (candidate.spreads**2).sum(axis=1)).max()))
    for first in range(0, level.nodes, level.kinds):
        rows = slice(first, first + level.kinds)
        left, values, _ = np.linalg.svd(candidate.spreads[rows])
        spreads[rows] = left * np.where(values > small * largest, values, 0.0)
    kept = sizes > small * largest
    means = means[:, kept] * sizes[kept]
    # turned so that the entries above the diagonal are 0, which a file holds in a letter
    means = np.tril(np.linalg.qr(means.T)[1].T) if level.nodes > MANY else means
    return replace(candidate, means=means, spreads=spreads)


def _attempt(level: UnitLevel, candidate: UnitCandidate, bits: int, margin: Margin) -> _Attempt:
    with ctx.workprec(bits + GUARD):
        upper = unit_upper_witness(level, candidate, FEW_BITS_OF_POINT if level.nodes > MANY else bits)
        point = unit_point(level, upper)
        value = unit_upper_bound(level, point)
        lower = unit_lower_witness(level, point, bits, margin)
        least = unit_lower_bound(level, lower)
        rows: Data = {"form": "rows"}
        with suppress(Unresolved):
            alone = unit_lower_bound(level, rows)
            least, lower = (alone, rows) if alone.lower() > least.lower() else (least, lower)
        return _Attempt(bits, candidate, least, value, point, {"upper": upper, "lower": lower})


def _similarities(level: UnitLevel, point: UnitPoint) -> tuple[Floats, Floats]:
    """Similarities within a unit (u, R) and across units (u, u) of a point, in floats, over no temperature."""
    table = np.array([[float(x.mid() / point.inverse) for x in row] for row in point.similar])
    return table[:, level.nodes :], table[:, : level.nodes]


def _rank(level: UnitLevel, witness: Data) -> int:
    """The rank of a witness's Gram matrix, exactly: of its means, and of the spreads of each type, once for every unit but one."""
    spreads = zip(witness["spreads"], level.multiplicity[:: level.kinds], strict=True)
    return int(fmpz_mat(witness["means"]["rows"]).rank() + sum(fmpz_mat(entry["rows"]).rank() * (m - 1) for entry, m in spreads))


def _rank_of_gram(level: UnitLevel, own: Floats, others: Floats) -> int:
    """The rank of a Gram matrix by its eigenvalues in floats: signed and fixed nodes have more coordinates than directions."""
    m, of = np.array(level.multiplicity, dtype=np.float64), np.arange(level.nodes) // level.kinds
    same = of[:, None] == of
    inside = np.where(same, own[:, np.arange(level.nodes) % level.kinds], 0.0)
    between = np.where(same & (m == 1)[:, None], 0.0, others)
    means = np.where(same, inside + (m - 1)[:, None] * between, np.sqrt(np.outer(m, m)) * between)
    rank = int(np.linalg.matrix_rank(means, 1e-9, hermitian=True))
    for first in range(0, level.nodes, level.kinds):
        unit = slice(first, first + level.kinds)
        rank += int(np.linalg.matrix_rank((inside - between)[unit, unit], 1e-9, hermitian=True)) * (level.multiplicity[first] - 1)
    return rank
