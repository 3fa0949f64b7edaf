"""The optimum of the "in" form of supervised contrast on the sphere, through its convex minorant: the "out" form's (MATH 9, N12)."""

from __future__ import annotations

from dataclasses import replace

from scverify.certify.claims import certificate
from scverify.errors import InputError, Undecided
from scverify.kernel.certificate import Rejected
from scverify.kernel.optimum.minorant import convex_class_rows
from scverify.model.constraints import Sphere, norm_constraint
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.symbolic.losses import Loss, supcon_in, supcon_row

REASON = "the loss is not convex: its value is proved through a convex minorant, of its minimisers nothing is"


def convex_twin(problem: Problem) -> Problem | None:
    """The problem of the "out" form with the same coefficients; None unless the loss has the "in" form, on a sphere.

    Raises InputError where the coefficients are none of a minorant.
    """
    if problem.loss.formula.tree != supcon_in.formula.tree or not isinstance(norm_constraint(problem.constraint), Sphere):
        return None
    try:
        convex_class_rows(problem.stated, "groups")
    except Rejected as refusal:
        allowed = "coefficients q that sum to 1 over an anchor's positives"
        raise InputError(f"loss {problem.loss.name}: {refusal}", allowed, "change the coefficients") from refusal
    return problem.replace(loss=Loss(f"{problem.loss.name}, convex", supcon_row, problem.loss.coefficients))


def of_twin(problem: Problem, found: Optimum) -> Optimum:
    """The twin's bounds as bounds of the problem: the kernel checks that the minorant is one."""
    if found.level != "groups":
        raise Undecided(f"no bound for {problem}: its convex minorant has no level of groups")
    stated = found.proofs["optimum.json"]
    claim = {**stated["claim"], "problem": problem_data(problem)}
    proofs = {"optimum.json": certificate(claim, stated["witness"], stated["precision"])}
    return replace(found, problem=problem, radius=None, radius_reason=REASON, rank=None, rank_reason=REASON, proofs=proofs)
