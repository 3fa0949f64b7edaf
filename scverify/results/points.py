"""Certified critical points, one orbit each, and what a search found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scverify.errors import must_be
from scverify.model.points import AnyProblem
from scverify.model.problem import Problem
from scverify.results.base import Data, Result, Subject, known, problem_entries, subject_of
from scverify.results.decimals import enclosure, rounded_down, settled
from scverify.results.layout import Account, Table
from scverify.results.optimum import Optimum
from scverify.results.units import UnitOptimum

Inertia = tuple[int, int, int]


@dataclass(frozen=True, repr=False)
class CriticalPoint(Result):
    """One O(d)-orbit of critical points and what is proved of it.

    problem: on classes, or on units: its embeddings then have the columns unit by unit, in it kind by kind and copy by copy (nodes that are
    stated one by one: as they stand). kind: "global minimum", "spurious minimum", "strict minimum", "strict saddle", "degenerate",
    "undecided" or, under a ball constraint, "not critical"; reason says what was not proved. embeddings (d, n) and multipliers (n,) are
    floats near the certified ones.
    lower <= value <= upper is rigorous where trust is "ball". inertia: (negative, zero, positive) eigenvalues of the Riemannian
    Hessian, None where not proved; rank: of the embeddings; orbit_dimension: how many of the zeros are rotations. excess: of a spurious
    minimum, at least. hits: how often a search met the orbit.
    """

    problem: AnyProblem
    kind: str
    reason: str
    embeddings: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    lower: Fraction
    upper: Fraction
    rank: int
    inertia: Inertia | None
    orbit_dimension: int
    excess: Fraction | None
    hits: int
    trust: str
    proofs: dict[str, Data] = field(repr=False)

    @property
    def on_classes(self) -> Problem:
        """Its problem; raises InputError where that is none on classes, which branches and statements ask for."""
        must_be(self.problem, Problem, "problem", "a Problem on classes")
        return cast("Problem", self.problem)

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of the point's kind and of its inertia, as far as they are proved."""
        return self.proofs

    @property
    def certificate(self) -> Data | None:
        """The certificate of the kind, None where nothing is certified."""
        return next(iter(self.proofs.values()), None)

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("critical points", self.problem)

    def headline(self) -> str:
        """Its kind and its value."""
        return f"{self.kind}, value {float(self.lower):.12g}, rank {self.rank}, {self.problem}"

    def account(self) -> Account:
        """Kind, value, inertia, and what is not proved."""
        facts = [
            ("value", settled(self.lower, self.upper) if self.trust == "ball" else f"{float(self.lower):.12g} (floats)"),
            ("rank", str(self.rank)),
            ("inertia", "not proved" if self.inertia is None else ", ".join(map(str, self.inertia)) + " (negative, zero, positive)"),
            ("rotations", f"{self.orbit_dimension} of the zeros"),
            ("hits", str(self.hits)),
            ("trust", self.trust),
        ]
        facts[1:1] = [] if self.excess is None else [("excess", f"at least {rounded_down(self.excess)} above a better point")]
        facts += [("open", self.reason)] if self.reason else []
        return Account(heading=f"Critical point, {self.kind}: {self.problem}", facts=facts)

    def to_json(self) -> Data:
        """The point without its problem."""
        lower, upper = enclosure(self.lower, self.upper)
        return known(
            value={"lower": lower, "upper": upper},
            kind=self.kind,
            inertia=None if self.inertia is None else list(self.inertia),
            orbit_dimension=self.orbit_dimension,
            hits=self.hits,
            trust=self.trust,
            excess=None if self.excess is None else rounded_down(self.excess),
            reason=self.reason or None,
        )


@dataclass(frozen=True, repr=False)
class CriticalPoints(Result):
    """The orbits that a search found, lowest value first, each certified or plainly undecided.

    A search may miss orbits: that none of a kind is listed proves nothing. optimum: of the relaxation, None where the row formula is not
    convex or the dimension is below the optimum's rank. interrupted: the search was stopped early; what it had found is here.
    """

    problem: AnyProblem
    points: tuple[CriticalPoint, ...]
    optimum: Optimum | UnitOptimum | None
    starts: int
    seed: int
    interrupted: bool
    seconds: float

    def __iter__(self) -> Iterator[CriticalPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> CriticalPoint:
        return self.points[index]

    @property
    def certificates(self) -> dict[str, Data]:
        """Every certificate by the name of its file: the optimum's, and for each point its kind's and its inertia's."""
        found = {} if self.optimum is None else dict(self.optimum.certificates)
        for number, point in enumerate(self.points):
            for name, certificate in point.certificates.items():
                found[point_file(number) if name == "point.json" else point_file(number, "-inertia")] = certificate
        return found

    def of_kind(self, kind: str) -> tuple[CriticalPoint, ...]:
        """The points of one kind, such as "spurious minimum"."""
        must_be(kind, str, "kind", "the name of a kind, such as 'spurious minimum'")
        return tuple(point for point in self.points if point.kind == kind)

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("critical points", self.problem)

    def headline(self) -> str:
        """How many of which kind."""
        return f"{self._kinds()}; {self.problem}"

    def account(self) -> Account:
        """The table of points, what is open of each, and what was searched."""
        header = ("", "kind", "value", "excess", "rank", "inertia (−, 0, +)", "rotations", "hits", "trust")
        table = Table(header=header, rows=[_row(number, point) for number, point in enumerate(self.points)], words=("kind",))
        notes = [f"{number}: {point.reason}" for number, point in enumerate(self.points) if point.reason]
        return Account(
            heading=f"Critical points: {self.problem}; {self.starts} starts, seed {self.seed}",
            tables=[table],
            notes=[*notes, *self._notes()],
        )

    def to_json(self) -> Data:
        """Optimum, points and what was searched."""
        return (
            known(optimum=None if self.optimum is None else self.optimum.to_json())
            | problem_entries(self.problem)
            | known(
                starts=self.starts,
                seed=self.seed,
                interrupted=self.interrupted,
                points=[point.to_json() for point in self.points],
                seconds=self.seconds,
            )
        )

    def _kinds(self) -> str:
        kinds = Counter(point.kind for point in self.points)
        return ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common()) or "no critical point was found"

    def _notes(self) -> Iterator[str]:
        yield self._kinds()
        if self.optimum is not None:
            yield f"the optimum: {settled(self.optimum.lower, self.optimum.upper)}"
        yield "a search may miss orbits: what is not listed is not proved absent"
        if self.interrupted:
            yield "interrupted: this is what had been found"


def point_file(number: int, suffix: str = "") -> str:
    """The name of the certificate of the point with this number."""
    return f"point-{number:03d}{suffix}.json"


def _row(number: int, point: CriticalPoint) -> tuple[str, ...]:
    return (
        str(number),
        point.kind,
        f"{float(point.lower):.12g}",
        "" if point.excess is None else rounded_down(point.excess, 6),
        str(point.rank),
        "" if point.inertia is None else ", ".join(map(str, point.inertia)),
        str(point.orbit_dimension),
        str(point.hits),
        point.trust,
    )
