"""Ties: entries of a row that stay within the order of tau of its reference, so that their difference over tau is a number (MATH 8).

x_ij = (G_ij - G_im)/tau is an unknown of its own, with the equation G_ij - G_im = tau x_ij; but where each term of G_ij - G_im holds a
small coordinate, x_ij follows from the coordinates. A small coordinate is one of H that is tau times the unknown which stands for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from flint import arb

from ..certificate import fields, integer, items, require, total
from ..points.slopes import Matrix
from .symmetry import Symmetry, orbits_of_pairs

Pair = tuple[int, int]


@dataclass(frozen=True)
class Tie:
    """The difference of the entries `other` and `reference` of a row of the Gram matrix."""

    row: int
    reference: int
    other: int

    def difference(self, left: Matrix, right: Matrix) -> arb:
        """G_ij - G_im for G = left' right."""
        value: arb = total(x[self.row] * (y[self.other] - y[self.reference]) for x, y in zip(left, right, strict=True))
        return value


@dataclass(frozen=True)
class Ties:
    """The ties of a frame, one for each orbit of entries: those with an unknown of their own first, then those that follow.

    reference: of a row; place: the number of the tie to which entry (i, j) belongs, None where it equals the reference by symmetry.
    """

    reference: dict[int, int]
    place: dict[Pair, int | None]
    free: list[Tie]
    following: list[Tie]

    def of_row(self, i: int, values: list[arb]) -> dict[int, arb]:
        """x_ij for the tied entries j of row i."""
        own = {j: place for (row, j), place in self.place.items() if row == i and j != self.reference[i]}
        return {j: arb(0) if place is None else values[place] for j, place in own.items()}


def read_ties(data: Any, symmetries: list[Symmetry], n: int, entries: list[dict[Pair, int]], small: list[int]) -> Ties:
    """The stated ties with their images under the symmetries; a tie follows where the small coordinates make it."""
    orbit_of = {pair: orbit for orbit in orbits_of_pairs(symmetries, n) for pair in orbit}
    ties, stated = Ties({}, {}, [], []), list[Tie]()
    for entry in items(data, "ties"):
        fields(entry, "row reference entries")
        row, reference = (integer(entry[name], name, 0, n - 1) for name in ("row", "reference"))
        require(row not in ties.reference, "a row has two references")
        for i, m in orbit_of[row, reference]:
            ties.reference.setdefault(i, m)
            ties.place[i, m] = None
        for j in (integer(x, "a tied entry", 0, n - 1) for x in items(entry["entries"], "tied entries")):
            require((row, j) not in ties.place, "an entry is tied twice")
            ties.place.update(dict.fromkeys(orbit_of[row, j], len(stated)))
            stated.append(Tie(row, reference, j))
    order = sorted(range(len(stated)), key=lambda x: _follows(stated[x], entries, small))
    free = [stated[x] for x in order if not _follows(stated[x], entries, small)]
    to = {old: new for new, old in enumerate(order)}
    place = {pair: None if old is None else to[old] for pair, old in ties.place.items()}
    return replace(ties, place=place, free=free, following=[stated[x] for x in order[len(free) :]])


def _follows(tie: Tie, entries: list[dict[Pair, int]], small: list[int]) -> bool:
    """Whether G_ij - G_im, as a polynomial in the coordinates, vanishes once the small ones are 0."""
    coordinate = {place: (k, sign) for k, orbit in enumerate(entries) if k not in small for place, sign in orbit.items()}
    terms: Counter[tuple[int, ...]] = Counter()
    for axis, own in ((a, coordinate[a, i]) for a, i in coordinate if i == tie.row):
        for column, weight in ((tie.other, 1), (tie.reference, -1)):
            if (axis, column) in coordinate:
                k, sign = coordinate[axis, column]
                terms[tuple(sorted((own[0], k)))] += weight * sign * own[1]
    return bool(small) and not any(terms.values())


@dataclass(frozen=True)
class Stretched:
    """H = base + tau * slope: the small coordinates stand in slope, all others in base."""

    base: Matrix
    slope: Matrix
    tau: arb

    @property
    def h(self) -> Matrix:
        """H."""
        return [[x + self.tau * y for x, y in zip(*rows, strict=True)] for rows in zip(self.base, self.slope, strict=True)]

    def quotient(self, tie: Tie) -> arb:
        """(G_ij - G_im)/tau for a tie that follows: that of base and base is 0."""
        return tie.difference(self.base, self.slope) + tie.difference(self.slope, self.h)

    def quotient_by_tau(self, tie: Tie) -> arb:
        """The derivative of the quotient in tau, with the coordinates held."""
        return tie.difference(self.slope, self.slope)

    def quotient_by(self, tie: Tie, moved: Matrix, small: bool) -> arb:
        """The derivative of the quotient in a coordinate whose signs stand in `moved`."""
        if small:
            return tie.difference(moved, self.h) + tie.difference(self.h, moved)
        return tie.difference(moved, self.slope) + tie.difference(self.slope, moved)
