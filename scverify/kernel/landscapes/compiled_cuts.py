"""Along which axis to halve a box that stays undecided, compiled: a hint that decides nothing.

Of the torques h_i wedge Sum_j 2 S_ij h_j the one that is nearest to being shown not to be 0 is chosen, and its width is told apart by the
coordinates that it comes from, to first order, with magnitudes throughout as interval arithmetic adds them. Halving along the coordinate
with the largest part takes half as many boxes as halving along the widest side.
"""

from __future__ import annotations

from typing import Any

from .compiled_intervals import inlined
from .intervals import Floats, Integers

# what the width of a side counts beside its part, and the share of the widest side that it has at least: no side stays wide for ever
SIDE, SHARE = 0.2, 0.25
# of 1: a torque further from being shown not to be 0 says nothing about a box, whose widest side is halved
NEAR = 0.5


@inlined
def axis_of(boxes: Any, box: int, h: Floats, s: Floats, p: Floats, weight: Floats, rate: float, best: Floats, room: Any, m: float) -> int:
    """The axis of a box, with the bounds of its enclosures. best: chance, a, b and i of a torque."""
    faces, low, high = boxes
    point, part, pull = room
    n, d = point.shape
    a, b, i = int(best[1]), int(best[2]), int(best[3])
    for j in range(n):
        for c in range(d):
            point[j, c], part[j, c] = 0.5 * (h[c, j, 1] + h[c, j, 0] * m), 0.0
    of_similarities(p, weight, rate, a, b, i, point, pull, m)
    for j in range(n):
        if j != i:
            size = 0.5 * abs(s[i, j, 1] + s[i, j, 0] * m)
            part[j, b] += size * abs(point[i, a])
            part[j, a] += size * abs(point[i, b])
            part[i, b] += size * abs(point[j, a])
            part[i, a] += size * abs(point[j, b])
        for o in range(n):
            if o != j:
                for c in range(d):
                    part[j, c] += (pull[j, o] + pull[o, j]) * abs(point[o, c])
    return largest_part(faces, low, high, box, point, part, pull[0, 0], m)


@inlined
def of_similarities(p: Floats, weight: Floats, rate: float, a: int, b: int, i: int, point: Floats, pull: Floats, m: float) -> None:
    """How far the width of each similarity widens a torque, by way of the slopes in its row (n, n); the rate's part at (0, 0)."""
    n = len(point)
    total, moment, chances = 0.0, 0.0, 1e-300
    for j in range(n):
        wedge = point[i, a] * point[j, b] + point[i, b] * point[j, a] * m
        chance = p[i, j, 1] + p[i, j, 0]
        moment, chances = moment + chance * wedge, chances + chance
        for o in range(n):
            pull[j, o] = 0.0
    centre, of_rate = moment / chances, 0.0
    for j in range(n):
        if j != i:
            wedge = point[i, a] * point[j, b] + point[i, b] * point[j, a] * m
            chance = 0.5 * (p[i, j, 1] + p[i, j, 0] * m)
            back = 0.5 * (p[j, i, 1] + p[j, i, 0] * m)
            own, other = abs(wedge + centre * m) * weight[i, 1] * chance, abs(wedge) * weight[j, 1] * back
            total, of_rate = total + own, of_rate + own + other
            pull[i, j] += rate * own * (1.0 + 2.0 * chance * m)
            for o in range(n):
                if o != j:
                    pull[j, o] += rate * other * (1.0 + back * m if o == i else 0.5 * (p[j, o, 1] + p[j, o, 0] * m))
    for j in range(n):
        if j != i:
            pull[i, j] += rate * total * 0.5 * (p[i, j, 1] + p[i, j, 0] * m)
    pull[0, 0] = 0.5 * of_rate


@inlined
def largest_part(faces: Integers, low: Floats, high: Floats, box: int, point: Floats, part: Floats, of_rate: float, m: float) -> int:
    """The coordinate with the largest part, widths of sides counted in; the widest where there are no parts."""
    d = point.shape[1]
    last = len(low) + -1
    wide, widest, total = 0.0, 0.0, 1e-300
    for side in range(len(low)):
        width = high[side, box] + low[side, box] * m
        wide, widest = wide + width, max(widest, width)
    found, most = 0, m
    for turn in range(2):
        for side in range(len(low)):
            width = high[side, box] + low[side, box] * m
            if side == last:
                own = of_rate * width
            else:
                i, c = side // (d + -1), side % (d + -1)
                axis = faces[i, box] >> 1
                at, own = c if c < axis else c + 1, 0.0
                for o in range(d):
                    own += part[i, o] * abs((1.0 if o == at else 0.0) + point[i, o] * point[i, at] * m)
                own *= abs(point[i, axis]) * width
            if turn == 0:
                total += own
            elif width >= SHARE * widest and own * wide + SIDE * width * total > most:
                found, most = side, own * wide + SIDE * width * total
    return found
