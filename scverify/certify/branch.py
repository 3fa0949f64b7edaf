"""Families of critical points over a range of temperatures: followed in small steps, each decided by the kernel (MATH 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from flint import arb, ctx, fmpq

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import below, fraction, text
from scverify.certify.tubes import tube_around
from scverify.errors import InputError
from scverify.kernel.branches.claims import better_point, check_type, excess_over, read_family
from scverify.kernel.branches.frame import Coordinates, Frame, frame_row, read_frame
from scverify.kernel.branches.tube import Curve, follows
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import Level, level_of
from scverify.kernel.problem import StatedProblem
from scverify.model.data import problem_data
from scverify.model.level import ball
from scverify.model.problem import Problem
from scverify.results.points import CriticalPoint

PRECISION = 96  # tubes lose few bits: float64 would do nearly everywhere, and costs as much in balls
_NEGLIGIBLE = 15  # e^-15: an entry with a smaller share of its row makes no equation stiff
_MOST_STEPS = 600  # a certificate of some megabytes
# of steps that are accepted at first, or refused: with 3/2 and 1/2 a third more are needed
_GROWS, _SHRINKS = Fraction(5, 4), Fraction(3, 4)
_ROOM = fmpq(3, 2)  # times the deviations that the step before leads to expect: radii serve at once that are not much too wide
_FINEST = Fraction(1, 2**20)  # of the whole way: a step below says that the branch ends
Reached = Callable[[Fraction], object]
BetterAt = Callable[[Fraction], Data | None]


@dataclass(frozen=True)
class Guide:
    """What a branch is followed in: the problem without its temperature, the kernel's frame, and the data of both in a certificate."""

    problem: Data
    rank: int
    data: Data
    kernel_problem: StatedProblem
    level: Level
    frame: Frame

    @classmethod
    def of(cls, problem: Problem, rank: int, data: Data) -> Guide:
        """The guide for a problem (whose temperature does not matter) and a frame's data: gauge, active, symmetries, ties, directions."""
        stated = problem_data(problem)
        tau = stated.pop("tau")
        kernel_problem, _ = read_family({"problem": stated, "tau": {"lower": tau, "upper": tau}})
        level = level_of(kernel_problem, "samples", None)
        return cls(stated, rank, data, kernel_problem, level, read_frame(level, data, rank))


@dataclass(frozen=True)
class Piece:
    """A tube along tau that the kernel accepts, with the better point it is compared with."""

    tube: Data
    curve: Curve
    better: int | None = None


@dataclass(frozen=True)
class Fold:
    """Where a branch turns back: tau has its maximum on the curve in [lower, upper], and near it nothing is critical in (upper, beyond]."""

    lower: Fraction
    upper: Fraction
    beyond: Fraction
    tube: Data


@dataclass(frozen=True)
class Branch:
    """A family of critical points of one kind for every temperature of (lower, upper] (lower 0) or [lower, upper].

    kind: the claim that is proved on all of the range. steps: the tubes, from the lower temperature up. stopped: why it was not followed
    further, "" where it reached the temperature that was asked for. better: feasible points with a lower loss, of spurious minima.
    """

    guide: Guide
    kind: str
    steps: tuple[Piece, ...]
    better: tuple[Data, ...]
    stopped: str
    fold: Fold | None = None

    @property
    def lower(self) -> Fraction:
        """The lowest temperature."""
        return fraction(self.steps[0].curve.tube.start)

    @property
    def upper(self) -> Fraction:
        """The highest temperature."""
        return fraction(self.steps[-1].curve.tube.end)

    @cached_property
    def excess(self) -> Fraction | None:
        """A lower bound of the loss less that of a better point, for spurious minima."""
        if self.kind != "SpuriousBranch":
            return None
        with ctx.workprec(PRECISION):
            return min(below(_excess(self.guide, step.curve, self.better[step.better or 0]), 6) for step in self.steps)

    @cached_property
    def certificate(self) -> Data:
        """The certificate of the family, and of its fold where there is one."""
        claim: Data = {
            "type": self.kind,
            "problem": self.guide.problem,
            "tau": {"lower": text(self.lower), "upper": text(self.upper)},
            "rank": self.guide.rank,
        }
        tubes = [{"tube": step.tube} | ({} if step.better is None else {"better": step.better}) for step in self.steps]
        witness: Data = {**self.guide.data, "tubes": tubes}
        if self.excess is not None:
            claim["excess"] = text(self.excess)
            witness["better"] = list(self.better)
        if self.fold is not None:
            ends = {name: text(getattr(self.fold, name)) for name in ("lower", "upper", "beyond")}
            claim["fold"] = {**ends, "tube": self.fold.tube}
        return certificate(claim, witness, PRECISION)


