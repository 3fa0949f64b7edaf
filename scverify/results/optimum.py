"""A certified optimum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scverify.model.exact import whole
from scverify.model.problem import Problem
from scverify.results.base import Data, Result, Subject, known, problem_entries, subject_of
from scverify.results.decimals import enclosure, scientific_above, settled, shortened
from scverify.results.layout import Account, Table

# groups in a table and rows in LaTeX: what fits on a screen, and on a page
_MOST_NODES = 6
_MOST_LATEX_ROWS = 8
# a Gram matrix of more classes fills a screen for nothing: its groups say the same
_MOST_GRAM_ROWS = 100
_TITLES = {
    "groups": "Gram matrix of the classes, by groups of equal classes (how many × size of each)",
    "samples": "Gram matrix of the samples",
}


@dataclass(frozen=True, repr=False)
class Optimum(Result):
    """A certified minimum of the relaxation; it is attained in every dimension of at least its rank (T3).

    lower <= min L <= upper are exact rationals, proved in balls. level: "groups" or "samples", with the members of each node. radius: no
    minimiser of the relaxation is farther (Frobenius) from the certificate's Gram matrix; rank: that of every minimiser. None with a reason
    where not proved. similarities (u, u+1): of the nodes, in floats; column g of row g is that of two different members of the node, the
    last one the squared norm. multipliers: of the norm constraint, one per class, in floats. shortfall: what was asked and not reached, or
    "". digits: how many were asked for, None for no number. trust: "ball".
    """

    problem: Problem
    level: str
    members: tuple[tuple[int, ...], ...]
    lower: Fraction
    upper: Fraction
    similarities: NDArray[np.float64]
    multipliers: tuple[float, ...]
    radius: Fraction | None
    radius_reason: str
    rank: int | None
    rank_reason: str
    solver: str
    status: str
    seconds: float
    precision: int
    shortfall: str
    proofs: dict[str, Data] = field(repr=False)
    digits: int | None = None
    trust: str = "ball"

    @cached_property
    def gram(self) -> NDArray[np.float64]:
        """The Gram matrix of the classes (samples) in floats, (k, k): written out when it is asked for."""
        of = np.empty(sum(map(len, self.members)), dtype=np.int64)
        for node, group in enumerate(self.members):
            of[list(group)] = node
        gram: NDArray[np.float64] = self.similarities[:, :-1][np.ix_(of, of)].copy()
        np.fill_diagonal(gram, self.similarities[of, -1])
        return gram

    @property
    def gap(self) -> Fraction:
        """upper - lower, exact."""
        return self.upper - self.lower

    @property
    def certificates(self) -> dict[str, Data]:
        """The Optimum certificate, and that of uniqueness where there is a radius, of the rank of samples where that is proved."""
        return self.proofs

    @property
    def certificate(self) -> Data:
        """The Optimum certificate as JSON data."""
        return self.proofs["optimum.json"]

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("optimum", self.problem)

    def headline(self) -> str:
        """The problem and the value."""
        return f"{self.problem}: {settled(self.lower, self.upper)}"

    def account(self) -> Account:
        """Value, bounds, rank, uniqueness, what they rest on, and the Gram matrix by nodes."""
        return Account(
            heading=f"Certified optimum: {self.problem}", facts=list(self._facts()), tables=[self._gram_table()], notes=list(self._notes())
        )

    def to_json(self) -> Data:
        """The bounds as decimals, rounded outward; the Gram matrix in floats, that of many classes as groups and their similarities."""
        low, high = enclosure(self.lower, self.upper, self.digits or 0)
        return problem_entries(self.problem) | known(
            level=self.level,
            lower=low,
            upper=high,
            gap=scientific_above(Fraction(high) - Fraction(low)),
            **self._matrix(),
            rank=self.rank,
            radius=None if self.radius is None else scientific_above(self.radius),
            trust=self.trust,
            solver=self.solver,
            seconds=self.seconds,
        )

    def _matrix(self) -> Data:
        if sum(map(len, self.members)) <= _MOST_GRAM_ROWS:
            return {"gram": _decimals(self.gram)}
        return {"groups": [list(group) for group in self.members], "similarities": _decimals(self.similarities)}

    def _repr_latex_(self) -> str:
        low, high = enclosure(self.lower, self.upper, self.digits or 0)
        interval = rf"{low} \le \min L \le {high}"
        if sum(map(len, self.members)) > _MOST_LATEX_ROWS:
            return rf"$\displaystyle {interval}$"
        rows = r" \\ ".join(" & ".join(f"{entry:.4f}" for entry in row) for row in self.gram)
        return rf"$\displaystyle {interval}, \qquad B^\star \approx \begin{{pmatrix}} {rows} \end{{pmatrix}}$"

    def _facts(self) -> Iterator[tuple[str, str]]:
        low, high = enclosure(self.lower, self.upper, self.digits or 0)
        yield "value", settled(self.lower, self.upper)
        yield "lower", shortened(low)
        yield "upper", shortened(high)
        if self.shortfall:
            yield "shortfall", self.shortfall
        relative = f", {scientific_above(self.gap / self.lower)} of the value" if self.lower > 0 else ""
        yield "gap", f"at most {scientific_above(self.gap)}{relative}"
        yield "rank", f"not claimed ({self.rank_reason})" if self.rank is None else str(self.rank)
        if self.radius is None:
            yield "uniqueness", f"no radius: {self.radius_reason}"
        else:
            yield "uniqueness", f"every minimiser lies within {scientific_above(self.radius)} (Frobenius) of the certificate's Gram matrix"
        yield "trust", f"{self.trust}: both bounds hold by {_arithmetic(self.precision)}; no rounding and no solver is trusted"
        yield "solver", f"{self.solver} at the level of {self.level}, status {self.status}"
        yield "time", f"{self.seconds:.2f} s"

    def _gram_table(self) -> Table:
        """One row per node; the middle is left out where there are too many to read."""
        nodes = list(range(len(self.members)))
        half = _MOST_NODES // 2
        shown = nodes if len(nodes) <= _MOST_NODES else [*nodes[:half], *nodes[-half:]]
        header = ["", "norm²", *(["λ"] if self.multipliers else []), *map(self.label, shown)]
        rows = [self._gram_row(node, shown) for node in shown]
        if len(shown) < len(nodes):
            cut = len(header) - half
            header, *rows = [[*row[:cut], "…", *row[cut:]] for row in (header, *rows)]
            rows.insert(half, ["…"] * len(header))
        said = "four decimals of the certificate's" if self.radius is not None else "a float candidate, not proved to be near the optimum's"
        return Table(header=header, rows=rows, title=f"{_TITLES[self.level]}; {said}")

    def _gram_row(self, node: int, shown: list[int]) -> list[str]:
        first = self.members[node][0]
        multiplier = [f"{self.multipliers[first]:.4g}"] if self.multipliers else []
        return [self.label(node), f"{self.similarities[node, -1]:.4f}", *multiplier, *(self.similarity(node, other) for other in shown)]

    def label(self, node: int) -> str:
        """What a node stands for: how many classes of which size, or a sample of which class."""
        group = self.members[self._node(node)]
        if self.level == "samples":
            return f"{group[0]} of class {self.problem.classes.labels[group[0]]}"
        return f"{len(group)} × {self.problem.classes.sizes[group[0]]}"

    def similarity(self, node: int, other: int) -> str:
        """The entry of gram between two different members, one of each node; empty where there are none."""
        node, other = self._node(node), self._node(other)
        return "" if node == other and len(self.members[node]) == 1 else f"{self.similarities[node, other]:.4f}"

    def _node(self, node: int) -> int:
        """The number of a node; InputError for any other."""
        return whole(node, "node", 0, len(self.members) - 1)

    def _notes(self) -> Iterator[str]:
        if self.multipliers:
            yield (
                "λ: multiplier of the norm constraint; to first order the optimum falls by λ "
                "when the squared norm of that class's embeddings may grow by one."
            )


def _decimals(matrix: NDArray[np.float64]) -> list[list[str]]:
    return [[repr(entry) for entry in row] for row in matrix.tolist()]


def _arithmetic(precision: int) -> str:
    """What the kernel's bounds rest on: with as few bits as this, its sums over pairs are in float64."""
    few = "float64 with errors bounded beforehand and " if precision <= 64 else ""
    return f"{few}ball arithmetic at {precision} bits"
