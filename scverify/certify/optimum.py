"""The certified optimum of a problem: a float candidate, refined until the kernel's lower and upper bound are as close as asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from flint import arb, ctx

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, places_for, text
from scverify.certify.minorant import convex_twin, of_twin
from scverify.certify.precise import float_midpoints
from scverify.certify.rank_one import optimum_of_rank_one, rank_one_optimum, shortfall_of
from scverify.certify.refine import PrecisePoint, bounded_candidate, precise_point, vector_bits
from scverify.certify.scaled import digits_without_factor, of_unscaled, without_factor
from scverify.certify.trace import trace_witness
from scverify.certify.unbounded import unbounded
from scverify.certify.uniqueness import Uniqueness, uniqueness
from scverify.certify.witness import DualPoint, class_multipliers, dual_at, lower_witness, upper_witness
from scverify.errors import BelowRank, InputError, Undecided, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.least import least_of_rows
from scverify.kernel.level import Level
from scverify.kernel.optimum.bounds import lower_bound
from scverify.kernel.optimum.feasible import FeasiblePoint, feasible_point, upper_bound
from scverify.model.constraints import NonNegative
from scverify.model.data import problem_data
from scverify.model.exact import whole
from scverify.model.level import WorkingLevel, interchangeable, smallest_level
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.results.unbounded import UnboundedBelow
from scverify.search.candidate import Candidate
from scverify.search.rank_one import RankOneRefused
from scverify.symbolic.shape import is_known_convex

START_BITS = 112  # twice float64: one certificate for most problems
MAX_PRECISION = 8192  # 2,400 digits; problems that need more are named as undecided
RELATIVE_GOAL = arb("1e-16")  # as good as float64 shows
GUARD = 32  # bits that sums lose
SMALL_LEVEL = 64  # nodes up to which a second solution costs less than a second
# singular values over the largest: noise, a gap that may be the rank, how many gaps are tried
NO_DIRECTION, DROP, MOST_DROPS = 1e-6, 0.1, 3
SETTLING_ROUNDS = 5  # each doubles the bits
# up to this many groups the general form takes ten milliseconds, and gives twice the digits
MOST_IN_GENERAL_FORM = 9


@dataclass(frozen=True)
class _Attempt:
    """What one precision gave: both bounds in balls, the kernel's point, and the witness behind them."""

    bits: int
    lower: arb
    upper: arb
    point: FeasiblePoint
    precise: PrecisePoint
    dual: DualPoint
    witness: Data

    @property
    def precision(self) -> int:
        return self.bits + GUARD

    @property
    def gap(self) -> arb:
        return (self.upper - self.lower).upper()


def optimum(problem: Problem, digits: int | None = None, solver: str = "auto", max_precision: int = MAX_PRECISION) -> Optimum:
    """Certify the minimum of the relaxation of a problem with a convex row formula, or of the "in" form on a sphere (MATH 3, 4.1-4.3, 9).

    digits: ask for an absolute gap below 10^-digits (default: a relative one of 1e-16, of 1e-12 for more than nine groups). Raises
    InputError for a row formula that is not convex, BelowRank for a dim below the optimum's rank; MissingTool for a solver that is not
    there; Undecided where no bound is found.

    >>> found = optimum(Problem("supcon", (5, 4), temperature="1/2"))
    >>> found.lower <= found.upper < found.lower + Fraction(1, 10**12), found.rank
    (True, 1)
    """
    must_be(problem, Problem, "problem", "a Problem here, and a UnitProblem to unit_optimum")
    must_be(solver, str, "solver", "a name such as 'auto'")
    if digits is not None:
        whole(digits, "digits", 1)
    whole(max_precision, "max_precision", 1)
    started = time.perf_counter()
    if not is_known_convex(problem.loss.formula):
        twin = convex_twin(problem)
        if twin is not None:
            return of_twin(problem, optimum(twin, digits=digits, solver=solver, max_precision=max_precision))
        raise InputError(
            f"loss {problem.loss.name}, whose row formula is not known to be convex",
            "a convex row for `optimum`",
            "the relaxation bounds nothing here; look at its critical points instead",
        )
    bare = without_factor(problem)
    if bare is not None:
        unscaled = optimum(bare, digits=digits_without_factor(problem, digits), solver=solver, max_precision=max_precision)
        return of_unscaled(problem, unscaled)
    if solver in ("auto", "rank-one") and len(interchangeable(problem)) > MOST_IN_GENERAL_FORM:
        found = rank_one_optimum(problem, None if digits is None else arb(10) ** (-digits) / 2, max_precision)
        if found is not None:
            _check_dimension(problem, found.dimensions)
            return optimum_of_rank_one(problem, found, digits, started)
    return general_optimum(problem, digits, solver, max_precision)


