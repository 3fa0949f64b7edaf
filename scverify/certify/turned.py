"""Many minimisers of a loss on nodes: sides that see each other through few nodes alone, one of which is turned (MATH 9)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from scverify.certify.blocks import FloatBlock, known_blocks
from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dyadics import fraction, text
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.nearness import near_row
from scverify.kernel.units.turned import seen_places
from scverify.model.units import UnitProblem
from scverify.results.units import SeveralMinimizers

Links = NDArray[np.bool_]
Nodes = frozenset[int]
# on more nodes and rows what rows see is not asked for; of the smallest cuts so many are tried
MANY_NODES, MANY_ROWS, CUTS = 64, 1000, 4
# decimals of a distance, and the part of a singular value that is stated
DECIMALS, STATED = 6, 0.999
# smaller singular values are rounding
SMALL = 1e-6


def turned_minimizers(problem: UnitProblem, witness: Data, gap: arb, bits: int) -> SeveralMinimizers | None:
    """Minimisers that lie apart, as one side of the nodes may be turned; None where no such sides are found. witness: of the optimum."""
    level = problem.level
    if level.over_temperature or not level.is_plain or level.nodes > MANY_NODES or len(level.rows) > MANY_ROWS:
        return None
    if any(norm.kind == "ridge" for norm in level.constraint):
        return None
    try:
        links = _links(level)
    except Rejected:
        return None
    found = [_stated(problem, *sides, bits) for sides in _sides(level, links, witness, gap, bits)]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.distance, default=None)


def _links(level: UnitLevel) -> Links:
    """Which nodes a row sees together."""
    links = np.eye(level.nodes, dtype=bool)
    for row in level.rows:
        places = list(seen_places(level, row))
        links[row.anchor, places] = links[places, row.anchor] = True
    return links


def _sides(level: UnitLevel, links: Links, witness: Data, gap: arb, bits: int) -> Iterator[tuple[Fraction, Data]]:
    """Distances and witnesses: of sides that share nothing, or of those that share the fewest nodes."""
    part = _reached(links, 0, frozenset())
    rest = frozenset(range(level.nodes)) - part
    if rest:
        spheres = {i: fraction(norm.bound) for i, norm in enumerate(level.constraint) if norm.kind == "sphere"}
        squares = [max((spheres[i] for i in side if i in spheres), default=Fraction(0)) for side in (part, rest)]
        yield _distance(squares), {"first": sorted(part), "shared": []}
        return
    if any(m > 1 for m in level.multiplicity) or "rows" not in witness["lower"]:
        return
    with ctx.workprec(bits):
        try:
            near = [near_row(level, row, entry, gap) for row, entry in zip(level.rows, witness["lower"]["rows"], strict=True)]
            candidates = known_blocks(level, near)
        except (Rejected, Unresolved):
            return
        for first, shared in _cuts(links):
            others = frozenset(range(level.nodes)) - first - shared
            blocks = [_block(candidates, side | shared, len(shared) + 1) for side in (first, others)]
            if None not in blocks:
                least = [Fraction(block["least"]) for block in blocks if block is not None]
                yield _distance(least), {**witness, "first": sorted(first), "shared": sorted(shared), "blocks": blocks}


def _distance(leading: list[Fraction]) -> Fraction:
    """The distance that two leading eigenvalues prove, in decimals, rounded down."""
    places = 10**DECIMALS
    return Fraction(math.isqrt(int(8 * leading[0] * leading[1] * places**2)), places)


def _reached(links: Links, start: int, without: Nodes) -> Nodes:
    """The nodes that a node is linked with, one after the other."""
    found, open_nodes = {start}, [start]
    while open_nodes:
        new = set(np.flatnonzero(links[open_nodes.pop()]).tolist()) - found - without
        found |= new
        open_nodes += new
    return frozenset(found)


def _cuts(links: Links) -> list[tuple[Nodes, Nodes]]:
    """Sides and what they share: of the smallest sets of nodes that part the first node, or its opposite in number, from another."""
    found: dict[Nodes, Nodes] = {}
    for one in {0, len(links) // 2}:
        for other in np.flatnonzero(~links[one]).tolist():
            shared = _least_cut(links, one, other)
            found[shared] = _reached(links, one, shared)
    return [(found[shared], shared) for shared in sorted(found, key=lambda shared: (len(shared), sorted(shared)))[:CUTS]]


def _least_cut(links: Links, one: int, other: int) -> Nodes:
    """The fewest nodes without which a node is not linked with another (Menger 1927), by the largest flow through nodes of capacity 1."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    n = len(links)
    capacity = np.zeros((2 * n, 2 * n), dtype=np.int32)
    capacity[:n, n:] = np.eye(n, dtype=np.int32)
    capacity[n:, :n] = np.where(links & ~np.eye(n, dtype=bool), n, 0)
    flow = maximum_flow(csr_array(capacity), n + one, other).flow.toarray()
    reached = _reached(capacity - flow > 0, n + one, frozenset())
    return frozenset(i for i in range(n) if i in reached and n + i not in reached)


def _block(candidates: list[FloatBlock], nodes: Nodes, place: int) -> Data | None:
    """The block of some nodes with the largest singular value in a place, with its frame; None where all are small."""
    best: tuple[float, Data | None] = (SMALL, None)
    for block in candidates:
        inside = block.within(nodes)
        if min(inside.table.shape) >= place and (least := STATED * float(inside.sizes[place - 1]) - inside.error) > best[0]:
            best = least, {**inside.stated(place), "least": text(Fraction(int(least * 10**9), 10**9))}
    return best[1]


def _stated(problem: UnitProblem, distance: Fraction, witness: Data, bits: int) -> SeveralMinimizers | None:
    claim = {"type": "SeveralUnitMinimizers", "problem": problem.data, "distance": text(distance)}
    data = certificate(claim, witness, bits)
    return SeveralMinimizers(distance=distance, certificate=data) if distance > 0 and confirmed(data) == "VERIFIED" else None
