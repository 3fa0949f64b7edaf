"""Fewer dimensions than the relaxation needs: an interval between a proved lower bound and the best point known (MATH 11)."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from scverify.certify.checkpoints import Keep
from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dimension.descents import KeptDescents
from scverify.certify.dimension.lower import better_lower
from scverify.certify.dimension.nodes import bounded_on_units
from scverify.certify.dyadics import above, places_for, text
from scverify.certify.optimum import START_BITS, optimum
from scverify.certify.orbit import certify_point
from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.refine import GUARD, PrecisePoint, precise_point, vector_bits
from scverify.certify.witness import upper_witness
from scverify.errors import InputError, Undecided, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.optimum.feasible import feasible_point, upper_bound
from scverify.model.exact import whole
from scverify.model.level import WorkingLevel, group_level, sample_level
from scverify.model.points import AnyProblem
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.bounded import BoundedOptimum
from scverify.results.optimum import Optimum
from scverify.results.points import CriticalPoint
from scverify.search.candidate import Candidate
from scverify.search.objective import Objective

# a search holds a table of classes times classes
MOST_CLASSES = 3_000
# Newton's method in balls solves a system of so many unknowns
MOST_POLISHED = 300
# a critical point of so many coordinates is certified in a few seconds
MOST_COORDINATES = 48


def bounded_optimum(
    problem: AnyProblem, starts: int | None = None, seed: int = 0, *, search: Data | None = None, keep: Keep | None = None
) -> BoundedOptimum:
    """Bound the least loss in the problem's own dimension, below the rank of the relaxation's optimum: not tight, but proved.

    lower: the relaxation's bound, which holds in every dimension, or a better one for equal classes at low temperatures and in one
    dimension. upper: the loss of the best of `starts` descents over the classes (default: 20, fewer for more than 20 classes), on units
    of the best critical point of a search. keep(search) is called now and then and at an interrupt; with that `search` the same call goes
    on where it was. Raises InputError without a dimension, for a row that is not convex, for more than 3,000 classes, for units of more
    than 192 coordinates, and for a `search` that is damaged; Undecided where no bound is found.

    >>> found = bounded_optimum(Problem("supcon", (3, 3, 3, 3), dim=2, temperature="1/20"))
    >>> found.lower_by, float(found.upper - found.lower) < 1e-6
    ('energy of pairs', True)
    """
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    if starts is not None:
        whole(starts, "starts", 1)
    whole(seed, "seed", 0)
    if problem.dim is None:
        raise InputError(f"{problem}", "a problem with a dimension", "give dim, or ask for the optimum in any dimension")
    if isinstance(problem, UnitProblem):
        return bounded_on_units(problem, starts, seed, search, keep)
    if problem.classes.k > MOST_CLASSES:
        raise InputError(f"{problem.classes.k} classes", f"at most {MOST_CLASSES} below the rank", "raise dim to the rank")
    started, level = time.perf_counter(), _level_of_classes(problem)
    descents = KeptDescents(problem, starts or _starts(level.nodes), seed, search, keep)
    relaxed = optimum(problem.replace(dim=None))
    candidate = descents.candidate(level)
    upper, precise, above_it = _upper(problem, candidate)
    lower, lower_by, below_it = relaxed.lower, "relaxation", _relaxed_lower(problem, relaxed)
    vectors = float_midpoints(precise.means)
    if level.name == "groups":
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = vectors / np.where(lengths > 0, lengths, 1.0)
        better = better_lower(problem, unit @ unit.T)
        if better is not None and better[0] > lower:
            lower, lower_by, below_it = better
    point = _point(problem, level, vectors)
    return BoundedOptimum(
        problem=problem,
        lower=lower,
        upper=upper,
        lower_by=lower_by,
        relaxed=relaxed,
        vectors=vectors,
        point=point,
        proofs={"lower.json": below_it, "upper.json": above_it, **({} if point is None else point.certificates)},
        seconds=time.perf_counter() - started,
    )


def _starts(nodes: int) -> int:
    return max(1, min(20, 400 // nodes))


def _level_of_classes(problem: Problem) -> WorkingLevel:
    """Every class a node of its own, in this dimension; the samples where classes do not collapse."""
    try:
        return group_level(problem, [(c,) for c in range(problem.classes.k)])
    except (Rejected, Unresolved):
        return sample_level(problem)


def _upper(problem: Problem, candidate: Candidate) -> tuple[Fraction, PrecisePoint, Data]:
    """The loss at the candidate, by Newton's method in balls where it comes closer, with its certificate."""
    level, tried = candidate.level, []
    few = level.nodes * candidate.means.shape[1] <= MOST_POLISHED
    for make in (precise_point, _as_it_stands) if few else (_as_it_stands,):
        try:
            precise = make(candidate, START_BITS)
            witness: Data = {"level": level.name, "upper": upper_witness(precise, vector_bits(level, START_BITS))}
            if level.name == "groups":
                witness["groups"] = [list(group) for group in level.members]
            with ctx.workprec(START_BITS + GUARD):
                value = upper_bound(level, feasible_point(level, witness["upper"]))
                upper = above(value, places_for(value.rad()))
        except (Rejected, Unresolved, np.linalg.LinAlgError):
            continue
        proof = certificate({"type": "UpperBound", "problem": problem.data, "upper": text(upper)}, witness, START_BITS + GUARD)
        if confirmed(proof) == "VERIFIED":
            tried.append((upper, precise, proof))
    if not tried:
        raise Undecided(
            f"{problem}: no feasible point was certified; allowed: a problem whose loss can be evaluated; raise the temperature"
        )
    return min(tried, key=lambda one: one[0])


def _as_it_stands(candidate: Candidate, bits: int) -> PrecisePoint:

    rows = Objective.floats(candidate.level).similarities(candidate.means, candidate.spread)
    return PrecisePoint(rows=as_array(rows), means=as_array(candidate.means), spread=as_array(candidate.spread))


def _relaxed_lower(problem: Problem, relaxed: Optimum) -> Data:
    """The lower half of the relaxation's certificate, about the problem in its dimension."""
    whole_one = relaxed.certificate
    claim = {"type": "LowerBound", "problem": whole_one["claim"]["problem"] | {"dim": problem.dim}, "lower": whole_one["claim"]["lower"]}
    witness = {name: half for name, half in whole_one["witness"].items() if name != "upper"}
    return certificate(claim, witness, whole_one["precision"])


def _point(problem: Problem, level: WorkingLevel, vectors: NDArray[np.float64]) -> CriticalPoint | None:
    """The critical point over samples that the best point is, where there are few of them."""
    if problem.classes.n * (problem.dim or 0) > MOST_COORDINATES:
        return None
    of = problem.classes.labels if level.name == "groups" else np.arange(problem.classes.n)
    embeddings = np.zeros((problem.dim or 0, problem.classes.n))
    embeddings[: vectors.shape[1]] = vectors[of].T
    try:
        return certify_point(problem, embeddings)
    except InputError:
        return None
