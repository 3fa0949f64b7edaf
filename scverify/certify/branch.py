"""Families of critical points over a range of temperatures: followed in small steps, each decided by the kernel (MATH 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from flint import arb, arb_mat, ctx, fmpq

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import below, fraction, scaled, text
from scverify.errors import InputError
from scverify.kernel.branches.claims import better_point, check_type, excess_over, read_family
from scverify.kernel.branches.frame import Coordinates, Frame, frame_equations, frame_jacobian, frame_row, read_frame
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.branches.tube import Curve, begins_at, image_of, mapped_inside, read_tube
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import Level, level_of
from scverify.kernel.problem import StatedProblem
from scverify.model.data import problem_data
from scverify.model.level import ball
from scverify.model.problem import Problem
from scverify.results.points import CriticalPoint

PRECISION = 96
BITS = 64
_NEWTON = 12
_TRIALS = 4
_SLACK = 1.5
_LEAST_RADIUS = 1e-15
_WIDEST_RADIUS = 0.25
_NEGLIGIBLE = 15
_MOST_STEPS = 600
_FINEST = Fraction(1, 2**20)
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


def solved(frame: Frame, at: Coordinates, along: int) -> Coordinates:
    """Newton's method from `at` with the coordinate `along` held, rounded to midpoints. Raises Unresolved where it finds nothing."""
    for _ in range(_NEWTON):
        if not at[-1] >= 0:
            raise Unresolved("Newton's method left the positive temperatures")
        temperatures = Temperatures(at[-1].lower(), at[-1].upper())
        step = _linear(frame, at, along, temperatures, frame_equations(frame, at, temperatures))
        at = [(x - y).mid() for x, y in zip(at, step, strict=True)]
        size = max((float(abs(x)) for x in step), default=0.0)
        if not size < 1:
            break
        if size < 2.0 ** -(BITS // 2):
            return at
    raise Unresolved("Newton's method found no critical point")


def tangent(frame: Frame, at: Coordinates, along: int) -> Coordinates:
    """The derivative of the solution in the coordinate `along`, in midpoints."""
    temperatures = Temperatures(at[-1].lower(), at[-1].upper())
    matrix = frame_jacobian(frame, at, temperatures)
    step = _linear(frame, at, along, temperatures, [matrix[y, along] for y in range(frame.size)])
    return [arb(1) if i == along else (-x).mid() for i, x in enumerate(step)]


def _linear(frame: Frame, at: Coordinates, along: int, temperatures: Temperatures, right: list[arb]) -> Coordinates:
    """Solve J x = right for the coordinates other than `along`, where 0 stands."""
    matrix, size = frame_jacobian(frame, at, temperatures), frame.size
    kept = [x for x in range(size + 1) if x != along]
    square = arb_mat(size, size, [matrix[y, x] for y in range(size) for x in kept]).mid()
    try:
        solution = (square.inv() * arb_mat(size, 1, [x.mid() for x in right])).mid().entries()
    except ZeroDivisionError as error:
        raise Unresolved("the equations are singular") from error
    if not all(x.is_finite() for x in solution):
        raise Unresolved("the equations are singular")
    return [*solution[:along], arb(0), *solution[along:]]


def tube_around(guide: Guide, near: Coordinates, along: int, start: Fraction, end: Fraction, reach: float = 0) -> tuple[Data, Curve]:
    """A tube that the kernel accepts, about the critical points near a guess, for the coordinate `along` from start to end.

    reach: the least radius of tau, where tau is not the parameter.
    """
    frame = guide.frame
    middle = Fraction(round((start + end) / 2 * 2**BITS), 2**BITS)
    middle = min(max(middle, start), end)
    guess = [ball(middle).mid() if i == along else x.mid() for i, x in enumerate(near)]
    centre = solved(frame, guess, along)
    slope = tangent(frame, centre, along)
    least = [arb(_LEAST_RADIUS)] * frame.size + [arb(max(reach, _LEAST_RADIUS))]
    least[along] = arb(0)
    radii = least
    data: Data = {
        "centre": _row(centre),
        "tangent": _row(slope),
        "along": along,
        "start": text(start),
        "end": text(end),
    }
    data["centre"]["rows"][0][along] = int(middle * 2**BITS)
    for _ in range(_TRIALS):
        data["radii"] = _row(radii)
        image = image_of(frame, read_tube(frame, data))
        try:
            return data, mapped_inside(image)
        except Unresolved:
            radii = [arb(0) if i == along else max(_SLACK * x.abs_upper(), least[i]) for i, x in enumerate(image.deviation)]
        if not all(r < _WIDEST_RADIUS for r in radii):
            break
    raise Unresolved("no tube is found that the Krawczyk operator maps into itself")


def _row(values: Coordinates) -> Data:
    return {"bits": BITS, "rows": [[scaled(x, BITS) for x in values]]}


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
    steps: list[Piece] = []
    better: list[Data] = []
    tau, near, why = origin, start, ""
    with ctx.workprec(PRECISION):
        while tau != target and width >= least and len(steps) < _MOST_STEPS:
            end = _next(tau, target, width)
            try:
                step = _step(guide, kind, near, min(tau, end), max(tau, end), better, better_at)
                _join(steps, step, up=end > tau)
            except (Unresolved, Rejected) as refusal:
                why = str(refusal)
                width /= 2
                continue
            except KeyboardInterrupt:
                if not steps:
                    raise
                why = "interrupted"
                break
            steps.append(step)
            tau, width = end, width * 3 / 2
            near = step.curve.tube.line(_exact(end), _exact(end))
            if progress is not None:
                progress(tau)
    if not steps:
        raise Unresolved(why)
    if len(steps) == _MOST_STEPS:
        why = f"{_MOST_STEPS} steps are spent"
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
        begins_at(above_it.tube, below_it.at(below_it.tube.end))


def _dyadic(width: Fraction) -> Fraction:
    """A shorter fraction just below."""
    bits = 8 + max(0, (1 / width).numerator.bit_length() - (1 / width).denominator.bit_length())
    return Fraction(int(width * 2**bits), 2**bits)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _step(guide: Guide, kind: str, near: Coordinates, start: Fraction, end: Fraction, better: list[Data], better_at: BetterAt) -> Piece:
    data, curve = tube_around(guide, near, guide.frame.size, start, end)
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
    tau = point.problem.temperature
    frame_data = {name: proof["witness"][name] for name in ("gauge", "active")} | {"symmetries": []}
    untied = Guide.of(point.problem, point.rank, {**frame_data, "ties": []}).frame
    scale = tau if untied.model.scaled else Fraction(1)
    embeddings, multipliers = proof["claim"]["embeddings"], proof["witness"]["multipliers"]
    with ctx.workprec(PRECISION):
        h = [[ball(Fraction(x, 2 ** embeddings["bits"])).mid() for x in row] for row in embeddings["rows"]]
        norms = [ball(scale * Fraction(multipliers["rows"][i][0], 2 ** multipliers["bits"])).mid() for i in proof["witness"]["active"]]
        gram = [[sum((row[i] * row[j] for row in h), arb(0)) for j in range(len(h[0]))] for i in range(len(h[0]))]
        ties = _ties(untied, gram, tau)
        tied = [((gram[tie["row"]][j] - gram[tie["row"]][tie["reference"]]) / ball(tau)).mid() for tie in ties for j in tie["entries"]]
        turns = [arb(0)] * len(untied.turns)
        guide = Guide.of(point.problem, point.rank, {**frame_data, "ties": ties})
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
