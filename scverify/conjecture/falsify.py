"""The hunt for a counterexample: Hypothesis draws problems and climbs towards a violation; what is found is certified, then made small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from scverify.certify.claims import confirmed
from scverify.certify.counterexample import counterexample
from scverify.conjecture.clock import OutOfTime, time_limit
from scverify.conjecture.facts import TALLY, Tally
from scverify.conjecture.proof import Statement, prove
from scverify.conjecture.statement import Conjecture, Word
from scverify.conjecture.truth import Truth, weakest
from scverify.conjecture.verdict import Counterexample, Verdict
from scverify.errors import InputError
from scverify.model.exact import positive, whole
from scverify.model.problem import Problem

Progress = Callable[[int, int], object]
_FIRST_ROUND = 20
_LARGEST_ROUND = 640
_SHRINKING = 0.3
_RESERVE = 0.03
_STALE_ROUNDS = 3
_STEEPEST = 1e6


class _Violation(Exception):
    """Tells Hypothesis that an instance refutes the statement."""


@dataclass
class Hunt:
    """What is known so far of one conjecture; every problem is asked once."""

    conjecture: Conjecture
    progress: Progress | None = None
    known: dict[Problem, Truth] = field(default_factory=dict)
    refuted: dict[Problem, dict[str, Any]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def truth(self, problem: Problem) -> Truth:
        """The truth at a problem, and whether it refutes: FALSE, certified, and verified by the kernel from its own text."""
        if problem in self.known:
            return self.known[problem]
        token = TALLY.set(self.tally)
        try:
            truth = self.conjecture(problem)
        finally:
            TALLY.reset(token)
        if truth.value is False and truth.is_proof and truth.certificates:
            certificate = counterexample(f"{self.conjecture.name}: {self.conjecture.says}", truth.certificates)
            if confirmed(certificate) == "VERIFIED":
                self.refuted[problem] = certificate
        self.known[problem] = truth
        self.tally.problems += 1
        if self.progress is not None:
            self.progress(self.tally.problems, len(self.refuted))
        return truth

    @property
    def smallest(self) -> Problem | None:
        """The smallest instance that is refuted."""
        return min(self.refuted, key=self.conjecture.size, default=None)


def check(
    conjecture: Conjecture,
    budget: float = 120,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
    database: str | None = None,
) -> Verdict:
    """Try to refute a conjecture within a budget of seconds, and say what is known.

    Its `proof` is checked first. A finite domain is run through, smallest instance first; from any other one Hypothesis draws, with a seed
    that alone decides which problems are tried in which order. A FALSE is a candidate; REFUTED needs certificates that the kernel verifies.
    The rest of the budget then looks for a smaller instance. jobs: 1, the search runs in one process (InputError otherwise). database: a
    directory in which Hypothesis keeps failures. progress(problems, refuted) is called after each problem. Ctrl-C returns what is known.
    """
    positive(budget, "budget"), whole(seed, "seed", 0)
    if jobs != 1:
        raise InputError(f"jobs {jobs}", "1: the search runs in one process", "leave jobs out")
    started = time.monotonic()
    hunt = Hunt(conjecture, progress=progress)
    finished = interrupted = proved = False
    trust = "symbolic"
    scanned: tuple[int, bool] = (0, False)
    try:
        with time_limit(float(budget) * (1 - _RESERVE)):
            until = started + float(budget) * (1 - _RESERVE)
            proved, trust = _proof(conjecture)
            finished = _searched(hunt, seed, until, database)
    except OutOfTime:
        pass
    except KeyboardInterrupt:
        interrupted = True
    if hunt.refuted and not interrupted:
        scanned, interrupted = _scan(hunt, started + float(budget) * (1 - _RESERVE))
    return _verdict(hunt, seed, finished, interrupted, proved, trust, scanned, time.monotonic() - started)


def _proof(conjecture: Conjecture) -> tuple[bool, Any]:
    """Whether the steps of the conjecture's proof all hold, and the trust they have."""
    if not conjecture.proof:
        return False, "symbolic"
    statement = Statement(conjecture.name, conjecture.says, "", conjecture.source, (), (), (), lambda loss: conjecture.proof)
    proof = prove(statement)
    return proof.verdict == "PROVED", proof.trust


def _searched(hunt: Hunt, first_seed: int, until: float, database: str | None) -> bool:
    """Run through a finite domain, or let Hypothesis draw; True where a finite domain was finished."""
    return run_through(hunt) if hunt.conjecture.is_finite else draw(hunt, first_seed, until, database)


def run_through(hunt: Hunt) -> bool:
    """Try every listed instance, smallest first, until one is refuted; True where none is and all were tried."""
    for problem in hunt.conjecture.listed():
        hunt.truth(problem)
        if hunt.refuted:
            return False
    return True


