"""The temperature at which a kind of minimum ceases to be: branches followed from one end of a range, and how each of them ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx

from scverify.certify.branch import PRECISION, BetterAt, Branch, continued, follow, guide_of_point, solved
from scverify.certify.claims import Data
from scverify.certify.fold import with_fold
from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.certify.points import critical_points
from scverify.errors import InputError, Undecided, must_be
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.model.exact import Rational, positive
from scverify.model.problem import Problem
from scverify.results.points import CriticalPoint
from scverify.results.threshold import Ending, Family, Followed, Threshold, Turn

KINDS = {
    "spurious minimum": ("SpuriousBranch", ("spurious minimum",)),
    "strict minimum": ("StrictBranch", ("spurious minimum", "strict minimum", "global minimum")),
}
Progress = Callable[[int, int], None]
_COARSE, _FINE = Fraction(1, 2**11), Fraction(1, 2**15)
_BEYOND = tuple(Fraction(1, 2**bits) for bits in (14, 12, 10, 8, 6))
_TICKS = 1000


@dataclass(frozen=True)
class _Followed:
    """A branch, and how it ends; see `Followed` of the results."""

    branch: Branch
    ending: Ending
    reason: str
    after: Branch | None = None

    def result(self) -> Followed:
        """What is kept of it."""
        after = None if self.after is None else _family(self.after)
        return Followed(branch=_family(self.branch), ending=self.ending, reason=self.reason, after=after)


def _family(branch: Branch) -> Family:
    fold = branch.fold
    return Family(
        lower=branch.lower,
        upper=branch.upper,
        steps=len(branch.steps),
        excess=branch.excess,
        fold=None if fold is None else Turn(lower=fold.lower, upper=fold.upper, beyond=fold.beyond),
        certificate=branch.certificate,
    )


def threshold(
    problem: Problem,
    kind: str = "spurious minimum",
    tau: tuple[Rational, Rational] = ("1/20", "1/10"),
    starts: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
    points: Sequence[CriticalPoint] = (),
) -> Threshold:
    """Follow every orbit of a kind that is known at one end of a range of temperatures, and bracket where it ceases to be of it.

    problem: its own temperature does not matter. kind: "spurious minimum" or "strict minimum". tau: the range. Without `points` (certified,
    all at one end of the range) orbits are sought at its lower end, then at its upper end; a search may miss orbits. progress(done, total)
    tells how much of the range is behind. Raises InputError for another kind, an empty range, H >= 0 or no dimension.
    """
    must_be(problem, Problem, "problem", "a Problem")
    must_be(tau, tuple, "tau", "two temperatures, such as ('1/20', '1/10')")
    if len(tau) != 2 or not all(isinstance(point, CriticalPoint) for point in points):
        raise InputError(f"tau {tau}, points {type(points).__name__}", "two temperatures, and certified CriticalPoints", "correct them")
    started = time.perf_counter()
    if kind not in KINDS:
        raise InputError(f"kind {kind!r}", " or ".join(map(repr, KINDS)), "choose one of them")
    claim, kinds = KINDS[kind]
    lower, upper = (positive(end, "an end of tau") for end in tau)
    if not lower < upper:
        raise InputError(f"temperatures {lower}, {upper}", "a lower and then a higher temperature", "correct tau (--tau A,B)")
    followed: list[_Followed] = []
    refused: list[str] = []
    origin, interrupted = lower, False
    for origin, target in ((lower, upper), (upper, lower)):
        at_origin = problem.replace(temperature=origin)
        known, interrupted = _known(at_origin, points, starts, seed)
        for point in (point for wanted in kinds for point in known if point.kind == wanted):
            if interrupted:
                break
            try:
                followed.append(_followed(point, known, claim, target, progress))
            except (InputError, Unresolved, Rejected) as refusal:
                refused.append(f"at tau = {origin}: {refusal}")
            else:
                interrupted = followed[-1].branch.stopped == "interrupted"
        if followed or interrupted:
            break
    ranked = sorted(followed, key=lambda one: abs((one.branch.upper if origin == lower else one.branch.lower) - origin), reverse=True)
    return Threshold(
        problem=problem,
        kind=kind,
        lower=lower,
        upper=upper,
        origin=origin,
        followed=tuple(one.result() for one in ranked),
        refused=tuple(refused),
        interrupted=interrupted,
        seconds=time.perf_counter() - started,
    )


def _known(problem: Problem, points: Sequence[CriticalPoint], starts: int, seed: int) -> tuple[tuple[CriticalPoint, ...], bool]:
    """The given points of a problem, or those that a search finds; and whether it was interrupted."""
    if points:
        return tuple(point for point in points if point.problem == problem), False
    found = critical_points(problem, starts, seed)
    return found.points, found.interrupted


def _followed(point: CriticalPoint, known: Sequence[CriticalPoint], claim: str, target: Fraction, progress: Progress | None) -> _Followed:
    """The branch of a point and how it ends. Raises Unresolved, Rejected or InputError where not even its beginning is proved."""
    better_at, origin = _better(known), point.problem.temperature

    def tick(tau: Fraction) -> None:
        if progress is not None:
            progress(int(_TICKS * abs(tau - origin) / abs(target - origin)), _TICKS)

    guide, start = guide_of_point(point)
    branch = follow(guide, claim, start, origin, target, better_at, tick, _COARSE)
    if not branch.stopped or branch.stopped == "interrupted":
        return _Followed(branch, "unproved" if branch.stopped else "whole range", branch.stopped)
    if target < origin:
        return _Followed(branch, "unproved", f"below the branch: {branch.stopped}")
    folded = with_fold(branch)
    if folded is None:
        branch = continued(branch, target, better_at, tick, _FINE)
        folded = with_fold(branch) if branch.stopped else None
    if folded is not None:
        return _Followed(folded, "fold", "")
    if not branch.stopped:
        return _Followed(branch, "whole range", "")
    after = _saddles_after(branch, point, target)
    if after is not None:
        return _Followed(branch, "saddle", "between the two nothing is proved, nor that they are one branch", after)
    return _Followed(branch, "unproved", branch.stopped)


def _better(known: Sequence[CriticalPoint]) -> BetterAt:
    """A point of lower loss: the optimum's at that temperature, or the lowest of the known critical points."""

    def at(tau: Fraction) -> Data | None:
        try:
            return Better.of_optimum(optimum(known[0].problem.replace(temperature=tau)).certificate).witness
        except (InputError, Undecided):
            return Better.of_point(min(known, key=lambda point: point.upper)).witness

    return at


def _saddles_after(branch: Branch, point: CriticalPoint, target: Fraction) -> Branch | None:
    """A branch of strict saddles that floats reach from the end of a branch of minima."""
    last, frame = branch.steps[-1].curve, branch.guide.frame
    for part in _BEYOND:
        tau = min(target, branch.upper + part * (target - branch.upper))
        with ctx.workprec(PRECISION):
            try:
                end = [x.mid() for x in last.at(last.tube.end)]
                at = solved(frame, [*end[:-1], (arb(tau.numerator) / tau.denominator).mid()], frame.size)
            except Unresolved:
                continue
            embeddings = point.embeddings.copy()
            for row, entries in zip(embeddings, frame.state(at).h, strict=False):
                row[:] = [float(x) for x in entries]
        beyond = certify_point(point.problem.replace(temperature=tau), embeddings)
        if beyond.kind != "strict saddle":
            continue
        try:
            guide, start = guide_of_point(beyond)
            return follow(guide, "SaddleBranch", start, tau, target, lambda _: None, finest=_COARSE)
        except (InputError, Unresolved, Rejected):
            continue
    return None
