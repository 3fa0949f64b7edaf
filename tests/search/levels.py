"""Levels that only tests ask for."""

from scverify.model.level import WorkingLevel, group_level
from scverify.model.problem import Problem


def class_level(problem: Problem) -> WorkingLevel:
    """Every class a node, interchangeable or not."""
    return group_level(problem, [(c,) for c in range(problem.classes.k)])
