"""The class problem as a loss on nodes: one vector for each class, which stands for all its samples (MATH 3, 11)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from scverify.errors import InputError, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.model.level import group_level, refused
from scverify.model.nodes import NodeLoss, NodeRow
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem


def collapsed_problem(problem: Problem) -> UnitProblem:
    """The problem of collapsed classes: a node for each class, whose row holds its own similarity for the samples beside the anchor.

    On the sphere its minimum is that of the problem in every dimension (N1); its other critical points are those of collapsed
    configurations alone. Raises InputError where classes cannot be merged.

    >>> collapsed_problem(Problem("supcon", (3, 2), dim=2)).loss
    <NodeLoss: supcon of collapsed classes 3,2, 2 × class>
    """
    must_be(problem, Problem, "problem", "a Problem")
    k = problem.classes.k
    try:
        level = group_level(problem, [(c,) for c in range(k)])
    except Rejected as refusal:
        raise refused(problem, refusal) from refusal
    except Unresolved as refusal:
        raise InputError(f"classes of {problem} ({refusal})", "classes that can be merged", "take a loss of another kind") from refusal
    rows = tuple(
        NodeRow(
            anchor=c, formula=problem.loss.formula, weight=_exact(level.weight[c]), c=_entries(level.c[c], c), q=_entries(level.q[c], c)
        )
        for c in range(k)
        if level.weight[c] != 0
    )
    loss = NodeLoss(f"{problem.loss.name} of collapsed classes {problem.classes}", ("class",), (0,) * k, rows, k)
    return UnitProblem(loss, problem.temperature, problem.constraint, dim=problem.dim)


def _entries(merged: list[Any], c: int) -> dict[int, Fraction]:
    """Coefficients by class: the last one of the level is that of the class itself."""
    return {d: _exact(merged[-1] if d == c else value) for d, value in enumerate(merged[:-1])}


def _exact(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))