def follow(
    guide: Guide,
    kind: str,
    start: Coordinates,
    origin: Fraction,
    target: Fraction,
    better_at: BetterAt,
    progress: Reached | None = None,
    finest: Fraction = _FINEST,
) -> Branch:
    """The branch through the critical point near `start` at the temperature `origin`, up or down to `target` or as far as it is proved.

    kind: "StrictBranch", "SpuriousBranch" or "SaddleBranch". better_at(tau): the witness of a better point, for spurious minima. finest:
    the smallest step, as a part of the way. An interrupt keeps the steps that are proved. Raises Unresolved where none is.
    """
    width, least = abs(target - origin) / 8, max(abs(target - origin) * finest, Fraction(1, 2**40))
    steps, better = list[Piece](), list[Data]()
    tau, last, why = origin, None, ""
    with ctx.workprec(PRECISION):
        fresh = True  # the last step was not refused at first
        while tau != target and width >= least and len(steps) < _MOST_STEPS:
            end = _next(tau, target, width)
            try:
                step = _step(guide, kind, last or start, min(tau, end), max(tau, end), better, better_at)
                _join(steps, step, up=end > tau)
            except (Unresolved, Rejected) as refusal:
                why, width, fresh = str(refusal), width * _SHRINKS, False
                continue
            except KeyboardInterrupt:
                if not steps:
                    raise
                why = "interrupted"
                break
            steps.append(step)
            tau, width, fresh, last = end, width * _GROWS if fresh else width, True, step.curve
            if progress is not None:
                progress(tau)
    if not steps:
        raise Unresolved(why)
    why = f"{_MOST_STEPS} steps are spent" if len(steps) == _MOST_STEPS else why
    ordered = steps if target > origin else steps[::-1]
    return Branch(guide, kind, tuple(ordered), tuple(better), "" if tau == target else why)


def continued(branch: Branch, target: Fraction, better_at: BetterAt, progress: Reached | None = None, finest: Fraction = _FINEST) -> Branch:
    """The branch followed further up, in steps as fine as stated."""
    last = branch.steps[-1].curve
    with ctx.workprec(PRECISION):
        end = [x.mid() for x in last.at(last.tube.end)]
        try:
            more = follow(branch.guide, branch.kind, end, branch.upper, target, better_at, progress, finest)
            _join([branch.steps[-1]], more.steps[0], up=True)
        except (Unresolved, Rejected):
            return branch
    shift = len(branch.better)
    steps = [step if step.better is None else replace(step, better=step.better + shift) for step in more.steps]
    return replace(more, steps=(*branch.steps, *steps), better=(*branch.better, *more.better))


def _next(tau: Fraction, target: Fraction, width: Fraction) -> Fraction:
    step = _dyadic(width)
    return min(target, tau + step) if target > tau else max(target, tau - step)


def _join(steps: list[Piece], step: Piece, up: bool) -> None:
    """Prove that a step goes on where the last one ends."""
    if steps:
        below_it, above_it = (steps[-1].curve, step.curve) if up else (step.curve, steps[-1].curve)
        follows(above_it.tube, below_it)


