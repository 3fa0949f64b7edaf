"""What the machine makes of a theorem: every step decided, and a verdict that says no more than the steps behind it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from scverify.certify.claims import confirmed
from scverify.conjecture.formulas import evaluated
from scverify.conjecture.theorem import Decision, Step, Theorem
from scverify.errors import ScverifyError, may_be_callable, must_be
from scverify.results.base import Data, Result, Subject, VerdictWord
from scverify.results.layout import Account, Table
from scverify.symbolic.losses import Loss, supcon
from scverify.symbolic.modules import one_line

_NOT_TRIED = Decision(None, "not tried: an earlier step does not hold")


@dataclass(frozen=True)
class Done:
    """A step and its decision; `instance` where it is a certified instance and no part of the argument."""

    step: Step
    decision: Decision
    instance: bool = False

    @property
    def word(self) -> str:
        """Whether the step holds, in words."""
        return {True: "holds", False: "does not hold", None: "not decided"}[self.decision.holds]

    def __str__(self) -> str:
        found = f": {self.decision.found}" if self.decision.found else ""
        return f"[{self.step.kind}] {self.step.says}: {self.word}{found}"


@dataclass(frozen=True, repr=False)
class Proof(Result):
    """What the machine made of a theorem.

    verdict: PROVED or REFUTED where every step of the argument and every instance holds; SUPPORTED where a step is open and there are
    instances that all hold; UNDECIDED otherwise. trust: "symbolic", or "ball" where the argument (SUPPORTED: the evidence) rests on
    certificates.
    """

    theorem: Theorem
    done: tuple[Done, ...]
    seconds: float

    @property
    def verdict(self) -> VerdictWord:
        """The verdict on the statement."""
        argument = [step for step in self.done if not step.instance]
        instances = [step for step in self.done if step.instance]
        if not argument or any(step.decision.holds is not True for step in self.done if step.step.kind != "open"):
            return "UNDECIDED"
        if any(step.step.kind == "open" for step in argument):
            return "SUPPORTED" if instances else "UNDECIDED"
        return "REFUTED" if self.theorem.refutes else "PROVED"

    @property
    def trust(self) -> str:
        """What the verdict rests on; "none" where there is none."""
        if self.verdict == "UNDECIDED":
            return "none"
        counted = self.done if self.verdict == "SUPPORTED" else [step for step in self.done if not step.instance]
        return "ball" if any(step.step.kind == "certificate" for step in counted) else "symbolic"

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict == self.theorem.expect

    @property
    def certificates(self) -> dict[str, Data]:
        """Every certificate by the name of its file."""
        return {f"{self.theorem.id}-{name}": data for step in self.done for name, data in step.decision.certificates.items()}

    @property
    def failures(self) -> tuple[Done, ...]:
        """The steps that do not hold."""
        return tuple(step for step in self.done if step.decision.holds is not True and step.step.kind != "open")

    @property
    def raised(self) -> Done | None:
        """The first step whose own code raised an exception, which says nothing about the statement."""
        return next((step for step in self.done if step.decision.raised), None)

    def subject(self) -> Subject:
        """What the certificates are about: a directory keeps those of all theorems."""
        return Subject("proofs", self.theorem.id)

    def headline(self) -> str:
        """The verdict and the theorem."""
        return f"{self.verdict}  {self.theorem.id}: {self.theorem.title} (trust {self.trust})"

    def account(self) -> Account:
        """The verdict, what it rests on, and every step with what was found."""
        theorem = self.theorem
        facts = [
            ("hypotheses", "; ".join(theorem.hypotheses)),
            ("assumed", "; ".join(theorem.assumed)),
            ("source", theorem.source),
            ("expected", "" if self.as_expected else theorem.expect),
        ]
        return Account(heading=self.headline(), facts=[fact for fact in facts if fact[1]], notes=[str(step) for step in self.done])

    def to_json(self) -> Data:
        """A JSON object: the theorem, its verdict and every step."""
        theorem = self.theorem
        return {
            "id": theorem.id,
            "title": theorem.title,
            "latex": theorem.latex,
            "source": theorem.source,
            "hypotheses": list(theorem.hypotheses),
            "assumed": list(theorem.assumed),
            "could_go_wrong": list(theorem.could_go_wrong),
            "formal": list(theorem.formal),
            "verdict": self.verdict,
            "expected": theorem.expect,
            "trust": self.trust,
            "seconds": self.seconds,
            "steps": [
                {
                    "kind": step.step.kind,
                    "says": step.step.says,
                    "holds": {True: "yes", False: "no", None: "not decided"}[step.decision.holds],
                    "found": step.decision.found,
                    "points": step.decision.points,
                    "instance": step.instance,
                    "certificates": [f"{theorem.id}-{name}" for name in step.decision.certificates],
                }
                for step in self.done
            ],
        }


@dataclass(frozen=True, repr=False)
class Proofs(Result):
    """The proofs of several theorems, as many as were reached."""

    proofs: tuple[Proof, ...]

    def __iter__(self) -> Iterator[Proof]:
        return iter(self.proofs)

    @property
    def as_expected(self) -> bool:
        """Whether every verdict is the expected one."""
        return all(proof.as_expected for proof in self.proofs)

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of all proofs."""
        return {name: data for proof in self.proofs for name, data in proof.certificates.items()}

    def subject(self) -> Subject:
        """What the certificates are about."""
        return Subject("proofs", "proofs")

    def headline(self) -> str:
        """How many verdicts of each word."""
        words = Counter(proof.verdict for proof in self.proofs)
        return ", ".join(f"{count} {word}" for word, count in words.items())

    def table(self) -> Table:
        """A row per theorem: its verdict, how it was reached, and what it says."""
        header = ("id", "verdict", "trust", "steps", "points", "certificates", "seconds", "statement")
        return Table(header=header, rows=[_cells(proof) for proof in self.proofs], words=("id", "verdict", "trust", "statement"))

    def account(self) -> Account:
        """The table, and below it each step that does not hold where a verdict is not the expected one."""
        notes = []
        for proof in self.proofs:
            if not proof.as_expected:
                notes.append(f"{proof.theorem.id}: {proof.verdict}, expected {proof.theorem.expect}")
                notes += [f"  {step}" for step in proof.failures]
        return Account(heading="Proofs", tables=[self.table()], notes=notes)

    def to_json(self) -> Data:
        """All proofs as one JSON object."""
        return {"statements": [proof.to_json() for proof in self.proofs]}


