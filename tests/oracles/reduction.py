"""Samples -> classes -> groups: other coefficients, the same formula (MATH 3).

A level has u nodes; node g stands for m_g interchangeable classes (or for one sample). It sees the similarities
x_g = (X_g0, ..., X_g,u-1, beta_g): column g is the similarity a_g between two classes of the group, the last one the self entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any, Literal, NamedTuple

import numpy as np
import sympy
from numpy.typing import NDArray

from scverify.errors import ScverifyError
from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, CoefficientRule, SampleTable
from tests.oracles.curvature import is_convex, self_slope_is_never_positive

LevelName = Literal["samples", "classes", "groups"]
Row = tuple[Fraction, ...]


class ReductionRefused(ScverifyError):
    """A hypothesis of a reduction fails; the message says which."""


class PlainTable(NamedTuple):
    """Exact numbers, converted one by one."""

    rows: tuple[Row, ...]

    def array(self, convert: Callable[[Fraction], Any], kind: type) -> NDArray[Any]:
        """The entries as floats or as other objects."""
        return np.array([[convert(x) for x in row] for row in self.rows], dtype=kind)


@dataclass(frozen=True)
class Level:
    """One of the three sizes of the relaxation: L = sum_g weight_g * row(x_g; c_g, q_g, tau)."""

    name: LevelName
    problem: Problem
    members: tuple[tuple[int, ...], ...]
    mass: tuple[int, ...]
    weight: Row
    c: tuple[Row, ...]
    q: tuple[Row, ...]
    reasons: tuple[str, ...] = ()

    @property
    def nodes(self) -> int:
        """Number of nodes u."""
        return len(self.members)

    @property
    def multiplicity(self) -> tuple[int, ...]:
        """m_g: how many classes (samples) node g stands for."""
        return tuple(len(group) for group in self.members)

    @property
    def tables(self) -> tuple[PlainTable, PlainTable]:
        """c and q, ready to be converted."""
        return PlainTable(self.c), PlainTable(self.q)


@dataclass(frozen=True)
class ClassCoefficients:
    """Coefficients that depend on classes alone: weight(c), c(c, c'), q(c, c') for two different samples."""

    weight: Callable[[int], Fraction]
    c: Callable[[int, int], Fraction]
    q: Callable[[int, int], Fraction]


def sample_level(problem: Problem) -> Level:
    """Every sample a node; always applies."""
    table = problem.loss.coefficients
    n = problem.classes.n
    scale = _scale(problem)
    if isinstance(table, SampleTable):
        weight = tuple(scale * w for w in table.weight)
        c = tuple(_with_self(row, i) for i, row in enumerate(table.c))
        q = tuple(_with_self(row, i) for i, row in enumerate(table.q))
    else:
        of, y = class_coefficients(problem), [int(label) for label in problem.classes.labels]
        weight = tuple(of.weight(y[i]) for i in range(n))
        c = tuple((*(Fraction(0) if i == j else of.c(y[i], y[j]) for j in range(n)), Fraction(0)) for i in range(n))
        q = tuple((*(Fraction(0) if i == j else of.q(y[i], y[j]) for j in range(n)), Fraction(0)) for i in range(n))
    return Level("samples", problem, tuple((i,) for i in range(n)), (1,) * n, weight, c, q)


def class_level(problem: Problem) -> Level:
    """Every class a node; raises ReductionRefused where R1, R2 or R3 fails."""
    return _level_of_groups(problem, _collapsing(problem), "classes", [(c,) for c in range(problem.classes.k)])


def group_level(problem: Problem) -> Level:
    """Every set of interchangeable classes a node; raises ReductionRefused where R1, R2 or R3 fails."""
    return _level_of_groups(problem, _collapsing(problem), "groups", interchangeable(problem))


def reduce(problem: Problem) -> Level:
    """The smallest level that applies; `.reasons` tells why a smaller one was refused."""
    try:
        return group_level(problem)
    except ReductionRefused as refusal:
        level = sample_level(problem)
        return Level("samples", problem, level.members, level.mass, level.weight, level.c, level.q, (str(refusal),))


def interchangeable(problem: Problem) -> list[tuple[int, ...]]:
    """Classes grouped by: swapping two of a group changes no coefficient."""
    sizes = problem.classes.sizes
    groups: dict[object, list[list[int]]] = {}
    table = problem.loss.coefficients
    for c in range(problem.classes.k):
        candidates = groups.setdefault(sizes[c], [])
        for group in candidates:
            if not isinstance(table, ClassTable) or _swappable(table, group[0], c):
                group.append(c)
                break
        else:
            candidates.append([c])
    return sorted(tuple(group) for same_size in groups.values() for group in same_size)


def _collapsing(problem: Problem) -> ClassCoefficients:
    """The coefficients by class, where the collapse of classes is shown (MATH 3).

    (R1) Coefficients by class, (R2) convex row, (R3) a higher within-class similarity never raises a row.
    """
    loss = problem.loss
    if isinstance(loss.coefficients, SampleTable):
        raise ReductionRefused("R1 fails: the coefficients depend on samples, not on classes alone")
    if not loss.formula.is_additive:
        raise ReductionRefused("R1 fails: the row formula is not additive in its coefficients, so equal similarities do not merge")
    if not is_convex(loss.formula):
        raise ReductionRefused(f"R2 fails: the row formula {loss.formula.name} is not known to be convex")
    of = class_coefficients(problem)
    norm = norm_constraint(problem.constraint)
    bound = None if isinstance(norm, Ridge) else norm.rho**2
    for c, size in enumerate(problem.classes.sizes):
        own_c, own_q = (size - 1) * of.c(c, c), (size - 1) * of.q(c, c)
        if of.weight(c) and not self_slope_is_never_positive(loss.formula, own_c, own_q, problem.temperature, bound):
            raise ReductionRefused(f"R3 fails for class {c}: raising its within-class similarity may raise its rows")
    return of


def _level_of_groups(problem: Problem, of: ClassCoefficients, name: LevelName, groups: list[tuple[int, ...]]) -> Level:
    sizes = problem.classes.sizes

    def row(g: int, entry: Callable[[int, int], Fraction]) -> Row:
        """Add up the entries of one anchor, class by class."""
        anchor, totals = groups[g][0], [Fraction(0)] * (len(groups) + 1)
        for h, group in enumerate(groups):
            for other in group:
                place, samples = (len(groups), sizes[other] - 1) if other == anchor else (h, sizes[other])
                totals[place] += samples * entry(anchor, other)
        return tuple(totals)

    return Level(
        name,
        problem,
        tuple(groups),
        tuple(sizes[group[0]] for group in groups),
        tuple(len(group) * sizes[group[0]] * of.weight(group[0]) for group in groups),
        tuple(row(g, of.c) for g in range(len(groups))),
        tuple(row(g, of.q) for g in range(len(groups))),
    )


def class_coefficients(problem: Problem) -> ClassCoefficients:
    """The coefficients of a problem whose loss has a rule or a class table."""
    table, sizes, scale = problem.loss.coefficients, problem.classes.sizes, _scale(problem)
    if isinstance(table, ClassTable):
        return ClassCoefficients(
            lambda c: scale * table.weight[c] if sizes[c] > 1 else Fraction(0),
            lambda c, d: table.c[c][d],
            lambda c, d: table.q[c][d],
        )
    assert isinstance(table, CoefficientRule)
    counts = {"k": problem.classes.k, "n_samples": problem.classes.n, "n_anchors": problem.anchors}

    def values(entry: str) -> Callable[[int, int], Fraction]:
        expression = getattr(table, entry)
        nothing = Fraction(entry == "negative_c")

        @cache
        def value(own: int, other: int) -> Fraction:
            # a class of one sample is no anchor: its coefficients play no part, and 1/(n_own - 1) has no value
            return nothing if own == 1 else _exact_value(expression, {**counts, "n_own": own, "n_other": other})

        return lambda c, d: value(sizes[c], sizes[d])

    weight, positive_c, positive_q, negative_c, negative_q = map(values, ("weight", "positive_c", "positive_q", "negative_c", "negative_q"))
    return ClassCoefficients(
        lambda c: scale * weight(c, c) if sizes[c] > 1 else Fraction(0),
        lambda c, d: positive_c(c, d) if c == d else negative_c(c, d),
        lambda c, d: positive_q(c, d) if c == d else negative_q(c, d),
    )


def _exact_value(expression: sympy.Expr, counts: dict[str, int]) -> Fraction:
    """The value of a rational expression in the sizes, without rounding."""
    if isinstance(expression, sympy.Rational):
        return Fraction(expression.p, expression.q)
    if isinstance(expression, sympy.Symbol):
        return Fraction(counts[expression.name])
    values = [_exact_value(argument, counts) for argument in expression.args]
    if isinstance(expression, sympy.Pow):
        return Fraction(values[0] ** int(values[1]))
    return sum(values, Fraction(0)) if isinstance(expression, sympy.Add) else prod(values, start=Fraction(1))


def _scale(problem: Problem) -> Fraction:
    return Fraction(1, problem.anchors) if problem.reduction == "mean" else Fraction(1)


def _with_self(row: Row, i: int) -> Row:
    """A sample's own similarity moves from column i to the last column."""
    return (*row[:i], Fraction(0), *row[i + 1 :], row[i])


def _swappable(table: ClassTable, c: int, d: int) -> bool:
    others = [e for e in range(len(table.weight)) if e not in (c, d)]
    return table.weight[c] == table.weight[d] and all(
        t[c][c] == t[d][d] and t[c][d] == t[d][c] and all(t[c][e] == t[d][e] and t[e][c] == t[e][d] for e in others)
        for t in (table.c, table.q)
    )