def _dyadic(width: Fraction) -> Fraction:
    """A shorter fraction just below."""
    bits = 8 + max(0, (1 / width).numerator.bit_length() - (1 / width).denominator.bit_length())
    return Fraction(int(width * 2**bits), 2**bits)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _step(
    guide: Guide, kind: str, last: Curve | Coordinates, start: Fraction, end: Fraction, better: list[Data], better_at: BetterAt
) -> Piece:
    """A step from the tube before it, or near a point."""
    if isinstance(last, Curve):
        middle, wider = _exact((start + end) / 2), arb(_exact(end - start) / (last.tube.end - last.tube.start))
        hint = [_ROOM * wider**2 * x.abs_upper() for x in last.deviation]
        data, curve = tube_around(guide.frame, last.tube.line(middle, middle), guide.frame.size, start, end, hint=hint)
    else:
        data, curve = tube_around(guide.frame, last, guide.frame.size, start, end)
    check_type(kind, curve, guide.data.get("directions"))
    if kind != "SpuriousBranch":
        return Piece(data, curve)
    for number in range(len(better) - 1, -1, -1):
        if _excess(guide, curve, better[number]) > 0:
            return Piece(data, curve, number)
    fresh = better_at((start + end) / 2)
    if fresh is None or not _excess(guide, curve, fresh) > 0:
        raise Unresolved("no feasible point is proved to be better")
    better.append(fresh)
    return Piece(data, curve, len(better) - 1)


def _excess(guide: Guide, curve: Curve, better: Data) -> arb:
    return excess_over(curve, better_point(guide.kernel_problem, guide.level, better))


def guide_of_point(point: CriticalPoint) -> tuple[Guide, Coordinates]:
    """The guide without symmetries at a certified critical point, and the point's coordinates. Raises InputError for an uncertified one."""
    if not point.certificates or point.rank == 0:
        raise InputError(f"a point that is {point.kind}", "a certified critical point of positive rank", "choose another point")
    proof = next(iter(point.certificates.values()))
    tau = point.on_classes.temperature
    frame_data = {name: proof["witness"][name] for name in ("gauge", "active")} | {"symmetries": []}
    untied = Guide.of(point.on_classes, point.rank, {**frame_data, "ties": []}).frame
    scale = tau if untied.model.scaled else Fraction(1)
    embeddings, multipliers = proof["claim"]["embeddings"], proof["witness"]["multipliers"]
    with ctx.workprec(PRECISION):
        h = [[ball(Fraction(x, 2 ** embeddings["bits"])).mid() for x in row] for row in embeddings["rows"]]
        norms = [ball(scale * Fraction(multipliers["rows"][i][0], 2 ** multipliers["bits"])).mid() for i in proof["witness"]["active"]]
        gram = [[sum((row[i] * row[j] for row in h), arb(0)) for j in range(len(h[0]))] for i in range(len(h[0]))]
        ties = _ties(untied, gram, tau)
        tied = [((gram[tie["row"]][j] - gram[tie["row"]][tie["reference"]]) / ball(tau)).mid() for tie in ties for j in tie["entries"]]
        turns = [arb(0)] * len(untied.turns)
        guide = Guide.of(point.on_classes, point.rank, {**frame_data, "ties": ties})
        return guide, [*(x for row in h for x in row), *norms, *turns, *tied, ball(tau).mid()]


def _ties(frame: Frame, gram: list[list[arb]], tau: Fraction) -> list[Data]:
    """In each row all entries whose share is not negligible, beside the largest: then no equation is stiff."""
    if frame.model.rate is None:
        return []
    ties = []
    for i, row in enumerate(gram):
        present = [j for j, x in enumerate(frame_row(frame, gram, i).c) if x != 0 and j != i]
        if frame.level.weight[i] == 0 or not present:
            continue
        reference = max(present, key=lambda j: float(row[j]))
        entries = [j for j in present if j != reference and float((row[reference] - row[j]) * frame.model.rate) < _NEGLIGIBLE * float(tau)]
        if entries:
            ties.append({"row": i, "reference": reference, "entries": entries})
    return ties