def _cells(proof: Proof) -> tuple[str, ...]:
    verdict = proof.verdict if proof.as_expected else f"{proof.verdict} (expected {proof.theorem.expect})"
    points = sum(step.decision.points for step in proof.done)
    counts = (str(len(proof.done)), str(points), str(len(proof.certificates)), f"{proof.seconds:.1f}")
    return (proof.theorem.id, verdict, proof.trust, *counts, proof.theorem.title)


def prove(theorem: Theorem, loss: Loss = supcon, thorough: bool = False, progress: Callable[[Step], object] | None = None) -> Proof:
    """Decide every step of a statement for a loss; `thorough`: on all instances, not only a quick part.

    Certificates are looked for only while every step before them holds. progress(step) is called after each step.

    >>> @theorem("M1", "a square is not negative", "x^2")
    ... def squares(loss):
    ...     yield sign("x^2", sympy.Symbol("x", real=True) ** 2, ">= 0")
    >>> prove(squares).verdict
    'PROVED'
    """
    must_be(theorem, Theorem, "theorem", "a Theorem: a function decorated with @scverify.theorem(...)")
    must_be(loss, Loss, "loss", "a Loss")
    may_be_callable(progress, "progress")
    started = time.perf_counter()
    done: list[Done] = []
    for instance, steps in ((False, lambda: theorem.steps(loss)), (True, lambda: theorem.instances(loss, thorough))):
        for step in _listed(steps):
            broken = any(earlier.decision.holds is not True and earlier.step.kind != "open" for earlier in done)
            done.append(Done(step, _NOT_TRIED if broken and step.kind == "certificate" else _decided(step), instance))
            if progress is not None:
                progress(step)
    return Proof(theorem, tuple(done), time.perf_counter() - started)


def _listed(steps: Callable[[], Iterable[Step]]) -> Iterator[Step]:
    """The steps; one that cannot even be stated for the loss is a step that does not hold, and one that raises is not decided."""
    stated = "the argument can be stated for this loss"
    try:
        for step in steps():
            if not isinstance(step, Step):
                raise TypeError(f"{step!r:.100} is not a step, such as sv.identity or sv.fact makes")
            yield step
    except ScverifyError as error:
        reason = str(error)
        yield Step("fact", stated, "", lambda: Decision(False, reason))
    except Exception as error:
        raised = one_line(error)
        yield Step("fact", stated, "", lambda: Decision(None, raised, raised=raised))


def _decided(step: Step) -> Decision:
    """The decision on a step; one that raises is not decided. A formula that fails at a random point is not given to SymPy."""
    try:
        if step.stated is None:
            return _confirmed(step, step.decide())
        points, where = evaluated(step.stated, step.says)
        if where is not None:
            return Decision(False, f"it fails at {where}")
        decision = step.decide()
        if not decision.holds or not points:
            return decision
        checked = f"; {points} random points agree{' with the compiled loss' if step.stated.of_the_loss else ''}"
        return replace(decision, found=decision.found + checked, points=points)
    except ScverifyError as error:
        return Decision(None, one_line(error))
    except Exception as error:
        return Decision(None, one_line(error), raised=one_line(error))


def _confirmed(step: Step, decision: Decision) -> Decision:
    """The decision on a step that rests on certificates, taken back where the kernel does not verify one."""
    if step.kind == "certificate" and decision.holds and not decision.certificates:
        return Decision(None, "no certificate stands behind it")
    rejected = [name for name, data in decision.certificates.items() if confirmed(data) != "VERIFIED"]
    return Decision(False, f"not verified: {', '.join(rejected)}", decision.certificates) if rejected else decision
