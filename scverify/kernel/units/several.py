"""SeveralUnitMinimizers: a loss on units has many minimisers where all rows attain their least values, or a side can be turned (MATH 9)."""

from __future__ import annotations

from typing import Any

from flint import arb

from ..balls import root_above
from ..certificate import Rejected, dyadic, fields, items, rational, require, total
from ..claims import Claim, Data
from ..words import number
from .bounds import unit_point
from .duals import is_positive_on, on_means, on_spreads
from .level import UnitLevel, UnitRow
from .nearness import entry_counts
from .nodes import stated_level
from .words import matrices, unit_subject


def check_several(claim: Data, witness: Any) -> None:
    """Two minimisers lie `distance` apart (Frobenius), copies of a node coinciding: a side can be turned; or S = 0, a number being free.

    A row log(sum c e^(kappa s)) + <r, s> has the least value where kappa (s_a - s_b) = log(p_a/c_a) - log(p_b/c_b), p = -r/kappa. A Gram
    matrix above e + distance/2 in every direction, which misses these differences by e, has one above distance/2 within e that has
    them exactly; there every row is at its least value, and stays there when a number is added to all that it sees.
    """
    fields(claim, "type problem distance")
    level = stated_level(claim["problem"])
    distance = rational(claim["distance"], "distance")
    require(distance > 0, "the distance is not positive")
    require(not level.over_temperature, "minimisers are counted at one temperature and without free scalars")
    require(all(norm.kind != "ridge" for norm in level.constraint), "a ridge is no constant")
    if isinstance(witness, dict) and "shared" in witness:
        from .turned import check_turned

        check_turned(level, distance, witness)
        return
    fields(witness, "point frames")
    _check_pairs(level)
    point = unit_point(level, witness["point"])
    missed = total(_missed(level, row, point.similar[row.anchor]) for row in level.rows)
    # each entry that a row sees stands twice in the symmetric matrix
    margin = root_above(2 * arb(missed)) + distance / 2
    fields(witness["frames"], "means spreads")
    inside, between = _blocks(level, point.similar)
    frame = dyadic(witness["frames"]["means"], "a frame", level.nodes, level.nodes).balls()
    require(is_positive_on(on_means(level, inside, between), frame, margin), "the point is too near a singular one")
    frames = items(witness["frames"]["spreads"], "frames", level.types)
    for t, (block, entry) in enumerate(zip(on_spreads(level, inside, between), frames, strict=True)):
        frame = dyadic(entry, "a frame", level.kinds, level.kinds).balls()
        several = level.multiplicity[t * level.kinds] > 1
        require(not several or is_positive_on(block, frame, margin), "the point is too near a singular one")


def _check_pairs(level: UnitLevel) -> None:
    """No two rows see the same pair of nodes, and no row sees its own anchor: else the rows may not be moved apart."""
    seen: set[tuple[str, int, int]] = set()
    for row in level.rows:
        require(row.plain, "a row of choices, or of all anchors, shares what it sees with others")
        i, counts = row.anchor, entry_counts(level, row.anchor)
        split = row.split()
        if split is None:
            raise Rejected("the least value of a row is known for a log-sum-exp alone")
        c = split.coefficients
        require(c[level.nodes + i % level.kinds] == 0, "a row sees its own anchor")
        across = [("across", min(i, j), max(i, j)) for j in range(level.nodes) if counts[j] and c[j] != 0]
        own = [("own", min(i, j), max(i, j)) for b, j in enumerate(level.unit(i)) if c[level.nodes + b] != 0]
        require(all(place not in seen and place[1] != place[2] for place in across + own), "a pair of nodes is seen twice")
        seen.update(across + own)


def _missed(level: UnitLevel, row: UnitRow, similar: list[arb]) -> arb:
    """The sum over all rows of one anchor of the squared distances from where they have their least value."""
    split, counts = row.split(), entry_counts(level, row.anchor)
    if split is None:
        raise Rejected("the least value of a row is known for a log-sum-exp alone")
    kappa, slopes, coefficients = split.kappa, split.slopes, split.coefficients
    require(kappa != 0, "a row does not move with its entries")
    p = [-r / kappa for r in slopes]
    require(total(p) == 1 and all((x > 0) == (c != 0) and x >= 0 for x, c in zip(p, coefficients, strict=True)), "a row has no least value")
    offsets = [(x - arb(q / c).log() / kappa, n) for x, q, c, n in zip(similar, p, coefficients, counts, strict=True) if c != 0 and n]
    require(len(offsets) > 0, "a row sees nothing")
    middle = total(x * n for x, n in offsets) / sum(n for _, n in offsets)
    missed: arb = level.multiplicity[row.anchor] * total(n * (x - middle) * (x - middle) for x, n in offsets)
    return missed


def _blocks(level: UnitLevel, similar: list[list[arb]]) -> tuple[list[list[arb]], list[list[arb]]]:
    """Entries within a unit, and between units (u x u)."""
    u, kinds = level.nodes, level.kinds
    inside = [[similar[i][u + j % kinds] if i // kinds == j // kinds else arb(0) for j in range(u)] for i in range(u)]
    single = [level.multiplicity[i] == 1 for i in range(u)]
    between = [[arb(0) if i // kinds == j // kinds and single[i] else similar[i][j] for j in range(u)] for i in range(u)]
    return inside, between


def several_said(claim: Data) -> str:
    """How far minimisers lie apart."""
    apart = f"two minimisers over {matrices(claim['problem'])} lie at least {number(claim['distance'])} (Frobenius) apart"
    return f"{unit_subject(claim['problem'])}: {apart}."


CLAIMS = {"SeveralUnitMinimizers": Claim(check_several, several_said)}