def general_optimum(problem: Problem, digits: int | None = None, solver: str = "auto", max_precision: int = MAX_PRECISION) -> Optimum:
    """The same in the general form, whose witness holds a feasible point (MATH 4.1-4.3): other certificates build on it."""
    started = time.perf_counter()
    level = smallest_level(problem.replace(dim=None))  # the dimension is compared with the point's rank afterwards
    try:
        candidate, best = _searched(level, solver, digits, max_precision)
    except Undecided:
        found_ray = unbounded(problem)
        if found_ray is None:
            raise
        raise UnboundedBelow(found_ray) from None
    data = problem_data(problem)
    _check_dimension(problem, _dimensions(level, best.precise, isinstance(problem.constraint, NonNegative)))
    best, unique = _settled(candidate, data, best, max_precision)
    return _as_result(problem, candidate, data, best, unique, digits, started)


def _searched(level: WorkingLevel, solver: str, digits: int | None, max_precision: int) -> tuple[Candidate, _Attempt]:
    """A candidate and its bounds. "auto" falls back on the factorised search where a root in floats leads to none in more digits."""
    candidate = _best_rank(bounded_candidate(level, solver))
    try:
        return candidate, _refined(candidate, digits, max_precision)
    except Undecided:
        if solver != "auto" or candidate.solver != "rank-one":
            raise
    candidate = _best_rank(bounded_candidate(level, "factorised"))
    return candidate, _refined(candidate, digits, max_precision)


def _best_rank(candidate: Candidate) -> Candidate:
    """The candidate with small directions of its means left out, where that gives the smaller gap.

    Near tiny temperatures the loss is flat to floats, and a search leaves directions that Newton's method cannot shrink to zero.
    """
    if candidate.roots is not None or isinstance(candidate.level.problem.constraint, NonNegative) or not candidate.means.size:
        return candidate
    left, sizes, _ = np.linalg.svd(candidate.means, full_matrices=False)
    whole = int((sizes > NO_DIRECTION * sizes[0]).sum())
    drops = [rank for rank in range(1, whole) if sizes[rank] < DROP * sizes[rank - 1]]
    ranks = [whole, *sorted(drops, key=lambda rank: sizes[rank] / sizes[rank - 1])[:MOST_DROPS]]
    choices = [replace(candidate, means=left[:, :rank] * sizes[:rank]) for rank in ranks]
    if len(choices) == 1:
        return choices[0]
    gaps = [_gap_or_infinity(choice) for choice in choices]
    return choices[min(range(len(choices)), key=lambda i: float(gaps[i]))]


def _gap_or_infinity(candidate: Candidate) -> arb:
    try:
        return _attempt(candidate, START_BITS).gap
    except (Unresolved, Rejected):
        return arb("inf")


def _refined(candidate: Candidate, digits: int | None, max_precision: int) -> _Attempt:
    """Raise the precision until the gap is as asked, no longer shrinks, or the cap is reached."""
    bits = START_BITS if digits is None else max(START_BITS, int(digits * 3.33) + 64)
    best: _Attempt | None = None
    reason = "no precision was tried"
    while bits <= max_precision:
        try:
            attempt = _attempt(candidate, bits)
        except (Unresolved, RankOneRefused) as unresolved:
            reason, bits = str(unresolved), 2 * bits
            continue
        except Rejected as rejection:
            raise Undecided(f"no bound at the point that {candidate.solver} gave: {rejection}") from rejection
        missing = _missing_bits(attempt, digits)
        stalled = best is not None and not attempt.gap < best.gap / 2
        best = attempt if best is None or attempt.gap < best.gap else best
        if missing <= 0 or stalled:
            break
        bits = min(max_precision, bits + max(32, missing + 16)) if bits < max_precision else max_precision + 1
    if best is None:
        raise Undecided(f"no finite bound within {max_precision} bits: {reason}; raise --max-precision")
    return best


def _missing_bits(attempt: _Attempt, digits: int | None) -> int:
    magnitude = max(attempt.lower.lower(), -attempt.upper.upper())
    goal = magnitude * RELATIVE_GOAL if digits is None else arb(10) ** (-digits) / 2
    if attempt.gap <= goal:
        return 0
    if not goal > 0:  # the interval holds 0: no relative gap yet
        return attempt.bits
    return max(1, int(float((attempt.gap / goal).log().upper()) / 0.69) + 1)


