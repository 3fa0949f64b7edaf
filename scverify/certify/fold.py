"""The end of a branch where its curve turns back in temperature: found by Newton's method along an entry of H, decided by the kernel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb, ctx

from scverify.certify.branch import PRECISION, Branch, Fold
from scverify.certify.dyadics import above, below
from scverify.certify.tubes import solved, tangent, tube_around
from scverify.kernel.branches.claims import highest
from scverify.kernel.branches.frame import Coordinates, Frame
from scverify.kernel.branches.tube import Curve, holds
from scverify.kernel.certificate import Unresolved
from scverify.kernel.points.orbit import check_hypotheses

_ROUNDS = 20  # secant steps double their digits: far fewer are needed where there is one fold
_FLAT = 1e-12  # a slope of tau that floats cannot tell from 0
_LONGEST = 0.1  # a longer step may leave the fold for another one
# times the distance to the fold: too short does not reach over it, too long is not proved
_WIDER = (Fraction(3, 2), Fraction(3), Fraction(8))
_REACHES = (1 / 8, 1 / 64, 1 / 512, 1 / 4096, 0.0)  # least radius over tau, widest first: so far beyond the fold nothing is critical
_PLACES = 12  # decimals of what a claim states


def with_fold(branch: Branch) -> Branch | None:
    """The branch with a proved fold at its upper end; None where none is found or proved."""
    frame = branch.guide.frame
    if not branch.steps or len(frame.entries) != frame.layout.r * frame.layout.n or frame.level.constraint.kind == "ball":
        return None
    with ctx.workprec(PRECISION):
        last = branch.steps[-1].curve
        end = last.at(last.tube.end)
        try:
            along, top = _top(
                frame, [branch.steps[-2].curve.tube.centre if len(branch.steps) > 1 else last.tube.centre, [x.mid() for x in end]]
            )
        except Unresolved:
            return None
        apart = abs(_exact(top[along]) - _exact(end[along].mid()))
        for wider in _WIDER:
            for reach in _REACHES:
                fold = _fold(branch, top, along, apart * wider, reach * float(top[-1]), end)
                if fold is not None:
                    return replace(branch, fold=fold)
    return None


def _exact(value: arb) -> Fraction:
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _top(frame: Frame, known: list[Coordinates]) -> tuple[int, Coordinates]:
    """The entry of H that moves fastest, and the point where tau no longer changes with it, by the secant method from two points."""
    slope = tangent(frame, known[1], frame.size)
    along = max(range(len(frame.entries)), key=lambda k: float(abs(slope[k])))
    here = known[1]
    (x, fx), (y, fy) = ((float(point[along]), float(tangent(frame, point, along)[-1])) for point in known)
    for _ in range(_ROUNDS):
        if abs(fy) < _FLAT:
            return along, here
        if fy == fx:
            break
        to = y - fy * (y - x) / (fy - fx)
        if not abs(to - y) < _LONGEST:
            break
        step = arb(to) - here[along]
        guess = [(a + step * b).mid() for a, b in zip(here, tangent(frame, here, along), strict=True)]
        here = solved(frame, guess, along)
        x, fx, y, fy = y, fy, to, float(tangent(frame, here, along)[-1])
    raise Unresolved("the curve is not seen to turn back")


def _fold(branch: Branch, top: Coordinates, along: int, half: Fraction, reach: float, end: Coordinates) -> Fold | None:
    frame, middle = branch.guide.frame, Fraction(round(_exact(top[along]) * 2**60), 2**60)
    half = max(Fraction(int(half * 2**60), 2**60), Fraction(1, 2**50))
    try:
        data, curve = tube_around(branch.guide.frame, top, along, middle - half, middle + half, reach)
        check_hypotheses([frame.level.constraint] * frame.layout.n, frame.layout, frame.state(curve.all()))
        holds(curve.tube, end)
        return _bracket(frame, curve, data, branch.upper)
    except Unresolved:
        return None


def _bracket(frame: Frame, curve: Curve, data: dict[str, object], proved: Fraction) -> Fold | None:
    """The temperatures of the fold, rounded outward, if they are in order."""
    tube = curve.tube
    lower = below(curve.at(tube.middle)[-1], _PLACES)
    beyond = below(tube.line(tube.start, tube.end)[-1].lower() + tube.radii[-1], _PLACES)
    falls = all(curve.at(side)[-1] < lower.numerator / arb(lower.denominator) for side in (tube.start, tube.end))
    if not falls or not proved <= lower < beyond:
        return None
    upper = above(highest(curve), _PLACES)
    return Fold(lower, upper, beyond, data) if lower <= upper < beyond else None
