"""The temperature at which a kind of minimum ceases to be: branches followed from one end of a range, and how each of them ends."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from scverify.certify.checkpoints import Checkpoints, Keep, damaged, hexadecimal, opened, sealed
from scverify.certify.claims import Data
from scverify.certify.ending import followed_branch
from scverify.certify.points import Progress, critical_points
from scverify.errors import InputError, may_be_callable, must_be, one_of
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.model.data import problem_data
from scverify.model.exact import Rational, positive
from scverify.model.problem import Problem
from scverify.results.points import CriticalPoint
from scverify.results.threshold import Family, Followed, Threshold, TurningPoint

KINDS = {
    "spurious minimum": ("SpuriousBranch", ("spurious minimum",)),
    "strict minimum": ("StrictBranch", ("spurious minimum", "strict minimum", "global minimum")),
}
FORMAT = "scverify-threshold-search"


def threshold(
    problem: Problem,
    kind: str = "spurious minimum",
    tau: tuple[Rational, Rational] = ("1/20", "1/10"),
    starts: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
    points: Sequence[CriticalPoint] = (),
    *,
    search: Data | None = None,
    keep: Keep | None = None,
) -> Threshold:
    """Follow every orbit of a kind that is known at one end of a range of temperatures, and bracket where it ceases to be of it.

    problem: its own temperature does not matter. kind: "spurious minimum" or "strict minimum". tau: the range. Without `points` (certified,
    all at one end of the range) orbits are sought at its lower end, then at its upper end; a search may miss orbits. progress(done, total)
    says how much of the range is behind. An interrupt keeps what was proved. keep(search) is called now and then and after each orbit;
    with that `search` the same call goes on where it was. Raises InputError for another kind, an empty range, H >= 0, no dimension, and a
    `search` that is damaged.

    >>> problem = Problem("supcon", (2, 2), dim=2, temperature="1/2")
    >>> threshold(problem, "strict minimum", tau=("1/2", "3/5")).followed[0].ending
    'whole range'
    """
    must_be(problem, Problem, "problem", "a Problem")
    may_be_callable(progress, "progress")
    must_be(points, Sequence, "points", "certified CriticalPoints")
    for point in points:
        must_be(point, CriticalPoint, "points", "certified CriticalPoints")
    one_of(kind, "kind", KINDS)
    started = time.perf_counter()
    lower, upper = _ends(tau)
    work = _Work.of(problem, kind, (lower, upper), starts, seed, points, search)
    kept = Checkpoints(keep, work.state)
    interrupted, origin = False, lower
    try:
        for place, (origin, target) in enumerate(((lower, upper), (upper, lower))):
            if place < work.place:
                continue
            work.turn_to(place)
            known, interrupted = _known(problem.replace(temperature=origin), points, starts, seed, work, kept)
            interrupted = interrupted or work.follow(known, kind, target, progress, kept)
            if work.followed or interrupted:
                break
    except KeyboardInterrupt:
        interrupted = True
    if interrupted:
        kept.now()
    ranked = sorted(work.followed, key=lambda one: abs((one.branch.upper if origin == lower else one.branch.lower) - origin), reverse=True)
    return Threshold(
        problem=problem,
        kind=kind,
        lower=lower,
        upper=upper,
        origin=origin,
        followed=tuple(ranked),
        refused=tuple(work.refused),
        interrupted=interrupted,
        seconds=time.perf_counter() - started,
    )


def _ends(tau: tuple[Rational, Rational]) -> tuple[Fraction, Fraction]:
    """Both ends of a range of temperatures; InputError where it is none."""
    must_be(tau, tuple, "tau", "two temperatures, such as ('1/20', '1/10')")
    if len(tau) != 2:
        raise InputError(f"tau {tau}", "two temperatures", "correct it")
    lower, upper = (positive(end, "an end of tau") for end in tau)
    if not lower < upper:
        raise InputError(f"temperatures {lower}, {upper}", "a lower and then a higher temperature", "correct tau (--tau A,B)")
    return lower, upper


@dataclass
class _Work:
    """What is done: the search at one end of the range, and what came of its orbits, in their order; before that, of the other end's.

    cut: the orbit at which an interrupt came; it is not kept, but followed to its end another time.
    """

    claim: Data
    place: int = 0
    before: int = 0
    points: Data | None = None
    outcomes: list[Followed | str] = field(default_factory=list)
    cut: Followed | None = None

    @classmethod
    def of(
        cls,
        problem: Problem,
        kind: str,
        tau: tuple[Fraction, Fraction],
        starts: int,
        seed: int,
        points: Sequence[CriticalPoint],
        search: Data | None,
    ) -> _Work:
        """Nothing, or what an earlier call kept; InputError where that is damaged."""
        given = [hexadecimal(point.embeddings) for point in points]
        claim: Data = {"problem": problem_data(problem.replace(temperature=tau[0])), "kind": kind, "tau_upper": str(tau[1])}
        claim |= {"starts": starts, "seed": seed, "points": given}
        if search is None:
            return cls(claim)
        found = opened(search, FORMAT, claim)
        try:
            outcomes = [one if isinstance(one, str) else _read(one) for one in found["outcomes"]]
            return cls(claim, int(found["place"]), int(found["before"]), found["points"], outcomes)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(f"it cannot be read ({type(error).__name__})") from error

    def state(self) -> Data:
        """What is needed to take it up."""
        done = [one if isinstance(one, str) else _written(one) for one in self.outcomes]
        place: Data = {"place": self.place, "before": self.before, "points": self.points, "outcomes": done}
        return sealed({"format": FORMAT, "claim": self.claim, **place})

    @property
    def followed(self) -> list[Followed]:
        """The orbits that were followed."""
        return [one for one in [*self.outcomes, self.cut] if isinstance(one, Followed)]

    @property
    def refused(self) -> list[str]:
        """Why the others were not."""
        return [one for one in self.outcomes if isinstance(one, str)]

    def turn_to(self, place: int) -> None:
        """Go on at this end of the range."""
        if place > self.place:
            self.place, self.before, self.points = place, len(self.outcomes), None

    def follow(self, known: Sequence[CriticalPoint], kind: str, target: Fraction, progress: Progress | None, kept: Checkpoints) -> bool:
        """Follow each orbit of the kind that was not followed before; True where an interrupt came."""
        claim, kinds = KINDS[kind]
        wanted = [point for name in kinds for point in known if point.kind == name]
        for point in wanted[len(self.outcomes) - self.before :]:
            try:
                found = followed_branch(point, known, claim, target, progress)
            except (InputError, Unresolved, Rejected) as refusal:
                self.outcomes.append(f"at tau = {point.problem.temperature}: {refusal}")
            else:
                if found.interrupted:
                    self.cut = found.result()
                    return True
                self.outcomes.append(found.result())
            kept.now()
        return False


def _written(one: Followed) -> Data:
    after = None if one.after is None else _family_data(one.after)
    return {"branch": _family_data(one.branch), "ending": one.ending, "reason": one.reason, "after": after}


def _family_data(family: Family) -> Data:
    fold = family.fold
    return {
        "lower": str(family.lower),
        "upper": str(family.upper),
        "steps": family.steps,
        "excess": None if family.excess is None else str(family.excess),
        "fold": None if fold is None else [str(fold.lower), str(fold.upper), str(fold.beyond)],
        "certificate": family.certificate,
    }


def _read(data: Data) -> Followed:
    """What `_written` wrote."""
    after = None if data["after"] is None else _read_family(data["after"])
    return Followed(branch=_read_family(data["branch"]), ending=data["ending"], reason=data["reason"], after=after)


def _read_family(data: Data) -> Family:
    return Family(
        lower=Fraction(data["lower"]),
        upper=Fraction(data["upper"]),
        steps=int(data["steps"]),
        excess=None if data["excess"] is None else Fraction(data["excess"]),
        fold=None
        if data["fold"] is None
        else TurningPoint(**dict(zip(("lower", "upper", "beyond"), map(Fraction, data["fold"]), strict=True))),
        certificate=data["certificate"],
    )


def _known(
    problem: Problem, points: Sequence[CriticalPoint], starts: int, seed: int, work: _Work, kept: Checkpoints
) -> tuple[tuple[CriticalPoint, ...], bool]:
    """The given points of a problem, or those that a search finds; and whether it was interrupted."""
    if points:
        return tuple(point for point in points if point.problem == problem), False

    def keep(state: Data) -> None:
        work.points = state
        kept.now()

    found = critical_points(problem, starts, seed, search=work.points, keep=keep)
    return found.points, found.interrupted
