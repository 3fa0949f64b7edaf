"""Curves of critical points: along one coordinate, the others near a straight line (Krawczyk's operator with a parameter).

A tube is the set of centre + s * tangent + e for s from `start` to `end` (less the centre's own) and |e_i| <= radius_i. The coordinate
`along` has tangent 1 and radius 0: it is the parameter. Where K(e) = -C F(centre + s tangent) + (I - C J) e maps |e_i| <= radius_i into its
interior for all s, the tube holds one and only one zero for each s, and these zeros form a smooth curve: every J of the enclosure is
invertible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq

from ..certificate import Unresolved, dyadic, fields, integer, rational, require
from ..krawczyk import image, near_inverse, require_inside
from .frame import Coordinates, Frame, frame_equations, frame_jacobian
from .temperature import Temperatures

# from the deviations of the whole tube to those at one parameter; each step squares what is left, about
_REFINEMENTS = 5


@dataclass(frozen=True)
class Tube:
    """One entry per coordinate in centre, tangent and radii, tau last. The coordinate `along` is the parameter, from start to end."""

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
    deviation: Coordinates

    def all(self) -> Coordinates:
        """An enclosure of the whole curve."""
        return self._near(self.tube.start, self.tube.end)

    def at(self, parameter: fmpq) -> Coordinates:
        """An enclosure of the one zero with a value of the parameter."""
        return self.between(parameter, parameter)

    def between(self, start: fmpq, end: fmpq) -> Coordinates:
        """The narrowest enclosure of the zeros with parameters from start to end."""
        return list(self.enclosures(start, end))[-1]

    def enclosures(self, start: fmpq, end: fmpq) -> Iterator[Coordinates]:
        """Enclosures, each from the one before: e = -C F(line) + (I - C J) e, over and over, from all deviations."""
        frame, tube, deviation, middle = self.frame, self.tube, self.deviation, (start + end) / 2
        require(tube.start <= start <= end <= tube.end, "a point outside its tube is asked for")
        line = tube.line(start, end)
        inverse = _inverse(frame, tube, [x.mid() for x in self._near(middle, middle)], middle)
        values = _along_line(frame, tube, tube.line(middle, middle), middle, start, end)
        for _ in range(_REFINEMENTS):
            offsets = [e.union(arb(0)) for e in deviation]  # J between the line and the zero
            box = [x + e for x, e in zip(line, offsets, strict=True)]
            wider, deviation = deviation, _image(frame, tube, inverse, values, box, start, end, deviation)
            yield [x + e for x, e in zip(line, deviation, strict=True)]
            if all(2 * e.rad() >= w.rad() for e, w in zip(deviation, wider, strict=True)):
                break

    def _near(self, start: fmpq, end: fmpq) -> Coordinates:
        return [x + e for x, e in zip(self.tube.line(start, end), self.deviation, strict=True)]

    @property
    def temperatures(self) -> Temperatures:
        """The range of tau on the curve."""
        return self.tube.temperatures(self.all(), self.tube.start, self.tube.end)


def prove_curve(frame: Frame, tube: Tube) -> Curve:
    """One and only one zero for each value of the parameter; Unresolved where the operator does not map the tube into itself."""
    return mapped_inside(image_of(frame, tube))


def mapped_inside(curve: Curve) -> Curve:
    """The curve itself if Krawczyk's operator maps its tube into the interior; Unresolved otherwise."""
    along = curve.tube.along
    require_inside(_but(along, curve.deviation), _but(along, curve.tube.radii))
    return curve


def image_of(frame: Frame, tube: Tube) -> Curve:
    """The tube under Krawczyk's operator: it encloses zeros of the tube only where it lies inside."""
    line = tube.line(tube.start, tube.end)
    offsets = _symmetric(tube.radii)
    box = [x + e for x, e in zip(line, offsets, strict=True)]
    inverse = _inverse(frame, tube, tube.centre, tube.middle)
    values = _along_line(frame, tube, tube.centre, tube.middle, tube.start, tube.end)
    return Curve(frame, tube, _image(frame, tube, inverse, values, box, tube.start, tube.end, offsets))


def _along_line(frame: Frame, tube: Tube, origin: Coordinates, middle: fmpq, start: fmpq, end: fmpq) -> list[arb]:
    """F on the line from start to end, in the mean-value form from the point `origin` of the line at `middle`."""
    line = tube.line(start, end)
    values = frame_equations(frame, origin, tube.temperatures(origin, middle, middle))
    if start == end:
        return values
    moving = frame_jacobian(frame, line, tube.temperatures(line, start, end)) * arb_mat(len(line), 1, tube.tangent)
    steps = arb(start - middle).union(arb(end - middle))
    return [value + steps * slope for value, slope in zip(values, moving.entries(), strict=True)]


def _inverse(frame: Frame, tube: Tube, point: Coordinates, parameter: fmpq) -> arb_mat:
    """C: about the inverse of J without the parameter's column, at a point; it decides nothing."""
    return near_inverse(_without(frame_jacobian(frame, point, tube.temperatures(point, parameter, parameter)), tube.along))


def _image(
    frame: Frame, tube: Tube, inverse: arb_mat, values: list[arb], box: Coordinates, start: fmpq, end: fmpq, offsets: Coordinates
) -> Coordinates:
    """Krawczyk's operator on the deviations, J over the box, with 0 for the parameter."""
    at_box = _without(frame_jacobian(frame, box, tube.temperatures(box, start, end)), tube.along)
    moved = image(inverse, values, at_box, _but(tube.along, offsets))
    return [*moved[: tube.along], arb(0), *moved[tube.along :]]


def _but(place: int, values: Coordinates) -> Coordinates:
    return [*values[:place], *values[place + 1 :]]


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
    _near(tube, point, _plus(tube.centre, tube.tangent, steps))


def follows(tube: Tube, last: Curve) -> None:
    """Prove that the end of a curve, whose parameter is the tube's start, lies in the tube; Unresolved where it may not."""
    refusal = Unresolved("a curve has no end")
    for point in last.enclosures(last.tube.end, last.tube.end):
        try:
            return begins_at(tube, point)
        except Unresolved as error:
            refusal = error
    raise refusal


def begins_at(tube: Tube, point: Coordinates) -> None:
    """Prove that an enclosed point, whose parameter is the tube's start, lies in the tube; Unresolved where it may not."""
    _near(tube, point, tube.line(tube.start, tube.start))


def _near(tube: Tube, point: Coordinates, line: Coordinates) -> None:
    for i, (x, y, radius) in enumerate(zip(point, line, tube.radii, strict=True)):
        if i != tube.along and not abs(x - y).upper() <= radius:
            raise Unresolved("a point is not shown to lie in the tube")
