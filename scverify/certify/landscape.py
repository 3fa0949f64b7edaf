"""Whole landscapes: boxes that cover all configurations of a small instance, each left out for a reason the kernel can check (MATH 4.6)."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

import numpy as np

from scverify.certify.better import Better
from scverify.certify.checkpoints import Checkpoints, Keep, opened, sealed, seconds_left
from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import fraction, text
from scverify.certify.orbit import certify_point
from scverify.certify.points import critical_points, feasible_point_of
from scverify.certify.subdivision import Extent, Subdivision, effort
from scverify.errors import InputError, may_be_callable, must_be
from scverify.kernel.certificate import Rejected, rational
from scverify.kernel.landscapes.boxes import Boxes, embedded
from scverify.kernel.landscapes.few_points import most_points
from scverify.kernel.landscapes.node_claims import NODE_REASONS, landscape_level, node_domain
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from scverify.kernel.landscapes.rows import domain_of, rows_of
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import Answer, verify_data
from scverify.model.constraints import Ball
from scverify.model.exact import Rational, positive
from scverify.model.points import AnyProblem, labels_of, node_constraints, point_level_of, points_claim
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.base import VerdictWord
from scverify.results.landscape import Landscape
from scverify.results.points import CriticalPoint

FORMAT = "scverify-landscape-search-2"
BITS = 128  # of the exact numbers in a claim
NARROW = 2.0**-5  # boxes from which a spurious minimum is searched
HOPELESS = 2.0**-30  # a box so narrow holds a minimum that no reason leaves out
PATIENCE = 2.0  # seconds between two searches from narrow boxes


def landscape(
    problem: AnyProblem,
    tau_upper: Rational | None = None,
    *,
    jobs: int | None = None,
    budget: float | None = None,
    starts: int = 200,
    seed: int = 0,
    progress: Callable[[Extent], None] | None = None,
    search: Data | None = None,
    keep: Keep | None = None,
) -> Landscape:
    """Prove that every local minimum is global, for the problem's temperature or all temperatures from it to tau_upper, or refute it.

    First a search for a spurious minimum, from `starts` starts; then boxes, in `jobs` processes (default: as many as this process may use),
    for at most `budget` seconds, the first search and the kernel's check included. search: of an earlier Landscape, to be taken up: the
    starts are searched again, the boxes are not. An interrupt keeps what was done; keep(search) is called now and then, and before the
    kernel checks the tree. On a ball a theorem decides, without boxes. Raises InputError for a `search` that is damaged, and where the
    kernel knows no landscape of the problem: boxes need a sphere, a stated dimension of 2 to 10, a few samples or nodes, and rows that are
    a log-sum-exp and an affine remainder; on nodes also sums of log(1 + e^x), at one temperature.

    >>> landscape(Problem("supcon", (2, 2), dim=4, temperature=1)).verdict
    'PROVED'
    """
    must_be(problem, (Problem, UnitProblem), "problem", "a Problem or a UnitProblem")
    may_be_callable(progress, "progress")
    jobs, budget = effort(jobs, budget)
    started = time.perf_counter()
    fixed = _fixed_temperature(problem, tau_upper)
    upper = fixed if tau_upper is None else positive(tau_upper, "tau_upper")
    kind = "UnitLandscape" if isinstance(problem, UnitProblem) else "Landscape"
    claim: Data = {"type": kind, **points_claim(problem), "statement": EVERY_MINIMUM}
    if upper != fixed:
        claim["tau_upper"] = text(upper)
    if _needs_no_boxes(problem):
        return _without_boxes(problem, upper, claim, started)
    until = time.monotonic() + (budget if budget is not None else float("inf"))
    subdivision, orderings = _subdivision(problem, claim, upper, search)
    hunt = _SpuriousSearch(problem, upper, starts, seed)
    kept = Checkpoints(keep, lambda: _state(claim, subdivision))
    interrupted, answer = False, None
    finished: Data = {}
    try:
        # also of a search that is taken up: what it finds decides, and says which points in narrow boxes are spurious
        hunt.from_many_starts(until)
        if hunt.spurious is None:
            _grow(subdivision, hunt, jobs, until, kept.watching(progress))
        if hunt.spurious is None and subdivision.complete:
            kept.now()
            finished = certificate(claim, {"orderings": orderings, "trees": subdivision.packed()}, BITS)
            answer = verify_data(finished, seconds_left(budget, until))
    except _OutOfTime:
        pass
    except KeyboardInterrupt:
        interrupted = True
    return _result(problem, upper, claim, subdivision, finished, answer, hunt, interrupted, time.perf_counter() - started)


def _state(claim: Data, subdivision: Subdivision) -> Data:
    return sealed({"format": FORMAT, "claim": claim, "trees": subdivision.packed()})


def _fixed_temperature(problem: AnyProblem, upper: Rational | None) -> Fraction:
    """The temperature; InputError for nodes where it is free, without a dimension or with a range."""
    if isinstance(problem, Problem):
        return problem.temperature
    if upper is not None:
        raise InputError(f"tau_upper {upper} for {problem}", "one temperature for a loss with nodes of its own", "drop tau_upper")
    return fraction(point_level_of(problem).tau)


def _is_roomy(problem: AnyProblem) -> bool:
    """Whether there are no more samples, or nodes, than dimensions."""
    return problem.dim is not None and len(labels_of(problem)) <= problem.dim


def _needs_no_boxes(problem: AnyProblem) -> bool:
    return _is_roomy(problem) or (isinstance(problem, Problem) and isinstance(problem.constraint, Ball))


def _trust_without_boxes(problem: AnyProblem) -> str:
    """Whole numbers decide the hypotheses of the theorem, unless few points on a ball (MATH N20) have to be fewer by the temperature."""
    if isinstance(problem, UnitProblem):
        return "exact"
    classes, dim = problem.classes, problem.dim or 0
    return "exact" if dim >= min(classes.n, sum(map(most_points, classes.sizes)) - 1) else "ball"


def _without_boxes(problem: AnyProblem, upper: Fraction, claim: Data, started: float) -> Landscape:
    """No more samples than dimensions, or a ball where few points are left: the kernel needs no box; InputError where it refuses."""
    finished = certificate(claim, {"orderings": [], "trees": []}, BITS)
    answer = verify_data(finished)
    if answer.word != "VERIFIED":
        raise InputError(
            f"landscape of {problem}: {answer.reason}",
            "small instances on the sphere, classes of few samples on a ball, any with d >= n",
            "change the problem, or raise --dim",
        )
    return Landscape(
        problem=problem,
        tau_upper=upper,
        claim=claim["statement"],
        verdict="PROVED",
        trust=_trust_without_boxes(problem),
        reason="there are at least as many dimensions as samples or nodes" if _is_roomy(problem) else answer.reason,
        boxes=0,
        settled=1.0,
        reasons={},
        points=(),
        interrupted=False,
        seconds=time.perf_counter() - started,
        certificate=finished,
        search=None,
    )


def _subdivision(problem: AnyProblem, claim: Data, upper: Fraction, search: Data | None) -> tuple[Subdivision, list[list[int]]]:
    """A new subdivision of the claim's domain, or the one that an earlier search left; InputError where the kernel refuses the problem."""
    pairs = list(combinations(range(len(labels_of(problem))), 2))
    try:
        result = _on_nodes(claim, pairs) if isinstance(problem, UnitProblem) else _on_samples(claim, upper, pairs)
    except Rejected as refusal:
        raise InputError(f"landscape of {problem}: {refusal}", "small instances on the sphere", "change the problem") from refusal
    if search is not None:
        result.take_up(opened(search, FORMAT, claim).get("trees"))
    return result, [list(pair) for pair in pairs]


