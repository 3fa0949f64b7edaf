"""A problem as the data of a claim, exactly as certificates write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from scverify.model.constraints import Constraint, NonNegative, Ridge, Sphere, norm_constraint
from scverify.symbolic.losses import ClassTable, CoefficientRule, SampleTable
from scverify.symbolic.printers import to_kernel

if TYPE_CHECKING:
    from scverify.model.problem import Problem

Data = dict[str, Any]
ENTRIES = ("weight", "positive_c", "positive_q", "negative_c", "negative_q")


def problem_data(problem: Problem) -> Data:
    """The whole problem as a claim states it: formula, coefficients, sizes, tau, constraint, dimension."""
    data: Data = {
        "formula": to_kernel(problem.loss.formula.expression),
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
        return {"kind": "rule", **{name: rule_data(getattr(table, name)) for name in ENTRIES}}
    return {
        "kind": "classes" if isinstance(table, ClassTable) else "samples",
        "weight": [str(x) for x in table.weight],
        "c": [[str(x) for x in row] for row in table.c],
        "q": [[str(x) for x in row] for row in table.q],
    }


def rule_data(expression: sympy.Expr) -> Any:
    """A rational expression in the class sizes as nested lists."""
    if isinstance(expression, sympy.Rational):
        return str(expression)
    if isinstance(expression, sympy.Symbol):
        return expression.name
    if isinstance(expression, sympy.Pow):
        return ["pow", rule_data(expression.base), int(expression.exp)]
    head = "add" if isinstance(expression, sympy.Add) else "mul"
    return [head, *(rule_data(argument) for argument in expression.args)]
