"""A certified optimum of a loss on units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scverify.model.nodes import NodeLoss
from scverify.results.base import Data, Result, Subject, known, problem_entries, subject_of
from scverify.results.decimals import enclosure, scientific_above, settled, shortened
from scverify.results.layout import Account, Table

if TYPE_CHECKING:
    from scverify.model.units import UnitProblem

# unit types and nodes in a table: what fits on a screen
_MOST_TYPES = 6
_MOST_NODES = 8


@dataclass(frozen=True)
class ScalarRange:
    """least <= scalar <= most at every minimiser, exact, and the certificate that says so."""

    least: Fraction
    most: Fraction
    certificate: Data = field(repr=False)


@dataclass(frozen=True)
class UnitMinimizers:
    """What is certified of every minimiser: bounds of its rank, types whose units coincide or not, and a radius.

    radius: how far what a row sees may be from what the certificate states, up to one number per row of a log-sum-exp; None where an
    outcome is too small for the gap to tell.
    """

    rank: tuple[int, int]
    merged: tuple[int, ...]
    apart: tuple[int, ...]
    radius: Fraction | None
    certificate: Data = field(repr=False)


@dataclass(frozen=True)
class SeveralMinimizers:
    """Two minimisers lie at least `distance` apart (Frobenius, over Gram matrices of the nodes), and the certificate that says so."""

    distance: Fraction
    certificate: Data = field(repr=False)


@dataclass(frozen=True, repr=False)
class UnitOptimum(Result):
    """A certified minimum of a loss on units, over configurations of any dimension.

    lower <= minimum <= upper are exact rationals, proved in balls. own (u, R): the similarities within a unit of each type, node by node;
    others (u, u): those between nodes of different units; both in floats, of the certificate's feasible point. rank: of that point.
    scalars: where each free scalar lies at every minimiser, as far as that is proved; "inverse_temperature" is 1/tau.
    minimizers: what is proved of every minimiser, if anything. several: that there are more than one, where that is proved.
    shortfall: what was asked and not reached, or "". digits: how many were asked for, None for no number.
    """

    problem: UnitProblem
    lower: Fraction
    upper: Fraction
    own: NDArray[np.float64]
    others: NDArray[np.float64]
    rank: int
    precision: int
    seconds: float
    certificate: Data = field(repr=False)
    scalars: dict[str, ScalarRange] = field(default_factory=dict)
    minimizers: UnitMinimizers | None = None
    several: SeveralMinimizers | None = None
    trust: str = "ball"
    shortfall: str = ""
    digits: int | None = None

    @property
    def gap(self) -> Fraction:
        """upper - lower, exact."""
        return self.upper - self.lower

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of the optimum and of the free scalars."""
        found = {"optimum.json": self.certificate, **{f"{name}.json": scalar.certificate for name, scalar in self.scalars.items()}}
        more = {"minimizers.json": self.minimizers, "several.json": self.several}
        return {**found, **{name: part.certificate for name, part in more.items() if part is not None}}

    def subject(self) -> Subject:
        """What the certificate is about."""
        return subject_of("optimum", self.problem)

    def headline(self) -> str:
        """The problem and the value."""
        return f"{self.problem}: {settled(self.lower, self.upper)}"

    def account(self) -> Account:
        """Value, bounds, what they rest on, and the similarities of the feasible point."""
        low, high = enclosure(self.lower, self.upper, self.digits or 0)
        relative = f", {scientific_above(self.gap / self.lower)} of the value" if self.lower > 0 else ""
        facts = [
            ("value", settled(self.lower, self.upper)),
            ("lower", shortened(low)),
            ("upper", shortened(high)),
            *([("shortfall", self.shortfall)] if self.shortfall else []),
            ("gap", f"at most {scientific_above(self.gap)}{relative}"),
            *((_plain(name), _between(found)) for name, found in self.scalars.items()),
            *self._of_every_minimizer(),
            ("trust", f"{self.trust}: both bounds hold by ball arithmetic at {self.precision} bits; no float and no solver is trusted"),
            ("time", f"{self.seconds:.2f} s"),
        ]
        return Account(heading=f"Certified optimum: {self.problem}", facts=facts, tables=[self._table()])

    def to_json(self) -> Data:
        """The bounds as decimals, rounded outward, and the similarities in floats."""
        low, high = enclosure(self.lower, self.upper, self.digits or 0)
        return problem_entries(self.problem) | known(
            scalars={name: {"least": str(found.least), "most": str(found.most)} for name, found in self.scalars.items()} or None,
            lower=low,
            upper=high,
            gap=scientific_above(Fraction(high) - Fraction(low)),
            own=[[repr(x) for x in row] for row in self.own.tolist()],
            others=[[repr(x) for x in row] for row in self.others.tolist()],
            rank=self.rank,
            several=None if self.several is None else str(self.several.distance),
            minimizers=None
            if self.minimizers is None
            else known(
                rank=list(self.minimizers.rank),
                merged=list(self.minimizers.merged),
                apart=list(self.minimizers.apart),
                radius=None if self.minimizers.radius is None else scientific_above(self.minimizers.radius),
            ),
            trust=self.trust,
            seconds=self.seconds,
        )

    def _of_every_minimizer(self) -> Iterator[tuple[str, str]]:
        """Rank, merging and radius where they are proved; else the rank of the feasible point."""
        known = self.minimizers
        if self.several is not None:
            yield "several", f"two minimisers lie at least {float(self.several.distance):.3g} apart"
        if known is None:
            yield "rank", f"{self.rank}{'' if self.problem.level.is_plain else ' in floats'}, of the point that attains the upper bound"
            return
        least, most = known.rank
        yield "rank", f"{least} at every minimiser" if least == most else f"{least} to {most} at every minimiser"
        level = self.problem.level
        for word, types in (("merged", known.merged), ("apart", known.apart)):
            if types:
                shown = ", ".join(f"the {level.multiplicity[t * level.kinds]} units of type {t}" for t in types[:_MOST_TYPES])
                yield word, f"{shown}{' …' if len(types) > _MOST_TYPES else ''} at every minimiser"
        if known.radius is not None:
            yield "radius", f"{scientific_above(known.radius)}, of what rows see, up to one number per row"

    def _table(self) -> Table:
        """One row per node: what it is, and its similarities."""
        return self._between_nodes() if isinstance(self.problem.loss, NodeLoss) else self._between_units()

    def _between_nodes(self) -> Table:
        """Similarities of nodes that are stated one by one."""
        names = self.problem.loss.node_names
        shown = range(min(len(names), _MOST_NODES))
        rows = [[names[i], *(f"{self.own[i, 0] if i == j else self.others[i, j]:.4f}" for j in shown)] for i in shown]
        some = f" (the first {len(shown)} nodes)" if len(names) > len(shown) else ""
        title = f"Similarities of the feasible point, to four decimals{some}"
        return Table(header=["node", *(names[j] for j in shown)], rows=rows, title=title, words=("node",))

    def _between_units(self) -> Table:
        """Similarities within a unit, and with units of each type."""
        loss = self.problem.loss
        header = ["node", *(f"own {kind}" for kind in loss.kinds), *(f"other {kind}" for kind in loss.kinds)]
        title = "Similarities of the feasible point, to four decimals ('other': of another unit of the same type, or of the next type)"
        return Table(header=header, rows=list(self._rows()), title=title, words=("node",))

    def _rows(self) -> Iterator[list[str]]:
        level, kinds = self.problem.level, self.problem.level.kinds
        for i, name in enumerate(self.problem.loss.node_names[: _MOST_TYPES * kinds]):
            t = i // kinds
            against = t if level.multiplicity[i] > 1 else (t + 1) % level.types
            own = [f"{x:.4f}" for x in self.own[i]]
            other = [f"{x:.4f}" for x in self.others[i, against * kinds : (against + 1) * kinds]]
            yield [name, *own, *other]
        if level.types > _MOST_TYPES:
            yield ["…", *[""] * (2 * kinds)]


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _between(found: ScalarRange) -> str:
    """The interval in decimals: its ends are short ones, or those of the domain."""
    least, most = enclosure(found.least, found.most)
    return f"between {least} and {most} at every minimiser"