def _on_samples(claim: Data, upper: Fraction, pairs: list[tuple[int, int]]) -> Subdivision:
    stated = read_problem(claim["problem"])
    level = level_of(stated, "samples", None)
    rows = rows_of(stated, level, pairs)
    return Subdivision(rows, domain_of(stated, level, rational(text(upper), "tau_upper")), STATEMENTS[claim["statement"]])


def _on_nodes(claim: Data, pairs: list[tuple[int, int]]) -> Subdivision:
    return Subdivision(*node_domain(landscape_level(claim), pairs), NODE_REASONS)


def _grow(subdivision: Subdivision, hunt: _SpuriousSearch, jobs: int, until: float, watch: Callable[[Extent], None]) -> None:
    """Settles boxes until all are, or a spurious minimum is met in one that resists."""
    for narrow in subdivision.grow(jobs, until, watch):
        hunt.near(narrow)
        if hunt.spurious is not None or hunt.hopeless:
            return


class _OutOfTime(Exception):
    """The budget ended while starts were searched."""


class _SpuriousSearch:
    """The search for a spurious minimum: from many starts, and in boxes that resist."""

    def __init__(self, problem: AnyProblem, upper: Fraction, starts: int, seed: int) -> None:
        """Nothing is searched yet."""
        self.problem, self.starts, self.seed = problem, starts, seed
        self.ends: list[AnyProblem] = [problem]
        if upper != problem.temperature:
            self.ends.append(problem.replace(temperature=upper))
        self.points: tuple[CriticalPoint, ...] = ()
        self.spurious: CriticalPoint | None = None
        self.hopeless = ""
        self._better: Better | None = None
        self._last = 0.0

    def from_many_starts(self, until: float) -> None:
        """At either end of the temperatures; raises _OutOfTime when the clock passes `until`."""

        def watch(done: int, total: int) -> None:
            if time.monotonic() >= until:
                raise _OutOfTime

        for problem in self.ends:
            found = critical_points(problem, self.starts, self.seed, watch)
            if problem is self.problem:
                self.points = found.points
                if found.optimum is not None:
                    self._better = feasible_point_of(problem, found.optimum)
            if spurious := found.of_kind("spurious minimum"):
                self.spurious = min(spurious, key=lambda point: point.lower)
                self.points = found.points
                return
            if found.interrupted:
                raise KeyboardInterrupt

    def near(self, box: Boxes) -> None:
        """Certifies what lies near the middle of a box that is narrow, now and then."""
        width = float((box.high[:-1] - box.low[:-1]).max())
        if width < HOPELESS:
            self.hopeless = (
                f"a box of width {width:.0e} resists: a critical point there may be degenerate, or not a strict minimum, "
                "or of least value in fewer dimensions than the optimum needs"
            )
        if width > NARROW or time.monotonic() < self._last + PATIENCE or len(self.ends) > 1:
            return
        embeddings = embedded(box, self.problem.dim or 0).middle()[:, :, 0]
        radii = [float(getattr(norm, "rho", 1)) for norm in node_constraints(self.problem)]
        embeddings *= np.array(radii) / np.linalg.norm(embeddings, axis=0)
        point = certify_point(self.problem, np.ascontiguousarray(embeddings), better=self._better)
        if point.kind == "spurious minimum":
            self.spurious, self.points = point, (*self.points, point)
        self._last = time.monotonic()


