"""What is proved of all critical points at once: a whole landscape, or a complete list."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from scverify.model.points import AnyProblem
from scverify.model.problem import Problem
from scverify.results.base import Data, Result, Subject, VerdictWord, known, problem_entries, subject_of
from scverify.results.layout import Account, Table
from scverify.results.points import CriticalPoint

LIST_FILE = "complete-list.json"


@dataclass(frozen=True, repr=False)
class Landscape(Result):
    """What is proved of all critical points of a problem at once, for all temperatures from the problem's to tau_upper.

    verdict: PROVED (trust "interval", the certificate is the tree of boxes; "exact" or "ball" where a theorem that the
    reason names needs none), REFUTED (trust "ball", the certificate is a spurious minimum) or UNDECIDED, with the reason. boxes: met so
    far; settled: fraction of the domain; reasons: how many boxes each settled.
    points: critical points that a search found. search: what an unfinished search needs to be taken up again, None where it is finished.
    """

    problem: AnyProblem
    tau_upper: Fraction
    claim: str
    verdict: VerdictWord
    trust: str
    reason: str
    boxes: int
    settled: float
    reasons: dict[str, int]
    points: tuple[CriticalPoint, ...]
    interrupted: bool
    seconds: float
    certificate: Data | None = field(repr=False)
    search: Data | None = field(repr=False)

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificate of the verdict by the name of its file."""
        return {} if self.certificate is None else {"landscape.json": self.certificate}

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("landscape", self.problem)

    def headline(self) -> str:
        """The verdict and the claim."""
        return f"{self.verdict}: {self.claim}; {self.problem}"

    def account(self) -> Account:
        """The verdict, what it rests on, and what was found."""
        upper = "" if self.tau_upper == self.problem.temperature else f" (for all tau up to {self.tau_upper})"
        facts = [("problem", f"{self.problem}{upper}")]
        if self.reason:
            facts.append(("reason", self.reason))
        if self.verdict != "REFUTED":
            facts.append(("boxes", f"{self.boxes}, {100 * self.settled:.4g} % of all configurations settled"))
        facts += [("points", f"{len(self.points)} critical points that a search found"), ("trust", f"{self.trust}; {self.seconds:.1f} s")]
        rows = [[str(count), name.replace("_", " ")] for name, count in self.reasons.items() if count]
        tables = (
            [Table(header=("boxes", "settled because"), rows=rows, words=("settled because",))]
            if rows and self.verdict != "REFUTED"
            else []
        )
        return Account(heading=f"{self.verdict}: {self.claim}", facts=facts, tables=tables)

    def to_json(self) -> Data:
        """The verdict, the boxes by reason, and the points."""
        return problem_entries(self.problem) | known(
            tau_upper=None if self.tau_upper == self.problem.temperature else str(self.tau_upper),
            claim=self.claim,
            verdict=self.verdict,
            reason=self.reason or None,
            trust=self.trust,
            boxes=self.boxes,
            settled=self.settled,
            reasons=self.reasons,
            points=[point.to_json() for point in self.points],
            interrupted=self.interrupted,
            seconds=self.seconds,
        )


@dataclass(frozen=True, repr=False)
class Listing(Result):
    """All critical points of a problem, up to rotation and interchangeable samples.

    verdict: PROVED (the certificate states all ranks together), or UNDECIDED with the reason. points: certified in the problem's
    dimension, with their inertia where it is proved. copies: how many points each stands for once the first sample is fixed (in two
    dimensions: points of a torus); euler: there, the sum of (-1)^index over them, which is 0. search: what an unfinished list needs to
    be taken up again, None where it is finished.
    """

    problem: Problem
    claim: str
    verdict: str
    trust: str
    reason: str
    boxes: int
    points: tuple[CriticalPoint, ...]
    copies: tuple[int, ...]
    euler: int | None
    interrupted: bool
    seconds: float
    certificate: Data | None = field(repr=False)
    inertias: dict[str, Data] = field(repr=False)
    search: Data | None = field(repr=False)

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificate that the list is complete, and one for each point's inertia."""
        return {} if self.certificate is None else {LIST_FILE: self.certificate, **self.inertias}

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("all critical points", self.problem)

    def headline(self) -> str:
        """The verdict and how many points."""
        return f"{self.verdict}: {self.claim}, {len(self.points)} of them; {self.problem}"

    def account(self) -> Account:
        """The verdict on a complete list, and the list."""
        facts = [("problem", str(self.problem))]
        facts += [("reason", self.reason)] if self.reason else []
        facts += [("boxes", str(self.boxes)), ("trust", f"{self.trust}; {self.seconds:.1f} s")]
        if self.euler is not None:
            facts.append(("Euler number", f"{self.euler}, the sum of (-1)^index over all copies on the torus"))
        rows = [
            [
                point.kind,
                f"{float(point.lower):.12g}",
                str(point.rank),
                "not proved" if point.inertia is None else ", ".join(map(str, point.inertia)),
                str(count),
            ]
            for point, count in zip(self.points, self.copies, strict=True)
        ]
        table = Table(
            header=("kind", "value", "rank", "inertia (−, 0, +)", "copies"),
            rows=rows,
            title="Up to rotation and interchangeable samples",
            words=("kind",),
        )
        return Account(heading=f"{self.verdict}: {self.claim}", facts=facts, tables=[table])

    def to_json(self) -> Data:
        """The verdict and the points, each with how many copies it stands for."""
        return problem_entries(self.problem) | known(
            claim=self.claim,
            verdict=self.verdict,
            reason=self.reason or None,
            trust=self.trust,
            boxes=self.boxes,
            points=[{**point.to_json(), "copies": count} for point, count in zip(self.points, self.copies, strict=True)],
            euler=self.euler,
            interrupted=self.interrupted,
            seconds=self.seconds,
        )
