"""The hunt for a counterexample: Hypothesis draws problems and climbs towards a violation; what is found is certified, then made small."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import HypothesisException

from scverify.certify.checkpoints import Keep
from scverify.certify.claims import Data
from scverify.certify.points import Progress
from scverify.conjecture import clock
from scverify.conjecture.clock import OutOfTime, time_limit
from scverify.conjecture.hunt import Hunt, look
from scverify.conjecture.journal import Journal
from scverify.conjecture.proof import Proof, prove
from scverify.conjecture.statement import Conjecture
from scverify.conjecture.strategies import as_domain
from scverify.conjecture.theorem import Theorem
from scverify.conjecture.truth import weakest
from scverify.conjecture.verdict import Counterexample, Verdict
from scverify.conjecture.workers import Workers
from scverify.errors import InputError, may_be_callable, must_be
from scverify.model.exact import seconds, whole
from scverify.model.points import AnyProblem
from scverify.model.problem import Problem
from scverify.results.base import VerdictWord

_FIRST_ROUND = 20  # examples: a gross violation is found among few
_LARGEST_ROUND = 640  # examples, doubled from round to round up to here: a round must end within the budget
_SHRINKING, _SHRINKING_BEFORE_A_SCAN = 0.3, 0.05  # shares of the budget; a scan finds the smallest one by itself
_RESERVE = 0.03  # of the budget, for writing down what was found
_STALE_ROUNDS = 3  # rounds without a new problem: the domain is used up
_STEEPEST = 1e6  # Hypothesis climbs on finite scores
_MOST_JOBS = 256  # as many processes as a large machine has cores


class _Violation(Exception):
    """Tells Hypothesis that an instance refutes the statement."""


@dataclass
class Course:
    """How far a check has come: its proofs, whether a finite domain was finished, and whether all smaller instances were scanned."""

    proofs: list[Proof] = field(default_factory=list)
    finished: bool = False
    scanned_all: bool = False
    interrupted: bool = False


def check(
    conjecture: Conjecture,
    budget: float = 120,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
    database: str | None = None,
    *,
    search: Data | None = None,
    keep: Keep | None = None,
) -> Verdict:
    """Try to refute a conjecture within a budget of seconds, and say what is known.

    Its `proof` is checked first. A finite domain is run through, smallest instance first; from any other one Hypothesis draws, with a seed
    that alone decides which problems are tried in which order. A FALSE is a candidate; REFUTED needs certificates that the kernel verifies.
    The rest of the budget then looks for a smaller instance. jobs: up to 256 processes that work ahead; they change the time and no answer.
    database: a directory in which Hypothesis keeps failures. progress(problems, refuted) is called after each problem. Ctrl-C returns what
    is known. keep(search) is called now and then and at Ctrl-C; a check with that `search` asks nothing again that is known (as long as the
    statement's file is the same), and has its whole budget. Raises InputError, also where the statement's own Python fails.

    >>> @conjecture(classes=strategies.classes(k=2, size=(2, 3)), temperature=1)
    ... def negative(problem):
    ...     return optimum_facts(problem).value < 0
    >>> check(negative, budget=60).word
    'REFUTED'
    """
    must_be(conjecture, Conjecture, "conjecture", "a Conjecture: a function decorated with @scverify.conjecture(...)")
    seconds(budget, "budget"), whole(seed, "seed", 0)
    if whole(jobs, "jobs", 1) > _MOST_JOBS:
        raise InputError(f"jobs {jobs}", f"1 to {_MOST_JOBS}", "use as many as there are cores")
    if database is not None:
        must_be(database, str, "database", "a directory")
    may_be_callable(progress, "progress")
    started = clock.now()
    course, journal = Course(), Journal(conjecture, search, keep)
    with Workers(partial(look, conjecture), jobs if jobs > 1 else 0) as workers:
        hunt = Hunt(conjecture, workers, started + float(budget) * (1 - _RESERVE), journal, progress)
        try:
            _run(hunt, course, seed, database)
        except OutOfTime:
            pass
        except KeyboardInterrupt:
            course.interrupted = True
            journal.kept.now()
    return _verdict(hunt, course, seed, clock.now() - started)


def _run(hunt: Hunt, course: Course, first_seed: int, database: str | None) -> None:
    with time_limit(hunt.until - clock.now()):
        course.proofs = _proofs(hunt.conjecture)
    if hunt.conjecture.is_finite:
        course.finished = run_through(hunt)
    else:
        draw(hunt, first_seed, database)
    if hunt.refuted:
        scan(hunt, course)


def _proofs(conjecture: Conjecture) -> list[Proof]:
    """The steps of the conjecture's proof, each decided, for each of its losses; none without steps or where the losses are not listed."""
    given = conjecture.proof
    if not given or not conjecture.loss.complete:
        return []
    steps = given if callable(given) else lambda loss: given
    return [
        prove(Theorem(conjecture.name, conjecture.says, "", conjecture.source, (), (), (), steps), loss) for loss in conjecture.loss.listed
    ]


def run_through(hunt: Hunt) -> bool:
    """Try every listed instance, smallest first, until one is refuted; True where none is and all were tried."""
    with time_limit(hunt.until - clock.now()):
        listed = hunt.conjecture.listed()
    return not any_refuted(hunt, listed)


def any_refuted(hunt: Hunt, problems: Iterable[AnyProblem]) -> bool:
    """Try problems in their order until one is refuted."""
    problems = list(problems)
    hunt.expect(problems)
    for problem in problems:
        hunt.truth(problem)
        if problem in hunt.refuted:
            return True
    return False


def draw(hunt: Hunt, first_seed: int, database: str | None = None) -> None:
    """Rounds of growing size in which Hypothesis draws, climbs and shrinks; ends at the first refutation."""
    stale, kept = 0, None if database is None else DirectoryBasedExampleDatabase(database)
    for number in count():
        before = len(hunt.known)
        rounds = [((first_seed << 16) + later, min(_FIRST_ROUND << later, _LARGEST_ROUND)) for later in (number, number + 1)]
        if hunt.workers.count:
            hunt.expect(problem for round_seed, examples in rounds for problem in _drawn(hunt, round_seed, examples))
        _round(hunt, *rounds[0], kept)
        stale = 0 if len(hunt.known) > before else stale + 1
        if hunt.refuted or stale == _STALE_ROUNDS:
            return


def _drawn(hunt: Hunt, round_seed: int, examples: int) -> list[AnyProblem]:
    """The problems that a round would draw if it did not climb. Raises OutOfTime."""
    found: list[AnyProblem] = []

    def note(problem: AnyProblem) -> None:
        hunt.check_time()
        found.append(problem)

    _hypothesis(hunt.conjecture, round_seed, examples, None, [Phase.generate], note)
    return found


def _round(hunt: Hunt, round_seed: int, examples: int, kept: ExampleDatabase | None) -> None:
    shrinks_until: list[float] = []

    def holds(problem: AnyProblem) -> None:
        if shrinks_until and clock.now() > shrinks_until[0] and problem not in hunt.known:
            raise OutOfTime
        truth = hunt.truth(problem)
        target(max(-_STEEPEST, min(_STEEPEST, -truth.margin)))
        if problem in hunt.refuted:
            if not shrinks_until:
                share = _SHRINKING_BEFORE_A_SCAN if hunt.conjecture.is_listed else _SHRINKING
                shrinks_until.append(clock.now() + share * max(0.0, hunt.until - clock.now()))
                hunt.expect(at_its_temperature(hunt))
            raise _Violation

    phases = [Phase.generate, Phase.target, Phase.shrink, *([Phase.reuse] if kept is not None else [])]
    try:
        _hypothesis(hunt.conjecture, round_seed, examples, kept, phases, holds)
    except _Violation:
        pass
    except OutOfTime:
        if not shrinks_until or clock.now() > hunt.until:
            raise


def _hypothesis(
    conjecture: Conjecture,
    round_seed: int,
    examples: int,
    kept: ExampleDatabase | None,
    phases: list[Phase],
    ask: Callable[[AnyProblem], object],
) -> None:
    """Let Hypothesis ask at problems of the domain."""

    @seed(round_seed)
    @settings(
        max_examples=examples,
        database=kept,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=phases,
    )
    @given(conjecture.instances())
    def asked(problem: AnyProblem) -> None:
        ask(problem)

    try:
        asked()
    except HypothesisException as error:
        # An interrupt in the middle of Hypothesis's own work comes out as a complaint that the test is flaky.
        if interrupt := _interrupt_behind(error):
            raise interrupt from None
        raise


def _interrupt_behind(error: BaseException | None) -> KeyboardInterrupt | None:
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def at_its_temperature(hunt: Hunt) -> list[AnyProblem]:
    """The instances of listed classes that are smaller than the smallest refuted one and else like it, smallest first."""
    bound = hunt.smallest
    if not isinstance(bound, Problem):
        return []
    temperature, constraint, loss = map(as_domain, (bound.temperature, bound.constraint, bound.loss))
    return replace(hunt.conjecture, temperature=temperature, constraint=constraint, loss=loss).listed(below=bound)


def scan(hunt: Hunt, course: Course) -> None:
    """Look for a smaller instance: first where only the classes are smaller, then through all that are listed, smallest first."""
    any_refuted(hunt, at_its_temperature(hunt))
    bound = hunt.smallest
    with time_limit(hunt.until - clock.now()):
        smaller = hunt.conjecture.listed(below=bound)
    any_refuted(hunt, smaller)
    course.scanned_all = bound is not None and hunt.conjecture.lists_below(bound)


def _verdict(hunt: Hunt, course: Course, first_seed: int, seconds: float) -> Verdict:
    smallest, found = hunt.smallest, None
    if smallest is not None:
        truth = hunt.known[smallest]
        size = hunt.conjecture.size
        scanned = sum(size(problem) < size(smallest) for problem in hunt.known)
        found = Counterexample(smallest, truth.evidence, hunt.refuted[smallest], truth.trust, course.scanned_all, scanned)
    word, trust, reason = _word(hunt, course, found)
    return Verdict(hunt.conjecture, word, trust, reason, hunt.tally, found, seconds, first_seed, course.interrupted)


def _word(hunt: Hunt, course: Course, found: Counterexample | None) -> tuple[VerdictWord, Any, str]:
    """The word, its trust and the reason."""
    truths = list(hunt.known.items())
    proved = bool(course.proofs) and all(proof.verdict == "PROVED" for proof in course.proofs)
    if found is not None:
        contradiction = "; the steps given as its proof do not prove it" if proved else ""
        return "REFUTED", found.trust, f"false at {found.problem}{contradiction}"
    if proved:
        return "PROVED", "ball" if any(proof.trust == "ball" for proof in course.proofs) else "symbolic", "every step of its proof holds"
    false = [problem for problem, truth in truths if truth.value is False]
    if false:
        return "UNDECIDED", "float", f"false in floats at {false[0]}, with no certificate that the kernel verifies"
    if open_ones := [(problem, truth) for problem, truth in truths if truth.value is None]:
        problem, truth = open_ones[0]
        reason = f"{len(open_ones)} of {len(truths)} problems are undecided; the first is {problem}: {'; '.join(truth.evidence)}"
        return "UNDECIDED", truth.trust, reason
    if not truths:
        return "UNDECIDED", "float", "no problem was finished within the budget"
    trust = weakest(*(truth.trust for _, truth in truths))
    if course.finished and all(truth.is_proof for _, truth in truths):
        return "PROVED", trust, f"true at {_counted(len(truths), 'every')} of the domain"
    return (
        "SUPPORTED",
        trust,
        f"true at {_counted(len(truths), 'every' if course.finished else 'drawn')} of the domain; this is not a proof",
    )


def _counted(number: int, of: str) -> str:
    """So many problems in words: each of them, or those that were drawn."""
    if of == "drawn":
        return f"{number} drawn problem{'s' if number > 1 else ''}"
    return f"each of the {number} problems" if number > 1 else "the only problem"
