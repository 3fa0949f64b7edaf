"""Critical points that a claim lists, and boxes that hold no others: each point is the only one in a proved neighbourhood (MATH 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from ..certificate import dyadic, fields, items, rational, require
from ..level import Level
from ..limits import afford
from ..points.nodes import point_level
from ..points.orbit import prove_orbit
from ..points.slopes import Matrix, first_slopes
from .boxes import Boxes, embedded
from .contraction import contracted
from .copies import symmetries
from .enclosures import Enclosures
from .intervals import Mask, floats
from .rows import BoxRows
from .spectra import is_of_low_rank

# applications of the operator after which a box that converges is as narrow as float64 allows
NARROWING = 8
# Gram matrices further apart are not compared in balls; a filter, which proves nothing
NEAR = 1e-4


@dataclass(frozen=True)
class ListedPoint:
    """A listed point: the only critical point with gauge-fixed embeddings (d, n) and multipliers within `radius` of these."""

    embeddings: list[list[fmpq]]
    multipliers: list[fmpq]
    radius: fmpq
    gauge: list[int]
    gram: list[list[float]]


class Listed:
    """The reason "what the box holds is listed", for the points of a claim, each proved."""

    def __init__(self, level: Level, claimed: Any, witness: Any) -> None:
        """Proves every point; Rejected where one has not full rank or is not proved."""
        self.level, self.group = point_level(level), symmetries(level)
        require(level.constraint.bound == 1, "lists are decided on the unit sphere")
        claimed, witness = items(claimed, "points"), items(witness, "points")
        require(len(claimed) == len(witness), "the points of claim and witness differ in number")
        self.points = [self._proved(point, proof) for point, proof in zip(claimed, witness, strict=True)]

    def _proved(self, claimed: Any, witness: Any) -> ListedPoint:
        afford("the points of a list")
        fields(claimed, "embeddings radius")
        fields(witness, "multipliers active gauge")
        orbit = prove_orbit(self.level, claimed, witness)
        d, n = self.level.dim or 0, len(self.level.norms)
        require(orbit.layout.r == d, "a listed point has not full rank")
        centre = dyadic(claimed["embeddings"], "embeddings", d, n)
        multipliers = dyadic(witness["multipliers"], "multipliers", n, 1)
        h = [[centre.entry(a, i) for i in range(n)] for a in range(d)]
        gram = [[float(arb(sum((row[i] * row[j] for row in h), fmpq(0))).mid()) for j in range(n)] for i in range(n)]
        return ListedPoint(
            h, [multipliers.entry(i, 0) for i in range(n)], rational(claimed["radius"], "radius"), orbit.layout.columns, gram
        )

    def __call__(self, at: Enclosures) -> Mask:
        """Every critical point of full rank in the box is, up to rotation and interchangeable samples, one of the list."""
        boxes, empty = contracted(at.rows, at.boxes, NARROWING)
        found = empty | is_of_low_rank(Enclosures(at.rows, boxes))
        for place in range(len(boxes)):
            if not found[place]:
                afford("the boxes of a list")
                found[place] = self._is_known(at.rows, boxes[slice(place, place + 1)])
        return found

    def _is_known(self, rows: BoxRows, box: Boxes) -> bool:
        h = embedded(box, rows.d)
        balls = [[_ball(h.low[a, i, 0], h.high[a, i, 0]) for i in range(rows.n)] for a in range(rows.d)]
        middle = h.middle()[:, :, 0]
        gram = sum(middle[a][:, None] * middle[a][None] for a in range(rows.d))
        return any(
            self._is_at(point, [[row[p[i]] for i in range(rows.n)] for row in balls])
            for p in self.group
            for point in self.points
            if abs(gram[list(p)][:, list(p)] - floats(point.gram)).max() < NEAR
        )

    def _is_at(self, point: ListedPoint, h: Matrix) -> bool:
        """A critical point enclosed by h (d, n), rotated into the gauge, lies in the neighbourhood of a listed point.

        Rotated so, its entries below the diagonal of the gauge columns are 0, as those of the listed point. Its multipliers are
        -Sum_j S_ij G_ij, Omega is 0, so it solves the gauge-fixed system, which has one solution there.
        """
        rotated = _in_gauge(h, point)
        if rotated is None:
            return False
        n = range(len(self.level.norms))
        gram = [[sum((row[i] * row[j] for row in h), arb(0)) for j in n] for i in n]
        slopes = first_slopes(self.level, gram)
        multipliers = [-sum((slopes[i][j] * gram[i][j] for j in n), arb(0)) for i in n]
        pairs = [
            (rotated[a][i], point.embeddings[a][i]) for a in range(len(h)) for i in n if not (i in point.gauge and point.gauge.index(i) < a)
        ]
        pairs += list(zip(multipliers, point.multipliers, strict=True))
        return all(abs(x - arb(y)) < arb(point.radius) for x, y in pairs)


def _in_gauge(h: Matrix, point: ListedPoint) -> Matrix | None:
    """Q^T h, Q from Gram and Schmidt's process on the gauge columns, signs as on the point's diagonal; None if these may be dependent."""
    axes: list[list[arb]] = []
    for a, j in enumerate(point.gauge):
        column = [row[j] for row in h]
        for axis in axes:
            along = sum((x * y for x, y in zip(axis, column, strict=True)), arb(0))
            column = [x - along * y for x, y in zip(column, axis, strict=True)]
        norm = sum((x * x for x in column), arb(0))
        if not norm > 0:
            return None
        size = norm.sqrt() if point.embeddings[a][j] > 0 else -norm.sqrt()
        axes.append([x / size for x in column])
    return [[sum((axis[b] * h[b][i] for b in range(len(h))), arb(0)) for i in range(len(h[0]))] for axis in axes]


def _ball(low: float, high: float) -> arb:
    return arb(float(low)).union(arb(float(high)))