def draw(hunt: Hunt, first_seed: int, until: float, database: str | None = None) -> bool:
    """Rounds of growing size in which Hypothesis draws, climbs and shrinks; ends at the first refutation."""
    stale, kept = 0, None if database is None else DirectoryBasedExampleDatabase(database)
    for number in count():
        before = len(hunt.known)
        _round(hunt, (first_seed << 16) + number, min(_FIRST_ROUND << number, _LARGEST_ROUND), until, kept)
        stale = 0 if len(hunt.known) > before else stale + 1
        if hunt.refuted or stale == _STALE_ROUNDS:
            return False
    return False


def _round(hunt: Hunt, round_seed: int, examples: int, until: float, kept: ExampleDatabase | None) -> None:
    shrinks_until: list[float] = []

    @seed(round_seed)
    @settings(
        max_examples=examples,
        database=kept,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.target, Phase.shrink, *([Phase.reuse] if kept is not None else [])],
    )
    @given(hunt.conjecture.instances())
    def holds(problem: Problem) -> None:
        if shrinks_until and time.monotonic() > shrinks_until[0] and problem not in hunt.known:
            raise OutOfTime
        truth = hunt.truth(problem)
        target(max(-_STEEPEST, min(_STEEPEST, -truth.margin)))
        if problem in hunt.refuted:
            if not shrinks_until:
                shrinks_until.append(time.monotonic() + _SHRINKING * max(0.0, until - time.monotonic()))
            raise _Violation

    try:
        holds()
    except _Violation:
        pass
    except OutOfTime:
        if not shrinks_until:
            raise


@contextmanager
def _quietly(seconds: float) -> Iterator[None]:
    try:
        with time_limit(seconds):
            yield
    except OutOfTime:
        pass


def _scan(hunt: Hunt, until: float) -> tuple[tuple[int, bool], bool]:
    """Try the listed instances that are smaller than the smallest refuted one, smallest first, as long as there is time."""
    number, complete = 0, False
    bound = hunt.smallest
    assert bound is not None
    smaller = [problem for problem in hunt.conjecture.listed() if hunt.conjecture.size(problem) < hunt.conjecture.size(bound)]
    try:
        with _quietly(until - time.monotonic()):
            for problem in smaller:
                hunt.truth(problem)
                number += 1
                if problem in hunt.refuted:
                    break
            complete = bool(hunt.conjecture.classes.listed and hunt.conjecture.temperature.listed)
    except KeyboardInterrupt:
        return (number, False), True
    return (number, complete), False


def _verdict(
    hunt: Hunt,
    first_seed: int,
    finished: bool,
    interrupted: bool,
    proved: bool,
    proof_trust: Any,
    scanned: tuple[int, bool],
    seconds: float,
) -> Verdict:
    conjecture, smallest = hunt.conjecture, hunt.smallest
    found = None
    if smallest is not None:
        truth = hunt.known.get(smallest)
        evidence, trust = ((), "ball") if truth is None else (truth.evidence, truth.trust)
        found = Counterexample(smallest, evidence, hunt.refuted[smallest], trust, scanned[1], scanned[0])
    word, trust, reason = _told(hunt, finished, proved, proof_trust, found)
    return Verdict(conjecture, word, trust, reason, hunt.tally, found, seconds, first_seed, interrupted)


def _told(hunt: Hunt, finished: bool, proved: bool, proof_trust: Any, found: Counterexample | None) -> tuple[Word, Any, str]:
    """The word, its trust and the reason."""
    truths = list(hunt.known.items())
    if found is not None:
        contradiction = "; the steps given as its proof do not prove it" if proved else ""
        return "REFUTED", found.trust, f"false at {found.problem}{contradiction}"
    if proved:
        return "PROVED", proof_trust, "every step of its proof holds"
    false = [problem for problem, truth in truths if truth.value is False]
    if false:
        return "UNDECIDED", "float", f"false in floats at {false[0]}, with no certificate that the kernel verifies"
    if open_ones := [(problem, truth) for problem, truth in truths if truth.value is None]:
        problem, truth = open_ones[0]
        told = f"{len(open_ones)} of {len(truths)} problems are undecided; the first is {problem}: {'; '.join(truth.evidence)}"
        return "UNDECIDED", truth.trust, told
    if not truths:
        return "UNDECIDED", "float", "no problem was finished within the budget"
    trust = weakest(*(truth.trust for _, truth in truths))
    if finished and all(truth.is_proof for _, truth in truths):
        return "PROVED", trust, f"true at each of the {len(truths)} problems of the domain"
    of = "all" if finished else "drawn"
    return "SUPPORTED", trust, f"true at {len(truths)} {of} problems of the domain; this is no proof"