def _attempt(candidate: Candidate, bits: int) -> _Attempt:
    level = candidate.level
    precise = precise_point(candidate, bits)
    dual = dual_at(level, precise, bits)
    trace = trace_witness(level, bits)
    witness: Data = {
        "level": level.name,
        "lower": lower_witness(precise, dual, bits) | ({} if trace is None else {"trace": trace}),
        "upper": upper_witness(precise, vector_bits(level, bits)),
    }
    if level.name == "groups":
        witness["groups"] = [list(group) for group in level.members]
    with ctx.workprec(bits + GUARD):
        point = feasible_point(level, witness["upper"])
        return _Attempt(
            bits=bits,
            lower=lower_bound(level, witness["lower"]),
            upper=upper_bound(level, point),
            point=point,
            precise=precise,
            dual=dual,
            witness=witness,
        )


def _check_dimension(problem: Problem, dimensions: int) -> None:
    if problem.dim is not None and problem.dim < dimensions:
        raise BelowRank(
            f"dim {problem.dim}",
            f"dim >= {dimensions}, the rank of the optimum of the relaxation",
            "raise dim, or ask bounded_optimum for an interval: below it the relaxation need not be tight",
        )


def _settled(candidate: Candidate, data: Data, best: _Attempt, max_precision: int) -> tuple[_Attempt, Uniqueness]:
    """The radius and the rank; on a small level with more bits where those of the gap do not settle them (tiny temperatures)."""
    unique = _uniqueness(candidate.level, data, best)
    for _ in range(SETTLING_ROUNDS if candidate.level.nodes <= SMALL_LEVEL else 0):
        if unique.rank is not None or unique.final or 2 * best.bits > max_precision:
            break
        try:
            best = _attempt(candidate, 2 * best.bits)
        except (Unresolved, Rejected, RankOneRefused):
            break
        unique = _uniqueness(candidate.level, data, best)
    return best, unique


def _uniqueness(exact: Level, data: Data, best: _Attempt) -> Uniqueness:
    with ctx.workprec(best.precision):
        gap = best.upper - best.lower.lower()
        return uniqueness(exact, best.point, gap, data, best.witness, best.precision)


def _as_result(
    problem: Problem, candidate: Candidate, data: Data, best: _Attempt, unique: Uniqueness, digits: int | None, started: float
) -> Optimum:
    level = candidate.level
    with ctx.workprec(best.precision):
        places = places_for(best.gap)
        least, witness = _lower_half(level, best)
        lower, upper = below(least, places), above(best.upper, places)
        lambdas = class_multipliers(level, best.precise, best.dual)
    claim = {"type": "Optimum", "problem": data, "lower": text(lower), "upper": text(upper)}
    certificates = {"optimum.json": certificate(claim, best.witness | {"lower": witness}, best.precision)}
    if unique.certificate is not None:
        certificates["uniqueness.json" if unique.radius is not None else "minimizers.json"] = unique.certificate
    return Optimum(
        problem=problem,
        level=level.name,
        members=level.members,
        lower=lower,
        upper=upper,
        similarities=float_midpoints(best.precise.rows),
        multipliers=lambdas,
        radius=unique.radius,
        radius_reason=unique.radius_reason,
        rank=unique.rank,
        rank_reason=unique.rank_reason,
        solver=candidate.solver,
        status=candidate.status,
        seconds=time.perf_counter() - started,
        precision=best.precision,
        shortfall=shortfall_of(upper - lower, digits),
        digits=digits,
        proofs=certificates,
    )


def _lower_half(level: WorkingLevel, best: _Attempt) -> tuple[arb, Data]:
    """The better of two lower bounds with its witness: that of the dual point, and what the rows are at least by themselves."""
    rows: Data = {"form": "rows"}
    try:
        alone = least_of_rows(level)
    except Unresolved:
        return best.lower, best.witness["lower"]
    return (alone, rows) if alone.lower() > best.lower.lower() else (best.lower, best.witness["lower"])


def _dimensions(level: WorkingLevel, point: PrecisePoint, nonnegative: bool) -> int:
    used = [m for m, spread in zip(level.multiplicity, point.spread, strict=True) if spread != 0]
    return int(point.means.shape[1]) + (sum(used) if nonnegative else sum(used) - len(used))
