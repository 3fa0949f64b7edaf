"""The level of groups: a node for each set of interchangeable classes, and the hypothesis R1 of the reduction to it (MATH 3)."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from .certificate import integer, items, require
from .formula import is_additive
from .level import BYTES_OF_PAIR, MAX_NODES, Coefficients, Level
from .limits import afford
from .problem import StatedProblem


def read_groups(data: Any, problem: StatedProblem, of: Coefficients) -> list[list[int]]:
    """A partition of the classes into sets whose members can be swapped without changing a coefficient."""
    k = len(problem.sizes)
    groups = [[integer(c, "a class of a group", 0, k - 1) for c in items(group, "a group")] for group in items(data, "groups")]
    require(sorted(c for group in groups for c in group) == list(range(k)), "the groups are not a partition of the classes")
    require(all(groups) and len(groups) <= MAX_NODES, "a group is empty, or there are too many groups")
    for group in groups:
        require(len({problem.sizes[c] for c in group}) == 1, "R1 fails: a group holds classes of different sizes")
        if of.kind == "classes":
            from .tables import swappable

            for other in group[1:]:
                require(
                    swappable(of.weights, of.tables, group[0], other), "R1 fails: swapping two classes of a group changes a coefficient"
                )
    return groups


def merged_level(problem: StatedProblem, data: Any) -> Level:
    """The level of the groups of a witness, by R1 alone: its points are points of the problem."""
    require(is_additive(problem.formula), "R1 fails: the formula is not linear in its coefficients")
    of = Coefficients(problem)
    require(of.kind != "samples", "R1 fails: the coefficients depend on samples")
    return _merged(problem, of, read_groups(data, problem, of))


def _merged(problem: StatedProblem, of: Coefficients, groups: list[list[int]]) -> Level:
    """Merge equal similarities: a node's coefficient is the number of samples behind it times theirs."""
    afford(f"a level of {len(groups)} nodes", size=BYTES_OF_PAIR * len(groups) ** 2)
    first = [group[0] for group in groups]
    mass = [problem.sizes[c] for c in first]
    samples = [len(group) * size for group, size in zip(groups, mass, strict=True)]
    multiples: dict[fmpq, list[fmpq]] = {}

    def row(name: str, g: int) -> list[fmpq]:
        afford("the coefficients of a level")
        beside = first[:g] + first[g + 1 :]
        if of.kind == "rule" and beside and not of.by_other[f"negative_{name}"]:
            others = [of.entry(name, first[g], beside[0])] * len(beside)  # the rule does not look at them
        else:
            others = [of.entry(name, first[g], other) for other in beside]
        if others and all(x is others[0] for x in others):
            # one coefficient for all other classes: its multiples are computed once for all rows
            every = multiples.setdefault(others[0], [n * others[0] for n in samples])
            between = every[:g] + every[g + 1 :]
        else:
            between = [n * x for n, x in zip(samples[:g] + samples[g + 1 :], others, strict=True)]
        within = (len(groups[g]) - 1) * mass[g] * of.entry(name, groups[g][0], groups[g][1]) if len(groups[g]) > 1 else fmpq(0)
        return [*between[:g], within, *between[g:], (mass[g] - 1) * of.entry(name, first[g], first[g])]

    return Level(
        formula=problem.formula,
        tau=problem.tau,
        constraint=problem.constraint,
        dim=problem.dim,
        name="groups",
        multiplicity=[len(group) for group in groups],
        mass=mass,
        weight=[n * of.weight(c) for n, c in zip(samples, first, strict=True)],
        c=[row("c", g) for g in range(len(groups))],
        q=[row("q", g) for g in range(len(groups))],
    )
