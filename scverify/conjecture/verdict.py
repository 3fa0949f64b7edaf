"""What became of a conjecture: PROVED, REFUTED, SUPPORTED or UNDECIDED, how far that can be trusted, and how much was tried."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scverify.conjecture.statement import Conjecture
from scverify.conjecture.tally import Tally
from scverify.conjecture.truth import Trust
from scverify.model.constraints import Ball, Constraint, NonNegative, Ridge
from scverify.model.nodes import NodeLoss
from scverify.model.points import AnyProblem
from scverify.model.units import UnitLoss, UnitProblem
from scverify.results.base import Data, Result, Subject, VerdictWord, known, problem_entries
from scverify.results.layout import Account, Table
from scverify.symbolic.losses import LOSSES, Loss, supcon


@dataclass(frozen=True)
class Counterexample:
    """An instance at which a statement is false, why, and the certificate of the facts.

    The kernel verifies the facts. That they contradict the statement is the statement's own Python, run on certified enclosures.
    smallest: every smaller listed instance of the domain was tried and none is refuted; scanned: how many smaller ones were tried.
    """

    problem: AnyProblem
    evidence: tuple[str, ...]
    certificate: Data
    trust: Trust
    smallest: bool
    scanned: int

    def snippet(self, conjecture: Conjecture) -> str:
        """Python that shows the failure again."""
        lines = ["import scverify as sv"]
        name = conjecture.name
        if conjecture.file is not None and Path(conjecture.file).is_file() and conjecture.predicate.__qualname__.isidentifier():
            lines += [f"[{name}] = sv.load_conjectures({f'{Path(conjecture.file).resolve()}::{name}'!r})"]
        return "\n".join([*lines, f"problem = {problem_in_python(self.problem, conjecture)}", f"print({name}(problem))"])

    def to_json(self) -> dict[str, Any]:
        """The instance and the evidence."""
        return problem_entries(self.problem) | {"evidence": list(self.evidence), "smallest": self.smallest, "scanned": self.scanned}


@dataclass(frozen=True, repr=False)
class Verdict(Result):
    """The word on a conjecture.

    PROVED: proof steps that all hold, or every instance of a finite domain TRUE by more than floats. REFUTED: a counterexample whose
    certificate the kernel verified. SUPPORTED: every instance that was tried is TRUE. UNDECIDED: all else, and `reason` says what.
    """

    conjecture: Conjecture
    word: VerdictWord
    trust: Trust
    reason: str
    tried: Tally
    counterexample: Counterexample | None
    seconds: float
    seed: int
    interrupted: bool = False
    saved: Path | None = None

    @property
    def certificate(self) -> Data | None:
        """The certificate of the counterexample."""
        return None if self.counterexample is None else self.counterexample.certificate

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that `expect` says; without it, whether it is not REFUTED."""
        expect = self.conjecture.expect
        return self.word != "REFUTED" if expect is None else self.word == expect

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificate of the counterexample, under the conjecture's name."""
        return {} if self.certificate is None else {f"{self.conjecture.name}.json": self.certificate}

    def subject(self) -> Subject:
        """What the certificates are about."""
        return Subject("conjectures", f"{self.conjecture.name} of {self.conjecture.file}")

    def headline(self) -> str:
        """The word and the conjecture."""
        return f"{self.word}  {self.conjecture.name}: {self.conjecture.says}"

    def account(self) -> Account:
        """The word, how far it can be trusted, how much was tried, and the counterexample with Python that shows it again."""
        tried = f"{self.tried.problems} problems, {self.tried.points} points, {self.tried.certificates} certificates"
        facts = [
            ("domain", str(self.conjecture.domain)),
            ("trust", self.trust),
            ("tried", f"{tried}; {self.seconds:.1f} s; seed {self.seed}{'; interrupted' if self.interrupted else ''}"),
            ("reason", self.reason),
        ]
        if self.conjecture.expect is not None:
            facts.append(("expected", self.conjecture.expect))
        found = self.counterexample
        if found is None:
            return Account(heading=self.headline(), facts=facts)
        smaller = "no smaller listed instance is refuted" if found.smallest else "smaller instances were not all tried"
        facts.append(("counterexample", f"{found.problem} ({smaller}; {found.scanned} scanned)"))
        facts += [("", line) for line in found.evidence]
        facts.append(("verified", f"by the kernel: the facts in the certificate{f', {self.saved}' if self.saved else ''}"))
        return Account(
            heading=self.headline(), facts=facts, code=f"to see it again:\n{textwrap.indent(found.snippet(self.conjecture), '    ')}"
        )

    def to_json(self) -> Data:
        """A JSON object; what there is not has no key."""
        found = self.counterexample
        return known(
            conjecture=self.conjecture.name,
            says=self.conjecture.says,
            verdict=self.word,
            trust=self.trust,
            reason=self.reason,
            tried={"problems": self.tried.problems, "points": self.tried.points, "certificates": self.tried.certificates},
            counterexample=None if found is None else found.to_json(),
            certificate=None if self.saved is None else str(self.saved),
            snippet=None if found is None else found.snippet(self.conjecture),
            seconds=self.seconds,
            seed=self.seed,
            interrupted=self.interrupted,
        )


