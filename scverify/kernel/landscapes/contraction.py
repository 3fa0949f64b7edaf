"""Where the critical points of a box can lie: Krawczyk's operator on many boxes at once, in the free chart coordinates.

The equations F_ib = 0 say that component b of Sum_j 2 S_ij h_j vanishes, for every component b of sample i that is a free coordinate of its
chart. They hold at every critical point, because H S = 0. By the mean value theorem every zero of F in a box X with middle m lies in
m - C F(m) + (I - C J(X)) (X - m), for any matrix C and J(X) an enclosure of the derivatives.
"""

from __future__ import annotations

from .boxes import Boxes
from .enclosures import Enclosures
from .hints import near_inverses
from .intervals import Intervals, Mask, float_total, floats, stacked, summed
from .rows import BoxRows, others

Coordinate = tuple[int, int]
# one application of the operator: boxes that it does not empty are halved
EMPTYING = 1


def free_coordinates(n: int, d: int) -> list[Coordinate]:
    """(sample, number of its coordinate) for those that no gauge fixes: sample i < d has i of them."""
    return [(i, c) for i in range(n) for c in range(min(i, d - 1))]


def contracted(rows: BoxRows, boxes: Boxes, steps: int) -> tuple[Boxes, Mask]:
    """Boxes that hold every critical point of the given ones, and where there is none. Coordinates that no gauge fixes become narrower."""
    low, high = boxes.low.copy(), boxes.high.copy()
    empty = low[0] != low[0]
    for _ in range(steps):
        here = Boxes(boxes.faces, low, high)
        images = _krawczyk(rows, here)
        for place, (row, _free) in enumerate(_rows_of(rows)):
            image = images[place]
            empty = empty | (image.low > high[row]) | (image.high < low[row])
            meet = Intervals(low[row], high[row]).meet(image)
            narrower = meet.low <= meet.high
            low[row][narrower], high[row][narrower] = meet.low[narrower], meet.high[narrower]
    return Boxes(boxes.faces, low, high), empty


def has_no_root(at: Enclosures) -> Mask:
    """No critical point: what Krawczyk's operator leaves of the box is empty."""
    return contracted(at.rows, at.boxes, EMPTYING)[1]


def _rows_of(rows: BoxRows) -> list[tuple[int, Coordinate]]:
    return [(i * (rows.d - 1) + c, (i, c)) for i, c in free_coordinates(rows.n, rows.d)]


def _krawczyk(rows: BoxRows, boxes: Boxes) -> Intervals:
    """The operator's image (free coordinates, N)."""
    kept = [row for row, _place in _rows_of(rows)]
    size = len(kept)
    low, high = boxes.low.copy(), boxes.high.copy()
    low[kept] = high[kept] = 0.5 * (boxes.low[kept] + boxes.high[kept])
    values = critical_equations(Enclosures(rows, Boxes(boxes.faces, low, high)))
    slopes = derivatives(Enclosures(rows, boxes))
    inverse = near_inverses(slopes.middle())
    spread = Intervals(boxes.low[kept], boxes.high[kept]) - low[kept]
    image = Intervals.exact(low[kept]) - summed(stacked([values[r] * inverse[:, r] for r in range(size)]))
    product = summed(stacked([slopes[r] * inverse[:, r, None] for r in range(size)]))
    identity = floats([[float(k == m) for m in range(size)] for k in range(size)])[:, :, None]
    rest = Intervals.exact(identity) - product
    return image + summed(stacked([rest[:, m] * spread[m] for m in range(size)]))


def critical_equations(at: Enclosures) -> Intervals:
    """F (free coordinates, N)."""
    sums = summed(stacked([at.h[:, j, None] * at.twice_s[j] for j in range(at.rows.n)]))
    return stacked([_component(at, sums[:, i], i, c) for _row, (i, c) in _rows_of(at.rows)])


