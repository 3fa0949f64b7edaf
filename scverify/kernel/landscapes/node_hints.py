"""Hints for rows on nodes: plain floats that decide nothing. A direction along which the loss may fall."""

from __future__ import annotations

from typing import Any

from .direction_hints import lowest_part, tangents_of
from .intervals import Floats, float_total


def lowest_direction(at: Any) -> Floats:
    """A direction (d, n, N) near the lowest eigenvector of the Hessian over kappa, from the middle of `NodeEnclosures`."""
    h, rows = at.h.middle(), at.rows
    h = h / float_total(h * h) ** 0.5
    d, n = h.shape[:2]
    tangents = tangents_of(h)
    index = [(i, b) for i in range(n) for b in range(d - 1)]
    change = {(i, b, j): float_total(tangents[i][b] * h[:, j]) for i, b in index for j in range(n)}
    s, p, weight = at.twice_s.middle(), at.p.middle(), rows.weight.middle()
    table: list[list[Floats]] = [[at.boxes.rate.middle() * 0.0 for _ in index] for _ in index]
    for k, (i, b) in enumerate(index):
        for m, (j, c) in enumerate(index[: k + 1]):
            table[k][m] = table[m][k] = s[i, j] * float_total(tangents[i][b] * tangents[j][c])
    rate = at.boxes.rate.middle()
    for r, anchor in enumerate(rows.anchors):
        seen = [j for j in range(n) if j != anchor]
        # only coefficients of the anchor and of what it sees move anything: x[k][place]
        moves = {
            k: [change[i, b, j] if i == anchor else (change[i, b, anchor] if i == j else None) for j in seen]
            for k, (i, b) in enumerate(index)
        }
        mean = {k: _dot([(p[r, place], x) for place, x in enumerate(moves[k]) if x is not None], rate) for k in moves}
        factor = rate * weight[r]
        for k in range(len(index)):
            for m in range(k + 1):
                both = [
                    (p[r, place], x * y)
                    for place, (x, y) in enumerate(zip(moves[k], moves[m], strict=True))
                    if x is not None and y is not None
                ]
                table[k][m] = table[k][m] + factor * (_dot(both, rate) - mean[k] * mean[m])
                table[m][k] = table[k][m]
    return lowest_part(h, tangents, table, s)


def _dot(terms: list[tuple[Floats, Floats]], like: Floats) -> Floats:
    return float_total([x * y for x, y in terms]) if terms else like * 0.0
