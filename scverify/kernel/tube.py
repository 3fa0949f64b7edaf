"""Curves of critical points: along one coordinate, the others near a straight line (Krawczyk's operator with a parameter).

A tube is the set of centre + s * tangent + e for s from `start` to `end` (less the centre's own) and |e_i| <= radius_i. The coordinate
`along` has tangent 1 and radius 0: it is the parameter. Where K(e) = -C F(centre + s tangent) + (I - C J) e maps |e_i| <= radius_i into its
interior for all s, the tube holds one and only one zero for each s, and these zeros form a smooth curve: every J of the enclosure is
invertible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq

from .balls import finite
from .certificate import Unresolved, dyadic, fields, integer, rational, require
from .frame import Coordinates, Frame, frame_equations, frame_jacobian
from .temperature import Temperatures


@dataclass(frozen=True)
class Tube:
    """centre, tangent and radii (one each a coordinate, tau last), the coordinate that is the parameter, and its range."""

    centre: Coordinates
    tangent: Coordinates
    radii: Coordinates
    middle: fmpq
    along: int
    start: fmpq
    end: fmpq

    def steps(self, start: fmpq, end: fmpq) -> arb:
        """s for the parameter between start and end."""
        return arb(start - self.middle).union(arb(end - self.middle))

    def line(self, start: fmpq, end: fmpq) -> Coordinates:
        """centre + s * tangent for the parameter between start and end."""
        return _plus(self.centre, self.tangent, self.steps(start, end))

    def temperatures(self, at: Coordinates, start: fmpq, end: fmpq) -> Temperatures:
        """The range of tau: the parameter's own, or that of the coordinate."""
        if self.along == len(self.centre) - 1:
            return Temperatures.between(start, end)
        if not at[-1] > 0:
            raise Unresolved("tau may not be positive in the tube")
        return Temperatures(at[-1].lower(), at[-1].upper())


def read_tube(frame: Frame, data: Any) -> Tube:
    """The tube of a certificate."""
    fields(data, "centre tangent radii along start end")
    count = frame.size + 1
    centre, tangent, radii = (dyadic(data[name], name, 1, count) for name in ("centre", "tangent", "radii"))
    along = integer(data["along"], "the parameter", 0, frame.size)
    start, end = rational(data["start"], "start"), rational(data["end"], "end")
    require(start <= end, "a tube ends before it starts")
    require(along < frame.size or start >= 0, "tau is negative in a tube")
    require(tangent.entry(0, along) == 1, "the parameter's tangent is not 1")
    require(all((radii.entry(0, i) > 0) == (i != along) for i in range(count)), "the radii are not positive, or the parameter's is not 0")
    middle = centre.entry(0, along)
    require(start <= middle <= end, "the centre of a tube lies outside it")
    exact = [[arb(x.entry(0, i)) for i in range(count)] for x in (centre, tangent, radii)]
    return Tube(exact[0], exact[1], exact[2], middle, along, start, end)


@dataclass(frozen=True)
class Curve:
    """The zeros of a tube: one for each value of the parameter, their deviations from the line enclosed."""

    frame: Frame
    tube: Tube
    inverse: arb_mat
    slack: Coordinates
    deviation: Coordinates

    def all(self) -> Coordinates:
        """An enclosure of the whole curve."""
        return [x + e for x, e in zip(self.tube.line(self.tube.start, self.tube.end), self.deviation, strict=True)]

    def at(self, parameter: fmpq) -> Coordinates:
        """An enclosure of the one zero with a value of the parameter."""
        require(self.tube.start <= parameter <= self.tube.end, "a point outside its tube is asked for")
        line = self.tube.line(parameter, parameter)
        values = frame_equations(self.frame, line, self.tube.temperatures(line, parameter, parameter))
        moved = _step(self.tube, self.inverse, values, self.slack)
        return [x + e for x, e in zip(line, moved, strict=True)]

    @property
    def temperatures(self) -> Temperatures:
        """The range of tau on the curve."""
        return self.tube.temperatures(self.all(), self.tube.start, self.tube.end)


def prove_curve(frame: Frame, tube: Tube) -> Curve:
    """One and only one zero for each value of the parameter; Unresolved where the operator does not map the tube into itself."""
    curve = image_of(frame, tube)
    for i, (entry, radius) in enumerate(zip(curve.deviation, tube.radii, strict=True)):
        if i != tube.along and not finite(entry, "the Krawczyk operator").abs_upper() < radius:
            raise Unresolved("the Krawczyk operator does not map a tube into itself")
    return curve


def image_of(frame: Frame, tube: Tube) -> Curve:
    """The tube under Krawczyk's operator: it encloses zeros of the tube only where it lies inside."""
    exact = [arb(0)] * len(tube.centre)
    line = tube.line(tube.start, tube.end)
    box = [x + e for x, e in zip(line, _symmetric(tube.radii), strict=True)]
    at_centre = tube.temperatures(tube.centre, tube.middle, tube.middle)
    try:
        inverse = _without(frame_jacobian(frame, tube.centre, at_centre), tube.along).mid().inv().mid()
    except ZeroDivisionError as error:
        raise Unresolved("the system is singular at the centre of a tube") from error
    moving = frame_jacobian(frame, line, tube.temperatures(line, tube.start, tube.end)) * arb_mat(len(exact), 1, tube.tangent)
    steps = tube.steps(tube.start, tube.end)
    values = [value + steps * slope for value, slope in zip(frame_equations(frame, tube.centre, at_centre), moving.entries(), strict=True)]
    at_box = _without(frame_jacobian(frame, box, tube.temperatures(box, tube.start, tube.end)), tube.along)
    others = [r for i, r in enumerate(_symmetric(tube.radii)) if i != tube.along]
    size = frame.size
    identity = arb_mat(size, size, [arb(int(i == j)) for i in range(size) for j in range(size)])
    slack = ((identity - inverse * at_box) * arb_mat(size, 1, others)).entries()
    return Curve(frame, tube, inverse, slack, _step(tube, inverse, values, slack))


def _step(tube: Tube, inverse: arb_mat, values: list[arb], slack: list[arb]) -> Coordinates:
    """-C F + slack, with 0 for the parameter."""
    turned = (inverse * arb_mat(len(values), 1, values)).entries()
    moved = [y - x for x, y in zip(turned, slack, strict=True)]
    return [*moved[: tube.along], arb(0), *moved[tube.along :]]


def _without(matrix: arb_mat, column: int) -> arb_mat:
    kept = [x for x in range(matrix.ncols()) if x != column]
    return arb_mat(matrix.nrows(), len(kept), [matrix[y, x] for y in range(matrix.nrows()) for x in kept])


def _plus(centre: Coordinates, tangent: Coordinates, steps: arb) -> Coordinates:
    return [x + steps * d for x, d in zip(centre, tangent, strict=True)]


def _symmetric(radii: Coordinates) -> Coordinates:
    return [arb(0, r) for r in radii]


def holds(tube: Tube, point: Coordinates) -> None:
    """Prove that an enclosed point lies in the tube; Unresolved where it may not."""
    steps = point[tube.along] - arb(tube.middle)
    if not (arb(tube.start - tube.middle) <= steps <= arb(tube.end - tube.middle)):
        raise Unresolved("a point is not shown to lie between the ends of the tube")
    line = _plus(tube.centre, tube.tangent, steps)
    for i, (x, y, radius) in enumerate(zip(point, line, tube.radii, strict=True)):
        if i != tube.along and not abs(x - y).upper() <= radius:
            raise Unresolved("a point is not shown to lie in the tube")
