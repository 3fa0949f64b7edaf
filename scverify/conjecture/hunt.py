"""What is known so far of one conjecture: its truth at each problem that was asked, and the refutations that the kernel verified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scverify.certify.claims import Data, confirmed
from scverify.certify.counterexample import counterexample
from scverify.certify.points import Progress
from scverify.conjecture import clock
from scverify.conjecture.clock import OutOfTime, time_limit
from scverify.conjecture.journal import Finding, Journal
from scverify.conjecture.statement import Conjecture
from scverify.conjecture.tally import TALLY, Tally
from scverify.conjecture.truth import Truth
from scverify.conjecture.workers import Workers
from scverify.errors import InputError, ScverifyError
from scverify.model.points import AnyProblem
from scverify.symbolic.modules import one_line


def look(conjecture: Conjecture, problem: AnyProblem) -> Finding:
    """Ask a conjecture at one problem; it is refuted there where it is FALSE and the kernel verifies the certificates of that.

    Raises InputError where the statement's own Python fails.
    """
    tally = Tally(problems=1)
    token = TALLY.set(tally)
    try:
        truth = conjecture(problem)
    except ScverifyError:
        raise
    except Exception as error:
        raise InputError(
            f"{conjecture.name} raises {one_line(error)} at {problem}", "a function that returns a Truth or a bool", "correct the statement"
        ) from error
    finally:
        TALLY.reset(token)
    refutation = None
    if truth.value is False and truth.is_proof and truth.certificates:
        data = counterexample(f"{conjecture.name}: {conjecture.says}", truth.certificates)
        refutation = data if confirmed(data) == "VERIFIED" else None
    return Finding(truth, refutation, tally)


@dataclass
class Hunt:
    """Every problem is asked once, in an order that the number of processes does not change. until: when the time is up (monotonic)."""

    conjecture: Conjecture
    workers: Workers[AnyProblem, Finding]
    until: float
    journal: Journal
    progress: Progress | None = None
    known: dict[AnyProblem, Truth] = field(default_factory=dict)
    refuted: dict[AnyProblem, Data] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def truth(self, problem: AnyProblem) -> Truth:
        """The truth at a problem; `refuted` then holds the problem where it is refuted. Raises OutOfTime once the time is up."""
        if problem not in self.known:
            self.check_time()
            finding = self.journal.earlier(problem)
            if finding is None:
                # Only here may the alarm ring: in the middle of its own work Hypothesis would take it for a failure of the test.
                with time_limit(self.until - clock.now()):
                    finding = self.workers.answer(problem)
                self.journal.add(problem, finding)
            self.known[problem] = finding.truth
            self.tally.add(finding.tally)
            if finding.refutation is not None:
                self.refuted[problem] = finding.refutation
            if self.progress is not None:
                self.progress(self.tally.problems, len(self.refuted))
        return self.known[problem]

    def check_time(self) -> None:
        """Raises OutOfTime once the time is up."""
        if clock.now() > self.until:
            raise OutOfTime

    def expect(self, problems: Iterable[AnyProblem]) -> None:
        """Let the processes work ahead on problems that will probably be asked, in this order."""
        self.workers.expect(problem for problem in problems if problem not in self.known and self.journal.earlier(problem) is None)

    @property
    def smallest(self) -> AnyProblem | None:
        """The smallest instance that is refuted."""
        return min(self.refuted, key=self.conjecture.size, default=None)
