"""Rows on nodes as boxes see them: any number for each anchor, with outcomes that no configuration changes (MATH 4.6, 9).

On spheres of one radius a row of anchor i is w (log(F + Sum_j c_j e^(kappa G_ij)) - kappa Sum_j q_j G_ij) + const over the other nodes j,
w > 0 and c, F >= 0. F is what does not move: the anchor's own outcome c_i e^(kappa G_ii), of similarity 1, and the 1 of log(1 + e^x), of
similarity 0. So the probabilities of a row add up to less than 1 where F > 0, and no theorem here supposes more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from flint import arb, fmpq

from ..certificate import Rejected, require
from ..limits import afford
from ..points.nodes import PointLevel, PointRow
from ..units.level import UnitRow
from ..units.outcomes import Softmax
from ..units.separable import Softplus, affine_slopes, separable
from .copies import MAX_SYMMETRIES, Pair, Permutation, orderings
from .intervals import Intervals
from .rows import MAX_SAMPLES, MOST_C, BoxRows, ExactRows, intervals_of, others

# boxes multiply with every coordinate, and each row is looked at in every box
MAX_ROWS = 200
# e^(kappa (G - 1)) and its sums stay far above what float64 calls 0
MOST_NODE_RATE = fmpq(300)
# the ends of e^offset are exact rationals, which grow with it
MOST_OFFSET = 10_000


class BoxRow(NamedTuple):
    """A row: coefficients by node, c exact or balls; own and constant are the outcomes of similarity 1 and 0 that do not move."""

    anchor: int
    kappa: fmpq
    weight: fmpq
    c: list[Any]
    q: list[fmpq]
    own: Any
    constant: Any


@dataclass(frozen=True)
class NodeRows(BoxRows):
    """Rows enclosed: weight, rest = 1 - Sum q, own and constant (rows,), c and q (rows, n - 1) over the nodes but the anchor in order."""

    anchors: list[int]
    own: Intervals
    constant: Intervals

    on_nodes: ClassVar[bool] = True

    @property
    def sides(self) -> list[int]:
        """None: that reason supposes rows of samples."""
        return []

    @property
    def classes(self) -> list[int]:
        """None: that reason supposes rows of samples."""
        return []

    @cached_property
    def table(self) -> list[list[int]]:
        """For each row, the places of its anchor's similarities to the others in order."""
        return [[self.place[i, j] for j in others(i, self.n)] for i in self.anchors]

    def of(self, i: int) -> list[int]:
        """The rows of one anchor."""
        return [r for r, anchor in enumerate(self.anchors) if anchor == i]


def box_rows(level: PointLevel) -> list[BoxRow]:
    """Every row of a level, one for each sigmoid; Rejected for rows that are not smooth convex ones of these two kinds."""
    return [found for row in level.rows for found in _rows_of(row, parts_of(level, row))]


def parts_of(level: PointLevel, row: PointRow) -> Softmax | list[Softplus]:
    """A row as a log-sum-exp and an affine remainder, or as sigmoids; Rejected for any other."""
    unit = UnitRow(anchor=row.anchor, formula=row.formula, weight=row.weight, c=row.c, q=row.q, tau=level.tau)
    if (split := unit.split()) is not None:
        require(split.kappa > 0, "the exponent's rate is not positive")
        return split
    sigmoids = separable(row.formula, level.tau)
    if sigmoids is None:
        raise Rejected("landscapes are decided for rows that are a log-sum-exp and an affine remainder, or sums of log(1 + e^x)")
    slopes = affine_slopes(unit, sigmoids)[1]
    require(all(x == 0 for j, x in enumerate(slopes) if j != row.anchor), "a sum of log(1 + e^x) has an affine remainder")
    return sigmoids.terms


def _rows_of(row: PointRow, parts: Softmax | list[Softplus]) -> Iterator[BoxRow]:
    i = row.anchor
    if isinstance(parts, Softmax):
        q = [-slope / parts.kappa for slope in parts.slopes]
        c = [fmpq(0) if j == i else x for j, x in enumerate(parts.coefficients)]
        yield BoxRow(anchor=i, kappa=parts.kappa, weight=row.weight, c=c, q=q, own=parts.coefficients[i], constant=fmpq(0))
        return
    for term in parts:
        for j, coefficient in enumerate(row.c if term.coefficient == "c" else row.q):
            if coefficient != 0 and j != i:  # the anchor's similarity to itself does not move
                yield _sigmoid(row, term, j, coefficient)


def _sigmoid(row: PointRow, term: Softplus, j: int, coefficient: fmpq) -> BoxRow:
    """log(1 + e^(r s + o)), which is const + log(e^-o + e^(r s)) for r > 0, and const + r s + log(e^o + e^(-r s)) for r < 0."""
    require(term.rate != 0, "a sigmoid sees nothing")
    require(abs(term.offset) <= MOST_OFFSET, f"the offset of a sigmoid is beyond {MOST_OFFSET}")
    turn = 1 if term.rate > 0 else -1
    c, q = ([fmpq(0)] * len(row.c) for _ in range(2))
    c[j], q[j] = fmpq(1), fmpq(1 if turn < 0 else 0)
    constant = (-turn * arb(term.offset)).exp()
    return BoxRow(row.anchor, turn * term.rate, row.weight * coefficient, c, q, fmpq(0), constant)


