"""A problem as the data of a claim, exactly as certificates write it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from scverify.model.constraints import Constraint, NonNegative, Ridge, Sphere, norm_constraint
from scverify.symbolic.losses import ClassTable, CoefficientRule, SampleTable

if TYPE_CHECKING:
    from scverify.model.problem import Problem

Data = dict[str, Any]


def problem_data(problem: Problem) -> Data:
    """The whole problem as a claim states it: formula, coefficients, sizes, tau, constraint, dimension."""
    data: Data = {
        "formula": problem.loss.formula.tree,
        "coefficients": _coefficients(problem.loss.coefficients),
        "sizes": list(problem.classes.sizes),
        "tau": str(problem.temperature),
        "constraint": constraint_data(problem.constraint),
        "singletons": problem.singletons,
        "reduction": problem.reduction,
    }
    if problem.dim is not None:
        data["dim"] = problem.dim
    return data


def constraint_data(constraint: Constraint) -> Data:
    """A constraint as claims write it."""
    norm, nonnegative = norm_constraint(constraint), isinstance(constraint, NonNegative)
    if isinstance(norm, Ridge):
        return {"kind": "ridge", "weight": str(norm.weight), "nonnegative": nonnegative}
    kind = "sphere" if isinstance(norm, Sphere) else "ball"
    return {"kind": kind, "rho": str(norm.rho), "nonnegative": nonnegative}


def _coefficients(table: CoefficientRule | ClassTable | SampleTable) -> Data:
    if isinstance(table, CoefficientRule):
        return {"kind": "rule", **deepcopy(table.stated)}
    return {
        "kind": "classes" if isinstance(table, ClassTable) else "samples",
        "weight": [str(x) for x in table.weight],
        "c": [[str(x) for x in row] for row in table.c],
        "q": [[str(x) for x in row] for row in table.q],
    }
