"""Boxes of gauge-fixed configurations of n unit vectors in d dimensions, and of temperatures (MATH 4.6).

Gauge: by the QR factorisation every H is Q R with Q orthogonal and R upper triangular with diagonal >= 0, whatever the rank of H, and the
loss sees only G = R^T R. So sample i < d lies in the span of the first i + 1 axes with component i >= 0.

Charts: a unit vector with a component of largest magnitude in place a, of sign s, is (y with s put in place a)/sqrt(1 + |y|^2), |y_j| <=
1. Where a gauge fixes a component to 0 or to >= 0, so is its y. These are the faces of the cube; all products of faces cover all
configurations.

A box has a face (2 a, or 2 a + 1 where s = -1) for every sample, and an interval for every coordinate: y, sample by sample, and last the
rate kappa of the exponent.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from .intervals import Floats, Integers, Intervals, chosen, floats, integers, joined, mixed, numbered, stacked, stacked_rows

Face = tuple[int, tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Boxes:
    """N boxes: faces (n, N), lower and upper ends of the coordinates (n (d - 1) + 1, N)."""

    faces: Integers
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return int(self.low.shape[1])

    def __getitem__(self, key: Any) -> Boxes:
        """Boxes of a slice, a mask or numbers: numbers are taken two to three times as fast as NumPy's indexing takes them."""
        if isinstance(key, slice):
            return Boxes(self.faces[:, key], self.low[:, key], self.high[:, key])
        places = numbered(len(self))[key]
        return Boxes(self.faces.take(places, axis=1), self.low.take(places, axis=1), self.high.take(places, axis=1))

    @property
    def rate(self) -> Intervals:
        """kappa (N,)."""
        return Intervals(self.low[-1], self.high[-1])

    def halves(self, axis: Integers) -> Boxes:
        """Both halves of every box: the lower ones in their order, then the upper ones.

        They share the float between them, so nothing is lost.
        """
        below, above = self.high.copy(), self.low.copy()
        cut = axis, numbered(len(self))
        below[cut] = above[cut] = 0.5 * (self.low[cut] + self.high[cut])
        return Boxes(joined([self.faces, self.faces]), joined([self.low, above]), joined([below, self.high]))


def faces_of(i: int, d: int) -> list[Face]:
    """The faces of sample i: number, lower and upper ends of its d - 1 coordinates."""
    last = min(i, d - 1)
    found = []
    for axis, sign in product(range(last + 1), (0, 1)):
        if i < d and axis == last and sign:
            continue
        others = [a for a in range(d) if a != axis]
        low = tuple(-1.0 if a < last or (a == last and i >= d) else 0.0 for a in others)
        found.append((2 * axis + sign, low, tuple(1.0 if a <= last else 0.0 for a in others)))
    return found


def whole_domain(n: int, d: int, rate: tuple[float, float]) -> Boxes:
    """All products of faces, in a fixed order."""
    each = [faces_of(i, d) for i in range(n)]
    places = mixed([len(faces) for faces in each])
    numbers = stacked_rows([integers([[face for face, _, _ in faces]])[:, place] for faces, place in zip(each, places, strict=True)])
    ends = [
        stacked_rows(
            [floats([faces[number][end] for number in range(len(faces))]).T[:, place] for faces, place in zip(each, places, strict=True)]
        )
        for end in (1, 2)
    ]
    last = [floats([[value]]).repeat(numbers.shape[1], axis=1) for value in rate]
    return Boxes(numbers, stacked_rows([ends[0], last[0]]), stacked_rows([ends[1], last[1]]))


def together(batches: list[Boxes]) -> Boxes:
    """Batches, at least one, as one batch."""
    return Boxes(*(joined([getattr(batch, name) for batch in batches]) for name in ("faces", "low", "high")))


def share(batches: list[Boxes], number: int, count: int) -> Boxes:
    """Every count-th box, from the one with this number on."""
    return together(batches)[slice(number, None, count)]


def taken(stack: list[Boxes], count: int) -> Boxes:
    """Takes the last `count` boxes off a stack of batches, or all where there are fewer."""
    batches = [stack.pop()]
    while stack and sum(map(len, batches)) < count:
        batches.insert(0, stack.pop())
    found = together(batches)
    if len(found) > count:
        stack.append(found[slice(None, -count)])
        found = found[slice(-count, None)]
    return found


def embedded(boxes: Boxes, d: int) -> Intervals:
    """The unit vectors (d, n, N) of the boxes."""
    n, size = boxes.faces.shape
    shape = (n, d - 1, size)
    y = Intervals(boxes.low[:-1].reshape(shape), boxes.high[:-1].reshape(shape))
    squares = y.square()
    total = Intervals.exact(boxes.faces * 0.0 + 1.0)
    for j in range(d - 1):
        total = squares[:, j] + total
    main = Intervals.exact(1.0) / total.sqrt()
    others = [_component(y, squares, j) for j in range(d - 1)]
    axis, negative = boxes.faces >> 1, (boxes.faces & 1) == 1
    main = chosen(negative, -main, main)
    parts = []
    for a in range(d):
        part = main
        if a > 0:
            part = chosen(axis < a, others[a - 1], part)
        if a < d - 1:
            part = chosen(axis > a, others[a], part)
        parts.append(part)
    return stacked(parts).clipped(-1.0, 1.0)


def _component(y: Intervals, squares: Intervals, j: int) -> Intervals:
    """y_j/sqrt(1 + |y|^2) for |y_j| <= 1: it rises with y_j, and another square that rises takes it nearer to 0."""
    low, high = y.low[:, j], y.high[:, j]
    rest = Intervals.exact(low * 0 + 1.0)
    for other in range(y.shape[1]):
        if other != j:
            rest = squares[:, other] + rest
    most, least = Intervals.exact(rest.high), Intervals.exact(rest.low)

    def end(value: Floats, others: Intervals) -> Intervals:
        return Intervals.exact(value) / (Intervals.exact(value).square() + others).sqrt()

    return Intervals(end(low, chosen(low >= 0, most, least)).low, end(high, chosen(high >= 0, least, most)).high)