def _component(at: Enclosures, vector: Intervals, i: int, c: int) -> Intervals:
    """The component of a vector (d, N) in the place of coordinate c of sample i: all but the axis of its chart, in order."""
    beyond = (at.boxes.faces[i] >> 1) <= c
    return Intervals(*(vector_end[c] * ~beyond + vector_end[c + 1] * beyond for vector_end in (vector.low, vector.high)))


def derivatives(at: Enclosures) -> Intervals:
    """J: of every equation by every free coordinate.

    With dh_j = t alone: dG_ja = h_a.t =: x_a, dD_ab = w_a kappa p_ab (dG_ab - Sum_c p_ac dG_ac), and for the vectors F_i = Sum_b 2 S_ib h_b
    dF_i = Sum_{b != i} d(2 S_ib) (h_b - G_ib h_i) + 2 S_ij (t - x_i h_i) for i != j; for i = j the last part is
    2 S_jj t - (Sum_b 2 S_jb x_b) h_j.
    """
    kept = _rows_of(at.rows)
    apart = _apart(at)
    columns = [_column(at, apart, j, c) for _row, (j, c) in kept]
    return stacked([stacked([_component(at, column[:, i], i, c) for column in columns]) for _row, (i, c) in kept])


def _column(at: Enclosures, apart: Intervals, j: int, c: int) -> Intervals:
    """dF_i (d, n, N) of every sample i by coordinate c of sample j."""
    n, h, p = at.rows.n, at.h, at.full_p
    t = _tangent(at, j, c)
    x = summed(h * t[:, None])
    rates = at.rows.weight[:, None] * at.boxes.rate
    mean = summed(stacked([p[j, b] * x[b] for b in others(j, n)]))
    back = rates * x * p[:, j]
    own = rates[j] * p[j] * (x - mean) + back * (Intervals.exact(1.0) - p[:, j])
    shared = back[:, None] * p
    change = -(shared + shared.swapped())
    for ends, own_ends in ((change.low, own.low), (change.high, own.high)):
        ends[:, j] = ends[j] = own_ends
        for i in range(n):
            ends[i, i] = 0.0
    moved = summed(stacked([apart[:, :, b] * change[:, b] for b in range(n)]))
    direct = (t[:, None] - h * x) * at.twice_s[j]
    turned = t * at.twice_s[j, j] - h[:, j] * summed(stacked([at.twice_s[j, b] * x[b] for b in others(j, n)]))
    direct.low[:, j], direct.high[:, j] = turned.low, turned.high
    return moved + direct


def _apart(at: Enclosures) -> Intervals:
    """h_b - G_ib h_i (d, n, n, N), i before b; nothing is asked of i = b."""
    n = at.rows.n
    places = [[at.rows.place[i, b] if i != b else 0 for b in range(n)] for i in range(n)]
    return at.h[:, None] - at.h[:, :, None] * at.gram[places]


def _tangent(at: Enclosures, j: int, c: int) -> Intervals:
    """dh_j/dy_c (d, N) = (e - (e.h_j) h_j)/sqrt(1 + |y|^2), e the axis of the coordinate.

    1/sqrt(1 + |y|^2) is the size of the chart's own component.
    """
    axis, h = at.boxes.faces[j] >> 1, at.h[:, j]
    along = _component(at, h, j, c)
    size = (
        float_total([(axis == a) * abs(h.low[a]) for a in range(at.rows.d)]),
        float_total([(axis == a) * abs(h.high[a]) for a in range(at.rows.d)]),
    )
    scale = Intervals(size[0], size[0]).hull(Intervals(size[1], size[1]))
    parts = []
    for a in range(at.rows.d):
        is_axis = ((axis <= c) * (a == c + 1) + (axis > c) * (a == c)) * 1.0
        parts.append((Intervals.exact(is_axis) - along * h[a]) * scale)
    return stacked(parts)


TESTS = {"has_no_root": has_no_root}