def _result(
    problem: AnyProblem,
    upper: Fraction,
    claim: Data,
    subdivision: Subdivision,
    finished: Data,
    answer: Answer | None,
    hunt: _SpuriousSearch,
    interrupted: bool,
    seconds: float,
) -> Landscape:
    """The result: the kernel's word on the finished certificate is what makes it PROVED."""
    verdict: VerdictWord = "UNDECIDED"
    trust, reason, proof, search = "float", "", None, None
    if hunt.spurious is not None:
        verdict, trust, proof = "REFUTED", "ball", hunt.spurious.certificate
        reason = f"a spurious minimum at tau = {hunt.spurious.problem.temperature}"
    elif answer is not None and answer.word == "VERIFIED":
        verdict, trust, proof = "PROVED", "interval", finished
    else:
        reason = hunt.hopeless or ("interrupted" if interrupted else "out of budget")
        if answer is not None:
            reason = f"the kernel did not accept the tree: {answer.reason}"
        search = _state(claim, subdivision)
    return Landscape(
        problem=problem,
        tau_upper=upper,
        claim=claim["statement"],
        verdict=verdict,
        trust=trust,
        reason=reason,
        boxes=subdivision.boxes,
        settled=subdivision.progress.settled,
        reasons=subdivision.reasons_given,
        points=hunt.points,
        interrupted=interrupted,
        seconds=seconds,
        certificate=proof,
        search=search,
    )
