"""How a branch of minima ends: at the whole range, at a proved fold, before saddles, or unproved (MATH 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx

from scverify.certify.better import Better
from scverify.certify.branch import PRECISION, BetterAt, Branch, continued, follow, guide_of_point
from scverify.certify.claims import Data
from scverify.certify.fold import with_fold
from scverify.certify.optimum import general_optimum
from scverify.certify.orbit import certify_point
from scverify.certify.points import Progress
from scverify.certify.tubes import solved
from scverify.errors import InputError, Undecided
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.results.points import CriticalPoint
from scverify.results.threshold import Ending, Family, Followed, TurningPoint
from scverify.symbolic.shape import is_known_convex

# steps as parts of the whole way: a branch is followed in coarse ones, and where no fold is proved at its end in fine ones
_COARSE, _FINE = Fraction(1, 2**11), Fraction(1, 2**15)
# how far beyond the end of a branch saddles are looked for, nearest first, as parts of the rest of the way
_BEYOND = tuple(Fraction(1, 2**bits) for bits in (14, 12, 10, 8, 6))
_TICKS = 1000  # of a progress bar


@dataclass(frozen=True)
class FollowedBranch:
    """A branch, and how it ends; see `Followed` of the results."""

    branch: Branch
    ending: Ending
    reason: str
    after: Branch | None = None
    interrupted: bool = False

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
        fold=None if fold is None else TurningPoint(lower=fold.lower, upper=fold.upper, beyond=fold.beyond),
        certificate=branch.certificate,
    )


def followed_branch(
    point: CriticalPoint, known: Sequence[CriticalPoint], claim: str, target: Fraction, progress: Progress | None
) -> FollowedBranch:
    """The branch of a point and how it ends. Raises Unresolved, Rejected or InputError where not even its beginning is proved."""
    better_at, origin = _better(known), point.on_classes.temperature

    def tick(tau: Fraction) -> None:
        if progress is not None:
            progress(int(_TICKS * abs(tau - origin) / abs(target - origin)), _TICKS)

    guide, start = guide_of_point(point)
    branch = follow(guide, claim, start, origin, target, better_at, tick, _COARSE)
    try:
        return _ended(branch, point, target, better_at, tick)
    except KeyboardInterrupt:
        return FollowedBranch(branch, "unproved", "interrupted", interrupted=True)


def _ended(branch: Branch, point: CriticalPoint, target: Fraction, better_at: BetterAt, tick: Callable[[Fraction], None]) -> FollowedBranch:
    """A branch, continued as far as may be, and how it ends."""
    if not branch.stopped:
        return FollowedBranch(branch, "whole range", "")
    if branch.stopped == "interrupted":
        return FollowedBranch(branch, "unproved", branch.stopped, interrupted=True)
    if target < point.on_classes.temperature:
        return FollowedBranch(branch, "unproved", f"below the branch: {branch.stopped}")
    folded = with_fold(branch)
    if folded is None:
        branch = continued(branch, target, better_at, tick, _FINE)
        if branch.stopped == "interrupted":
            return FollowedBranch(branch, "unproved", branch.stopped, interrupted=True)
        folded = with_fold(branch) if branch.stopped else None
    if folded is not None:
        return FollowedBranch(folded, "fold", "")
    if not branch.stopped:
        return FollowedBranch(branch, "whole range", "")
    after = _saddles_after(branch, point, target)
    if after is not None:
        return FollowedBranch(branch, "saddle", "between the two nothing is proved, nor that they are one branch", after)
    return FollowedBranch(branch, "unproved", branch.stopped)


def _better(known: Sequence[CriticalPoint]) -> BetterAt:
    """A point of lower loss: the optimum's at that temperature, or the lowest of the known critical points."""

    def at(tau: Fraction) -> Data | None:
        if is_known_convex(known[0].on_classes.loss.formula):
            with suppress(InputError, Undecided):
                return Better.of_optimum(general_optimum(known[0].on_classes.replace(temperature=tau)).certificate).witness
        lowest = min(known, key=lambda point: point.upper)
        return Better.of_embeddings(lowest.problem, lowest.embeddings).witness

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
        beyond = certify_point(point.on_classes.replace(temperature=tau), embeddings)
        if beyond.kind != "strict saddle":
            continue
        try:
            guide, start = guide_of_point(beyond)
            return follow(guide, "SaddleBranch", start, tau, target, lambda _: None, finest=_COARSE)
        except (InputError, Unresolved, Rejected):
            continue
    return None
