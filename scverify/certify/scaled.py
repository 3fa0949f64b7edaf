"""Optima of losses with a constant factor, such as a loss in bits or one times the temperature: of the loss without it, scaled back."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log10

from flint import arb, ctx, fmpq

from scverify.certify.claims import certificate
from scverify.certify.dyadics import above, below, places_for, text
from scverify.kernel.formula import evaluate_constant, parse
from scverify.kernel.optimum.scaled import constant_factor
from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum


def without_factor(problem: Problem) -> Problem | None:
    """The problem with the loss's constant factor taken out; None where it has none, and under a ridge, which has no such factor."""
    row = problem.loss.formula.without_factor
    if row is None or isinstance(norm_constraint(problem.constraint), Ridge):
        return None
    return problem.replace(loss=replace(problem.loss, formula=row))


def digits_without_factor(problem: Problem, digits: int | None) -> int | None:
    """How many digits of the unscaled optimum give so many of the scaled one."""
    return None if digits is None else max(1, digits + 1 + ceil(log10(float(_factor(problem).upper()))))


def of_unscaled(problem: Problem, found: Optimum) -> Optimum:
    """The optimum of a problem from that of the same problem without the factor."""
    with ctx.workprec(found.precision):
        size = _factor(problem)
        low, high = (size * fmpq(end.numerator, end.denominator) for end in (found.lower, found.upper))
        places = places_for((high - low).upper())
        lower, upper = below(low, places), above(high, places)
    claim = {"type": "Optimum", "problem": problem_data(problem), "lower": text(lower), "upper": text(upper)}
    witness = {"form": "scaled", "lower": text(found.lower), "upper": text(found.upper), "witness": found.certificate["witness"]}
    proofs = {"optimum.json": certificate(claim, witness, found.precision)}
    if unique := found.proofs.get("uniqueness.json"):
        of_both = unique["claim"] | {"problem": problem_data(problem)}
        proofs["uniqueness.json"] = certificate(of_both, {"form": "scaled", "witness": unique["witness"]}, unique["precision"])
    rank, rank_reason = found.rank, found.rank_reason
    if rank is not None and unique is None:
        rank, rank_reason = None, "what proves it is about the loss without its constant factor"
    return replace(
        found,
        problem=problem,
        rank=rank,
        rank_reason=rank_reason,
        lower=lower,
        upper=upper,
        multipliers=tuple(float(size) * x for x in found.multipliers),
        proofs=proofs,
    )


def _factor(problem: Problem) -> arb:
    factor, _ = constant_factor(parse(problem.loss.formula.tree))
    tau = problem.temperature
    size: arb = evaluate_constant(factor, arb(fmpq(tau.numerator, tau.denominator)), arb)
    return size
