"""A problem with every sample a node, for those who search and certify critical points: the kernel's own derivation (MATH 2, 9)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import parse
from scverify.kernel.level import MAX_NODES
from scverify.kernel.points.nodes import PointLevel, stated_points
from scverify.kernel.units.problem import read_unit_problem
from scverify.kernel.units.written import WrittenNode, places
from scverify.model.level import refused
from scverify.model.nodes import NodeLoss
from scverify.model.problem import Problem
from scverify.model.units import KindConstraint, UnitProblem
from scverify.symbolic.row import RowFormula

AnyProblem = Problem | UnitProblem


def points_claim(problem: AnyProblem) -> dict[str, Any]:
    """What a claim about critical points says of its problem; a problem on units states its dimension beside itself."""
    if isinstance(problem, Problem):
        return {"problem": problem.data}
    return {"problem": problem.data} | ({} if problem.dim is None else {"dim": problem.dim})


def point_level_of(problem: AnyProblem) -> PointLevel:
    """Nodes and rows, every sample a node. Raises InputError where the kernel refuses the problem, and for units without a dimension."""
    if isinstance(problem, UnitProblem) and problem.dim is None:
        raise InputError("a problem without a dimension", "a dimension d >= 1", "give dim (--dim): critical points depend on it")
    try:
        return stated_points(points_claim(problem))
    except Rejected as refusal:
        raise refused(problem, refusal) from refusal


def formula_by_tree(problem: AnyProblem) -> dict[str, RowFormula]:
    """The formulas of the rows, by the kernel's tree in letters."""
    formulas = (problem.loss.formula,) if isinstance(problem, Problem) else problem.loss.formulas
    return {str(parse(formula.tree)): formula for formula in formulas}


def written_nodes(problem: UnitProblem) -> list[WrittenNode]:
    """Type, unit, kind and copy of each node; of nodes that are stated one by one each is a type and a unit of its own.

    Raises InputError for more than the kernel takes.
    """
    if (count := sample_count(problem)) > MAX_NODES:
        raise InputError(f"{problem}: {count} nodes to be written out", f"at most {MAX_NODES}", "give fewer units")
    if isinstance(problem.loss, NodeLoss):
        return [WrittenNode(type=i, unit=i, kind=kind, copy=0) for i, kind in enumerate(problem.loss.nodes)]
    return list(places(read_unit_problem(problem.data)))


def sample_count(problem: AnyProblem) -> int:
    """How many samples, or copies of nodes, there are: the columns of H."""
    if isinstance(problem, Problem):
        return problem.classes.n
    if isinstance(problem.loss, NodeLoss):
        return len(problem.loss.nodes)
    return sum(units * sum(copies) for units, copies in problem.loss.types)


def labels_of(problem: AnyProblem) -> NDArray[np.int64]:
    """The class of each sample, or the unit of each node, (n,)."""
    return problem.classes.labels if isinstance(problem, Problem) else np.array([node.unit for node in written_nodes(problem)])


def node_constraints(problem: AnyProblem) -> list[KindConstraint]:
    """The constraint of each node."""
    if isinstance(problem, Problem):
        return [problem.constraint] * problem.classes.n
    return [problem.constraints[node.kind] for node in written_nodes(problem)]