@dataclass(frozen=True, repr=False)
class Suite(Result):
    """A verdict on each standard property of a loss, as many as were reached."""

    loss: str
    profile: str
    verdicts: tuple[Verdict, ...]

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    def __getitem__(self, index: int) -> Verdict:
        return self.verdicts[index]

    @property
    def interrupted(self) -> bool:
        """Whether the last property was stopped."""
        return bool(self.verdicts) and self.verdicts[-1].interrupted

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of all counterexamples."""
        return {name: data for verdict in self.verdicts for name, data in verdict.certificates.items()}

    def subject(self) -> Subject:
        """What the certificates are about."""
        return Subject("conjectures", f"standard properties of {self.loss}")

    def headline(self) -> str:
        """How many verdicts of each word."""
        words = Counter(verdict.word for verdict in self.verdicts)
        return f"{self.loss}: {', '.join(f'{count} {word}' for word, count in words.items())}"

    def account(self) -> Account:
        """A row per property: its verdict and the trust that this has; and below, how each was reached."""
        rows = [(v.conjecture.name, v.word, "" if v.word == "UNDECIDED" else v.trust) for v in self.verdicts]
        table = Table(header=("property", "verdict", "trust"), rows=rows, words=("verdict", "trust"))
        return Account(heading=f"Standard properties of {self.loss}", tables=[table], notes=list(self._notes()))

    def to_json(self) -> Data:
        """The table as one JSON object."""
        return {"loss": self.loss, "profile": self.profile, "properties": [verdict.to_json() for verdict in self.verdicts]}

    def _notes(self) -> Iterator[str]:
        for verdict in self.verdicts:
            found = verdict.counterexample
            stated, why = verdict.conjecture, "; ".join((verdict.reason, *(found.evidence if found else ())))
            yield f"{stated.name}: {stated.says} {why}{f' ({stated.domain})' if stated.on_units else ''}"
        if any(verdict.word == "SUPPORTED" for verdict in self.verdicts):
            yield "SUPPORTED: true wherever it was tried, which is not a proof."


def problem_in_python(problem: AnyProblem, conjecture: Conjecture) -> str:
    """The Python expression that makes a problem of a conjecture."""
    if isinstance(problem, UnitProblem):
        norms = dict(zip(problem.loss.kinds, map(str, problem.constraints), strict=True))
        return f'sv.UnitProblem({_listed_in_python(problem.loss, conjecture)}, "{problem.temperature}", {norms}, dim={problem.dim})'
    loss = _loss_in_python(problem.loss, conjecture)
    options = f", singletons={problem.singletons!r}" if problem.singletons != "error" else ""
    options += f", reduction={problem.reduction!r}" if problem.reduction != "sum" else ""
    return (
        f"sv.Problem({loss}, sv.Classes({problem.classes.sizes}), dim={problem.dim}, "
        f'temperature="{problem.temperature}", constraint={_constraint_in_python(problem.constraint)}{options})'
    )


def _loss_in_python(loss: Loss, conjecture: Conjecture) -> str:
    """A named loss by its name, one of a user's file by its place, and any other as one that the conjecture lists."""
    if loss == supcon:
        return "sv.supcon"
    if LOSSES.get(loss.name) == loss:
        return f"sv.load_loss({loss.name!r})"
    return _listed_in_python(loss, conjecture)


def _listed_in_python(loss: Loss | UnitLoss | NodeLoss, conjecture: Conjecture) -> str:
    """A loss that a conjecture lists: by the Python that makes it, or by its place in the statement's file."""
    listed = conjecture.loss.listed
    if loss not in listed:
        return loss.name
    place = listed.index(loss)
    return conjecture.in_python[place] if conjecture.in_python else f"{conjecture.name}.loss.listed[{place}]"


def _constraint_in_python(constraint: Constraint) -> str:
    if isinstance(constraint, NonNegative):
        return f"sv.NonNegative({_constraint_in_python(constraint.inner)})"
    if isinstance(constraint, Ridge):
        return f'sv.Ridge("{constraint.weight}")'
    kind = "Ball" if isinstance(constraint, Ball) else "Sphere"
    return f"sv.{kind}()" if constraint.rho == 1 else f'sv.{kind}("{constraint.rho}")'
