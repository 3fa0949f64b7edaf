"""Tubes along curves of critical points: Newton's method, the tangent, and radii that Krawczyk's operator maps into themselves (MATH 8)."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, arb_mat

from scverify.certify.claims import Data
from scverify.certify.dyadics import scaled, text
from scverify.kernel.branches.frame import Coordinates, Frame, frame_equations, frame_jacobian
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.branches.tube import Curve, image_of, mapped_inside, read_tube
from scverify.kernel.certificate import Unresolved
from scverify.model.level import ball

# of the numbers of a tube; half of them are what Newton's method must settle
BITS = 64
# steps double the digits, so that six settle BITS once one digit is right; as many are left to reach that
_NEWTON = 12
# radii that are not mapped inside are widened by the slack, as often as trials are left, and no wider than a quarter
_TRIALS = 4
_SLACK = 1.5
# of coordinates near 1: numbers of 64 bits, and sums of them, are rounded far below it
_LEAST_RADIUS = 1e-15
# coordinates are of size 1: derivatives over a wider box hold too much to be invertible
_WIDEST_RADIUS = 0.25


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


def tube_around(
    frame: Frame, near: Coordinates, along: int, start: Fraction, end: Fraction, reach: float = 0, hint: Coordinates | None = None
) -> tuple[Data, Curve]:
    """A tube that the kernel accepts, about the critical points near a guess, for the coordinate `along` from start to end.

    reach: the least radius of tau, where tau is not the parameter. hint: radii that are likely to serve.
    """
    middle = Fraction(round((start + end) / 2 * 2**BITS), 2**BITS)
    middle = min(max(middle, start), end)
    guess = [ball(middle).mid() if i == along else x.mid() for i, x in enumerate(near)]
    centre = solved(frame, guess, along)
    slope = tangent(frame, centre, along)
    least = [arb(_LEAST_RADIUS)] * frame.size + [arb(max(reach, _LEAST_RADIUS))]
    least[along] = arb(0)
    radii = least if hint is None else [arb(0) if x == 0 else x.max(y) for x, y in zip(least, hint, strict=True)]
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
