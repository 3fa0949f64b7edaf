"""UnitMinimizers: rank, merging and radius of the minimisers of a loss on units (MATH 4.3, 9)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import arb, arb_mat, fmpq

from ..balls import magnitude, root_above
from ..certificate import at_most, digest, dyadic, fields, integer, items, rational, require, total
from ..claims import Claim, Data
from ..words import counted, number
from .bounds import unit_lower_bound, unit_point, unit_upper_bound
from .duals import is_positive_on, stated_dual
from .level import UnitLevel
from .nearness import NearRow, entry_counts, near_row
from .nodes import stated_level
from .words import matrices, unit_subject


def check_minimizers(claim: Data, witness: Any) -> None:
    """Rank between `rank`'s numbers; units of `merged` types coincide, those of `apart` do not; rows see what is stated up to `radius`."""
    fields(claim, "type problem rank merged apart", "radius outcomes")
    fields(witness, "upper lower dual seen")
    level = stated_level(claim["problem"])
    require(not level.over_temperature, "minimisers are described at one temperature and without free scalars")
    gap = (unit_upper_bound(level, unit_point(level, witness["upper"])) - unit_lower_bound(level, witness["lower"])).upper()
    entries = witness["lower"]["rows"]
    near = [near_row(level, row, entry, gap) for row, entry in zip(level.rows, entries, strict=True)]
    if "radius" in claim or "outcomes" in claim:
        require(claim["outcomes"] == digest(entries), "the outcomes are not those of the claim")
        _check_radius(near, rational(claim["radius"], "radius"))
    means, spreads = _dual_ranks(level, witness, near, gap)
    n = sum(level.multiplicity)
    least, most = (integer(x, "a rank", 0, n) for x in items(claim["rank"], "rank", 2))
    extra = [m - 1 for m in level.multiplicity[:: level.kinds]]
    require(most >= n - means - total(k * x for k, x in zip(spreads, extra, strict=True)), "the dual does not prove so small a rank")
    for t in _types(level, claim["merged"]):
        require(spreads[t] == level.kinds, f"units of type {t} may differ")
    known = _seen_ranks(level, near, witness["seen"]) if witness["seen"] is not None else 0
    require(least <= known, "what rows see does not prove so large a rank")
    for t in _types(level, claim["apart"]):
        require(is_apart(level, near, t), f"units of type {t} may coincide")


def _types(level: UnitLevel, data: Any) -> list[int]:
    found = [integer(t, "a type", 0, level.types - 1) for t in items(data, "types")]
    require(all(level.multiplicity[t * level.kinds] > 1 for t in found), "a type of one unit neither merges nor comes apart")
    return found


def _check_radius(near: list[NearRow], radius: Any) -> None:
    """Every entry whose stated outcome is not 0 or 1 is known up to the radius, and to a number for all entries of its row."""
    for row in near:
        for value, error in zip(row.values, row.errors, strict=True):
            if value is not None:
                at_most(error, radius, "the witness does not prove the radius")


def _dual_ranks(level: UnitLevel, witness: Any, near: list[NearRow], gap: arb) -> tuple[int, list[int]]:
    """Lower bounds of the rank of S* on means and on the spreads of each type, S* the dual of every minimiser X*, S* X* = 0.

    S* = (slopes, symmetrised) + ridge/2 + diag(lambda*) at a minimiser that is invariant under swaps is semidefinite and invariant, and
    S* X* = 0 for every minimiser X*: the gradient of a convex loss is the same at all of them (Mangasarian 1988), and every primal and
    dual optimum are complementary (Boyd and Vandenberghe 2004, 5.5.2). S* differs from the stated S in slopes and multipliers, and an
    eigenvalue moves by the norm of the difference at most (Horn and Johnson 2013, Corollary 4.3.15). Where S* is positive definite on
    the spreads of a type, X* vanishes there: its units coincide.
    """
    fields(witness["dual"], "means spreads")
    means, spreads, error = stated_dual(level, witness, near, gap)
    frame = dyadic(witness["dual"]["means"], "a frame", level.nodes).balls()
    kept = [frame.ncols() if is_positive_on(means, frame, error) else 0]
    for block, entry in zip(spreads, items(witness["dual"]["spreads"], "frames", level.types), strict=True):
        frame = dyadic(entry, "a frame", level.kinds).balls()
        kept.append(frame.ncols() if frame.ncols() and is_positive_on(block, frame, error) else 0)
    require(all(level.multiplicity[t * level.kinds] > 1 or kept[1 + t] == 0 for t in range(level.types)), "a single unit has a spread")
    return kept[0], kept[1:]