def node_rows(level: PointLevel, pairs: list[Pair]) -> tuple[NodeRows, fmpq]:
    """The rows of a level and kappa rho^2, every hypothesis of the reasons checked."""
    n, dim = len(level.norms), level.dim or 0
    require(2 <= dim <= MAX_SAMPLES, f"a landscape has a stated dimension of 2 to {MAX_SAMPLES}")
    require(2 <= n <= MAX_SAMPLES, f"a landscape has 2 to {MAX_SAMPLES} nodes, or no more than dimensions; not {n}")
    bound = level.norms[0].bound
    alike = all(norm.kind == "sphere" and norm.bound == bound and not norm.nonnegative for norm in level.norms)
    require(alike, "landscapes of nodes are decided by boxes on spheres of one radius alone")
    rows = box_rows(level) if len(level.rows) <= MAX_ROWS else []
    require(0 < len(rows) <= MAX_ROWS, f"a landscape of nodes has 1 to {MAX_ROWS} rows")
    rate = rows[0].kappa * bound
    require(all(row.kappa == rows[0].kappa for row in rows), "the rows have different rates")
    require(rate <= MOST_NODE_RATE, f"the exponent's rate is beyond {MOST_NODE_RATE}")
    require(all(abs(x) < MOST_C for row in rows for x in row.q), "a coefficient q is beyond 2^64")
    largest = max(row.weight for row in rows)
    seen = [others(row.anchor, n) for row in rows]
    tamed = [_tamed([*(row.c[j] for j in places), row.own, row.constant]) for row, places in zip(rows, seen, strict=True)]
    q = [[row.q[j] for j in places] for row, places in zip(rows, seen, strict=True)]
    return NodeRows(
        n=n,
        d=dim,
        anchors=[row.anchor for row in rows],
        weight=intervals_of([[row.weight / largest for row in rows]])[0],
        c=_hulls([row[:-2] for row in tamed]),
        q=intervals_of(q),
        rest=intervals_of([[1 - sum(row, fmpq(0)) for row in q]])[0],
        own=_hulls([[row[-2] for row in tamed]])[0],
        constant=_hulls([[row[-1] for row in tamed]])[0],
        orderings=orderings(node_symmetries(level), pairs),
        exact=ExactRows([], [], []),
    ), rate


def _tamed(coefficients: list[Any]) -> list[tuple[fmpq, fmpq]]:
    """Exact ends of the outcomes over the largest: the scale of a row cancels in its probabilities."""
    ends = [(x, x) if isinstance(x, fmpq) else (_exact(x.lower()), _exact(x.upper())) for x in coefficients]
    largest = max(high for _, high in ends)
    require(largest > 0 and all(low >= 0 for low, _ in ends), "the outcomes of a row are not certain to be there")
    return [(low / largest, high / largest) for low, high in ends]


def _exact(end: arb) -> fmpq:
    mantissa, exponent = end.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def _hulls(rows: list[list[tuple[fmpq, fmpq]]]) -> Intervals:
    ends = [intervals_of([[end[k] for end in row] for row in rows]) for k in (0, 1)]
    return ends[0].hull(ends[1])


def node_symmetries(level: PointLevel) -> list[Permutation]:
    """Every permutation p of the nodes that leaves the list of rows as it is when node i becomes p(i): L(H) = L(H permuted)."""
    n = len(level.norms)
    rows = Counter(_moved(row, range(n)) for row in level.rows)
    sights = [[_sights(level, i, j) for j in range(n)] for i in range(n)]

    def extended(begun: Permutation) -> Iterator[Permutation]:
        new = len(begun)
        if new == n:
            afford("the symmetries of a landscape")
            if Counter(_moved(row, begun) for row in level.rows) == rows:
                yield begun
            return
        for image in range(n):
            placed = [*begun, image]
            if image not in begun and all(
                sights[new][old] == sights[image][placed[old]] and sights[old][new] == sights[placed[old]][image] for old in range(new + 1)
            ):
                yield from extended((*begun, image))

    found = list(islice(extended(()), MAX_SYMMETRIES + 1))
    require(len(found) <= MAX_SYMMETRIES, f"more than {MAX_SYMMETRIES} permutations of the nodes change no row")
    return found


def _moved(row: PointRow, permutation: Any) -> tuple[Any, ...]:
    """A row once node i has become permutation[i], as a thing to be counted."""
    c, q = ["0"] * len(row.c), ["0"] * len(row.q)
    for i, image in enumerate(permutation):
        c[image], q[image] = str(row.c[i]), str(row.q[i])
    return permutation[row.anchor], str(row.formula), str(row.weight), tuple(c), tuple(q)


def _sights(level: PointLevel, i: int, j: int) -> list[tuple[str, ...]]:
    """How the rows of node i see node j: equal for images under a symmetry."""
    own = [row for row in level.rows if row.anchor == i]
    return sorted((str(row.formula), str(row.weight), *(str(x) for x in (row.c[j], row.q[j], row.c[i], row.q[i]))) for row in own)
