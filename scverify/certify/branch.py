"""Families of critical points over a range of temperatures: followed in small steps, each decided by the kernel (MATH 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb, arb_mat, ctx, fmpq

from scverify.certify.claims import Data, certificate, problem_data
from scverify.certify.dyadics import ball, below, fraction, scaled, text
from scverify.kernel.branch import better_point, check_type, excess_over, read_family
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.frame import Coordinates, Frame, frame_equations, frame_jacobian, read_frame
from scverify.kernel.instance import Instance, instance
from scverify.kernel.instance import Problem as KernelProblem
from scverify.kernel.temperature import Temperatures
from scverify.kernel.tube import Curve, holds, image_of, prove_curve, read_tube
from scverify.model.problem import Problem

PRECISION = 96
BITS = 64
_NEWTON = 12
_TRIALS = 4
_SLACK = 1.5
_LEAST_RADIUS = 1e-15
_WIDEST_RADIUS = 0.25
_FEWEST = Fraction(1, 2**20)
Progress = Callable[[Fraction], object]
BetterAt = Callable[[Fraction], Data | None]


@dataclass(frozen=True)
class Guide:
    """What a branch is followed in: the problem without its temperature, the kernel's frame, and the data of both in a certificate."""

    problem: Data
    rank: int
    data: Data
    kernel_problem: KernelProblem
    level: Instance
    frame: Frame

    @classmethod
    def of(cls, problem: Problem, rank: int, data: Data) -> Guide:
        """The guide for a problem (whose temperature does not matter) and a frame's data: gauge, active, symmetries, ties, directions."""
        stated = problem_data(problem)
        tau = stated.pop("tau")
        kernel_problem, _ = read_family({"problem": stated, "tau": {"lower": tau, "upper": tau}})
        level = instance(kernel_problem, "samples", None)
        return cls(stated, rank, data, kernel_problem, level, read_frame(level, data, rank))


@dataclass(frozen=True)
class Step:
    """A tube along tau that the kernel accepts, with the better point it is compared with."""

    tube: Data
    curve: Curve
    better: int | None = None


@dataclass(frozen=True)
class Branch:
    """A family of critical points of one kind for every temperature of (lower, upper] (lower 0) or [lower, upper].

    steps: the tubes, from the lower temperature up. stopped: why it was not followed further, "" where all of the range is proved.
    excess: a lower bound of the loss less that of a better point, for spurious minima.
    """

    guide: Guide
    kind: str
    lower: Fraction
    upper: Fraction
    steps: tuple[Step, ...]
    better: tuple[Data, ...]
    excess: Fraction | None
    stopped: str
    certificate: Data = field(repr=False)


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


def tube_around(guide: Guide, near: Coordinates, along: int, start: Fraction, end: Fraction, slack: float = _SLACK) -> tuple[Data, Curve]:
    """A tube that the kernel accepts, about the critical points near a guess, for the coordinate `along` from start to end."""
    frame = guide.frame
    middle = Fraction(round((start + end) / 2 * 2**BITS), 2**BITS)
    middle = min(max(middle, start), end)
    guess = [ball(middle).mid() if i == along else x.mid() for i, x in enumerate(near)]
    centre = solved(frame, guess, along)
    slope = tangent(frame, centre, along)
    radii = [arb(0) if i == along else arb(_LEAST_RADIUS) for i in range(frame.size + 1)]
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
        tube = read_tube(frame, data)
        try:
            return data, prove_curve(frame, tube)
        except Unresolved:
            moved = image_of(frame, tube).deviation
        radii = [arb(0) if i == along else slack * x.abs_upper() + _LEAST_RADIUS for i, x in enumerate(moved)]
        if not all(r < _WIDEST_RADIUS for r in radii):
            break
    raise Unresolved("no tube is found that the Krawczyk operator maps into itself")


def _row(values: Coordinates) -> Data:
    return {"bits": BITS, "rows": [[scaled(x, BITS) for x in values]]}


def follow(
    guide: Guide, kind: str, start: Coordinates, lower: Fraction, upper: Fraction, better_at: BetterAt, progress: Progress | None = None
) -> Branch:
    """The branch through the critical point near `start` (at the lower temperature), up to `upper` or as far as it is proved.

    kind: "StrictBranch", "SpuriousBranch" or "SaddleBranch". better_at(tau): the witness of a better point, for spurious minima. Raises
    Unresolved where not even a small step is proved.
    """
    width = (upper - lower) / 8
    least = max((upper - lower) * _FEWEST, Fraction(1, 2**40))
    steps: list[Step] = []
    better: list[Data] = []
    tau, near, why = lower, start, ""
    with ctx.workprec(PRECISION):
        while tau < upper:
            end = min(upper, tau + _dyadic(width))
            try:
                step = _step(guide, kind, near, tau, end, better, better_at)
                if steps:
                    holds(step.curve.tube, steps[-1].curve.at(_exact(tau)))
            except (Unresolved, Rejected) as refusal:
                why = str(refusal)
                width /= 2
                if width < least:
                    break
                continue
            steps.append(step)
            tau, width = end, width * 3 / 2
            near = step.curve.tube.line(_exact(end), _exact(end))
            if progress is not None:
                progress(tau)
    if not steps:
        raise Unresolved(why)
    return _branch(guide, kind, lower, steps, better, "" if tau == upper else why)


def _dyadic(width: Fraction) -> Fraction:
    """A shorter fraction just below."""
    bits = 8 + max(0, (1 / width).numerator.bit_length() - (1 / width).denominator.bit_length())
    return Fraction(int(width * 2**bits), 2**bits)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _step(guide: Guide, kind: str, near: Coordinates, start: Fraction, end: Fraction, better: list[Data], better_at: BetterAt) -> Step:
    data, curve = tube_around(guide, near, guide.frame.size, start, end)
    check_type(kind, curve, guide.data.get("directions"))
    if kind != "SpuriousBranch":
        return Step(data, curve)
    for number in range(len(better) - 1, -1, -1):
        if _excess(guide, curve, better[number]) > 0:
            return Step(data, curve, number)
    fresh = better_at((start + end) / 2)
    if fresh is None or not _excess(guide, curve, fresh) > 0:
        raise Unresolved("no feasible point is proved to be better")
    better.append(fresh)
    return Step(data, curve, len(better) - 1)


def _excess(guide: Guide, curve: Curve, better: Data) -> arb:
    return excess_over(curve, better_point(guide.kernel_problem, guide.level, better))


def _branch(
    guide: Guide, kind: str, lower: Fraction, steps: list[Step], better: list[Data], stopped: str, fold: Data | None = None
) -> Branch:
    excess = None
    with ctx.workprec(PRECISION):
        if kind == "SpuriousBranch":
            excess = min(below(_excess(guide, step.curve, better[step.better or 0]), 6) for step in steps)
    upper = fraction(steps[-1].curve.tube.end)
    claim: Data = {
        "type": kind,
        "problem": guide.problem,
        "tau": {"lower": text(lower), "upper": text(upper)},
        "rank": guide.rank,
    }
    witness: Data = {
        **guide.data,
        "tubes": [{"tube": step.tube} | ({} if step.better is None else {"better": step.better}) for step in steps],
    }
    if excess is not None:
        claim["excess"] = text(excess)
        witness["better"] = better
    data = certificate(claim, witness, PRECISION)
    return Branch(guide, kind, lower, upper, tuple(steps), tuple(better), excess, stopped, data)