def _seen_ranks(level: UnitLevel, near: list[NearRow], witness: Any) -> int:
    """A lower bound of the rank of every minimiser, from the block of one kind's rows and another kind's nodes, or of some rows and nodes.

    A row knows its similarities up to one number, which goes away when the columns are centred; the rank of a block times a matrix is at
    most that of X*. Singular values move by the Frobenius norm of the errors at most (Horn and Johnson 2013, Corollary 7.3.5).
    """
    if isinstance(witness, dict) and "columns" in witness:
        from .blocks import has_singular_values, known_block

        fields(witness, "rows columns frame")
        stated = known_block(level, near.__getitem__, witness["rows"], witness["columns"])
        frame = dyadic(witness["frame"], "a frame", len(stated.values[0])).balls()
        return frame.ncols() if frame.ncols() and has_singular_values(stated, frame, fmpq(0)) else 0
    fields(witness, "anchor kind frame")
    a, b = (integer(witness[name], f"the {name}", 0, level.kinds - 1) for name in ("anchor", "kind"))
    block = seen_block(level, near, a, b)
    frame = dyadic(witness["frame"], "a frame", level.types).balls()
    if not block.absolute:
        frame = _centred(frame, level.multiplicity[:: level.kinds])
    seen = arb_mat(block.means) * frame
    kept = frame.ncols() and is_positive_on((seen.transpose() * seen).tolist(), _identity(frame.ncols()), _squared(block.error, frame))
    return block.spread_rank + (frame.ncols() if kept else 0)


class SeenBlock(NamedTuple):
    """Similarities of one kind's nodes to another's: the matrix on vectors equal in all units of a type, and the rank on the others.

    error: how far the block may be from that of a minimiser (Frobenius), after columns are centred unless `absolute`.
    """

    means: list[list[arb]]
    spread_rank: int
    error: arb
    absolute: bool


def seen_block(level: UnitLevel, near: list[NearRow], a: int, b: int) -> SeenBlock:
    """What rows of kind a's nodes say of their similarities to kind b's."""
    rows = [[k for k, row in enumerate(level.rows) if row.anchor == t * level.kinds + a] for t in range(level.types)]
    require(all(rows), "a node of the block anchors no row")
    entries = [_block_row(level, near[found[0]], t, b) for t, found in enumerate(rows)]
    m = level.multiplicity[:: level.kinds]
    error = root_above(arb(total(m[t] * entries[t][2] for t in range(level.types))))
    spread = sum(m[t] - 1 for t in range(level.types) if m[t] > 1 and abs(entries[t][0] - entries[t][1][t]) > error)
    roots = [arb(x).sqrt() for x in m]
    means = [
        [(own + (m[t] - 1) * others[t]) if s == t else roots[t] * roots[s] * others[s] for s in range(level.types)]
        for t, (own, others, _) in enumerate(entries)
    ]
    return SeenBlock(means=means, spread_rank=int(spread), error=error, absolute=all(near[found[0]].absolute for found in rows))


def _block_row(level: UnitLevel, near: NearRow, t: int, b: int) -> tuple[arb, list[arb], arb]:
    """The similarity to kind b's node of the own unit, those of other units by type, and the sum of the squared errors."""
    own_place = level.nodes + b
    counts = entry_counts(level, t * level.kinds)
    places = [s * level.kinds + b for s in range(level.types)]
    values = [near.values[place] for place in places]
    require(near.values[own_place] is not None, "an entry of the block is not known")
    require(all(x is not None or counts[place] == 0 for x, place in zip(values, places, strict=True)), "an entry of the block is not known")
    squares = near.errors[own_place] ** 2 + total(counts[place] * near.errors[place] ** 2 for place in places if counts[place])
    own = near.values[own_place]
    assert own is not None
    return own, [arb(0) if x is None else x for x in values], arb(squares)


def _centred(frame: arb_mat, m: list[int]) -> arb_mat:
    """The frame without its part along the vector that is equal in all units."""
    roots = [arb(x).sqrt() for x in m]
    rows = frame.tolist()
    along = [total(r * row[k] for r, row in zip(roots, rows, strict=True)) / sum(m) for k in range(frame.ncols())]
    return arb_mat(
        frame.nrows(), frame.ncols(), [x - r * y for r, row in zip(roots, rows, strict=True) for x, y in zip(row, along, strict=True)]
    )


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [arb(int(i == j)) for i in range(size) for j in range(size)])


def _squared(error: arb, frame: arb_mat) -> arb:
    """(error |frame|)^2."""
    lengths = (frame.transpose() * frame).tolist()
    square: arb = (error**2 * max(total(map(magnitude, row)) for row in lengths)).upper()
    return square


def is_apart(level: UnitLevel, near: list[NearRow], t: int) -> bool:
    """Whether some row of a unit of the type sees a node of its own unit otherwise than that of another unit of the type."""
    for row, each in zip(level.rows, near, strict=True):
        if row.anchor // level.kinds != t:
            continue
        for b in range(level.kinds):
            own, other = each.values[level.nodes + b], each.values[t * level.kinds + b]
            errors = each.errors[level.nodes + b] + each.errors[t * level.kinds + b]
            if own is not None and other is not None and abs(own - other) > errors:
                return True
    return False


def minimizers_said(claim: Data) -> str:
    """Rank, radius and merging in words."""
    least, most = claim["rank"]
    rank = f"rank {least}" if least == most else f"a rank from {least} to {most}"
    parts = [rank]
    if "radius" in claim:
        which = f"by the outcomes other than 0 and 1 of SHA-256 {claim['outcomes']}"
        parts.append(f"similarities within {number(claim['radius'])} of those {which}, up to a number per row")
    for name, what in (("merged", "coincide"), ("apart", "do not coincide")):
        if claim[name]:
            parts.append(f"units of the types {counted(claim[name])} {what}")
    return f"{unit_subject(claim['problem'])}: every minimiser over {matrices(claim['problem'])} has {'; '.join(parts)}."


CLAIMS = {"UnitMinimizers": Claim(check_minimizers, minimizers_said)}
