"""A problem at one of its levels, for those who search and certify: the kernel's own derivation, and floats and balls of its tables.

There is one derivation of levels (`kernel/level.py`, MATH 3). Here it is asked for; nothing is derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from scverify.errors import InputError
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import Level, level_of
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable

Floats = NDArray[np.float64]
CoefficientRows = Sequence[Sequence[fmpq]]


@dataclass(frozen=True)
class SharedTable:
    """A table of exact numbers as its distinct objects and the place of each entry among them: each object is converted once."""

    values: tuple[fmpq, ...]
    places: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Iterable[Sequence[fmpq]]) -> SharedTable:
        """The table with these rows."""
        table = list(rows)  # keeps its objects alive, so that no two share an id
        ids = np.array([[id(x) for x in row] for row in table], dtype=np.int64)
        distinct, places = np.unique(ids, return_inverse=True)
        objects = {id(x): x for row in table for x in row}
        return cls(tuple(objects[number] for number in distinct.tolist()), places.reshape(ids.shape))

    def array(self, convert: Callable[[fmpq], Any], kind: type) -> NDArray[Any]:
        """The entries converted to floats (kind np.float64) or to other objects (kind object)."""
        values: NDArray[Any] = np.empty(len(self.values), dtype=kind)
        values[:] = [convert(x) for x in self.values]
        result: NDArray[Any] = values[self.places]
        return result


@dataclass(frozen=True)
class WorkingLevel(Level):
    """A level of the kernel with what a search needs beside it: the user's problem, and floats of its tables.

    members: the classes (samples) of each node. reason: why a smaller level was refused, or "".
    """

    problem: Problem
    members: tuple[tuple[int, ...], ...]
    reason: str = ""

    @classmethod
    def of(cls, exact: Level, problem: Problem, members: Sequence[tuple[int, ...]]) -> WorkingLevel:
        """The kernel's level of a problem, with the members of its nodes."""
        known = {field.name: getattr(exact, field.name) for field in fields(Level)}
        return cls(**known, problem=problem, members=tuple(members))

    @cached_property
    def tables(self) -> tuple[SharedTable, SharedTable]:
        """c and q, ready to be converted."""
        return SharedTable.of(self.c), SharedTable.of(self.q)

    def float_arrays(self) -> tuple[Floats, Floats, Floats]:
        """weight (u,), c (u, u+1) and q (u, u+1) in float64; InputError where a coefficient, or every weight, is beyond it."""
        try:
            c, q = (table.array(float, np.float64) for table in self.tables)
            weight = np.array([float(w) for w in self.weight])
        except OverflowError as error:
            raise InputError(f"{self.problem}: a coefficient beyond 10^308", "coefficients that float64 holds", "scale the loss") from error
        if not weight.any():
            raise InputError(f"{self.problem}: every row has the weight 0", "an anchor of positive weight in float64", "change the weights")
        return weight, c, q

    def nodes_of(self) -> NDArray[np.int64]:
        """The node of each class (sample), shape (k,) or (n,)."""
        nodes = np.empty(sum(self.multiplicity), dtype=np.int64)
        for node, group in enumerate(self.members):
            nodes[list(group)] = node
        return nodes


def ball(value: Any) -> arb:
    """The smallest ball around a rational (an fmpq or a Fraction) at the current precision."""
    return arb(value) if isinstance(value, fmpq) else arb(fmpq(value.numerator, value.denominator))


def sample_level(problem: Problem) -> WorkingLevel:
    """Every sample a node. Raises InputError where the kernel refuses the problem: too many samples, or a formula it cannot place."""
    try:
        exact = level_of(problem.stated, "samples", None)
    except Rejected as refusal:
        raise refused(problem, refusal) from refusal
    return WorkingLevel.of(exact, problem, [(i,) for i in range(exact.nodes)])


def group_level(problem: Problem, groups: Sequence[tuple[int, ...]] | None = None) -> WorkingLevel:
    """Every group a node, by default every set of interchangeable classes; Rejected or Unresolved where a hypothesis fails."""
    groups = interchangeable(problem) if groups is None else groups
    return WorkingLevel.of(level_of(problem.stated, "groups", [list(group) for group in groups]), problem, groups)


def smallest_level(problem: Problem) -> WorkingLevel:
    """Groups where the kernel grants them, else samples, with the reason. Raises InputError where it refuses both."""
    try:
        return group_level(problem)
    except (Rejected, Unresolved) as refusal:
        return replace(sample_level(problem), reason=str(refusal))


def refused(problem: object, refusal: Rejected) -> InputError:
    """The kernel's refusal of a problem, as the error of wrong input."""
    return InputError(
        f"{problem}: {refusal}", "problems that the checker can decide (docs/trust.md)", "change the loss or its coefficients"
    )


def interchangeable(problem: Problem) -> list[tuple[int, ...]]:
    """Groups of classes to propose to the kernel: swapping two of a group changes no coefficient."""
    sizes, table = problem.classes.sizes, problem.loss.coefficients
    groups: dict[object, list[list[int]]] = {}
    for c in range(problem.classes.k):
        candidates = groups.setdefault(sizes[c], [])
        for group in candidates:
            if not isinstance(table, ClassTable) or _alike(table, group[0], c):
                group.append(c)
                break
        else:
            candidates.append([c])
    return sorted(tuple(group) for same_size in groups.values() for group in same_size)


def _alike(table: ClassTable, c: int, d: int) -> bool:
    """Whether two classes have equal rows and columns once their own two places are swapped."""
    swap = list(range(len(table.weight)))
    swap[c], swap[d] = d, c
    return table.weight[c] == table.weight[d] and all(
        rows[c] == tuple(rows[d][e] for e in swap) and all(row[c] == row[d] for e, row in enumerate(rows) if e not in (c, d))
        for rows in (table.c, table.q)
    )
