"""Problems on classes at the level of samples, as problems on nodes: every sample a unit of its own (MATH 3, 9)."""

from __future__ import annotations

from typing import Any

from ..level import level_of
from ..problem import read_problem
from .level import UnitLevel, UnitRow, check_row


def level_of_classes(data: Any) -> UnitLevel:
    """The level of samples of a problem on classes, the self entry of a row being that of its own unit; Rejected where there is none."""
    problem = read_problem(data)
    exact = level_of(problem, "samples", None)
    rows = [
        UnitRow(anchor=i, formula=problem.formula, weight=exact.weight[i], c=exact.c[i], q=exact.q[i], tau=problem.tau)
        for i in range(exact.nodes)
        if exact.weight[i] != 0
    ]
    for row in rows:
        check_row(row)
    one = [1] * exact.nodes
    return UnitLevel(kinds=1, multiplicity=one, copies=one, constraint=[problem.constraint] * exact.nodes, rows=rows)
