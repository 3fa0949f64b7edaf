"""What is certified of every minimiser of a loss on units: rank, radius and merging, from the two bounds and their gap (MATH 4.3, 9)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from scverify.certify.blocks import known_blocks
from scverify.certify.claims import Data, certificate, confirmed
from scverify.certify.dyadics import above, matrix, places_for, text
from scverify.certify.precise import as_array, float_midpoints
from scverify.certify.unit_witness import MANY
from scverify.kernel.certificate import Rejected, Unresolved, digest
from scverify.kernel.units.duals import stated_dual
from scverify.kernel.units.level import UnitLevel
from scverify.kernel.units.minimizers import is_apart, seen_block
from scverify.kernel.units.nearness import NearRow, near_row
from scverify.results.units import UnitMinimizers

Floats = NDArray[np.float64]
# eigenvalues are claimed where they exceed their error by so much, and frames are stated with so many bits
CLEAR, FRAME_BITS = 4.0, 60
# a frame of many nodes is large, and the discs of so few bits are still far inside what it shows
FEW_FRAME_BITS = 28


def unit_minimizers(level: UnitLevel, problem: Data, witness: Data, gap: arb, bits: int) -> UnitMinimizers | None:
    """What the witness of an optimum says of every minimiser of a problem, as a claim states it; None where it says nothing."""
    if level.over_temperature or not level.is_plain or "rows" not in witness["lower"]:
        return None
    with ctx.workprec(bits):
        try:
            entries = witness["lower"]["rows"]
            near = [near_row(level, row, entry, gap) for row, entry in zip(level.rows, entries, strict=True)]
            radius = max(
                (error for row in near for value, error in zip(row.values, row.errors, strict=True) if value is not None), default=arb(0)
            )
            dual, spreads = _dual_frames(level, witness, near, gap)
        except (Rejected, Unresolved):
            return None
        kinds, n, seen = level.kinds, sum(level.multiplicity), _seen_frame(level, near)
        extra = [m - 1 for m in level.multiplicity[::kinds]]
        most = n - dual.shape[1] - sum(frame.shape[1] * more for frame, more in zip(spreads, extra, strict=True))
        several = [t for t in range(level.types) if level.multiplicity[t * kinds] > 1]
        claim: Data = {
            "type": "UnitMinimizers",
            "problem": problem,
            "rank": [min(seen[1], most), most],
            "merged": [t for t in several if spreads[t].shape[1] == kinds],
            "apart": [t for t in several if is_apart(level, near, t)],
        }
        if radius.is_finite():
            claim |= {"radius": text(above(radius, places_for(radius))), "outcomes": digest(entries)}
        frames = {"means": _stated(dual, level.nodes > MANY), "spreads": [_stated(frame) for frame in spreads]}
        data = certificate(claim, {**witness, "dual": frames, "seen": seen[0]}, bits)
    if confirmed(data) != "VERIFIED":
        return None
    return UnitMinimizers(
        rank=(claim["rank"][0], most),
        merged=tuple(claim["merged"]),
        apart=tuple(claim["apart"]),
        radius=Fraction(claim["radius"]) if "radius" in claim else None,
        certificate=data,
    )


def _stated(frame: Floats, many: bool = False) -> Data:
    return matrix(as_array(frame), FEW_FRAME_BITS if many else FRAME_BITS)


def _dual_frames(level: UnitLevel, witness: Data, near: list[NearRow], gap: arb) -> tuple[Floats, list[Floats]]:
    """Eigenvectors of the stated dual on means, and on the spreads of each type, whose eigenvalues exceed the error clearly."""
    means, spreads, error = stated_dual(level, witness, near, gap)
    return _clear(means, error), [
        _clear(block, error) if level.multiplicity[t * level.kinds] > 1 else np.zeros((level.kinds, 0)) for t, block in enumerate(spreads)
    ]


def _clear(block: list[list[arb]], error: arb) -> Floats:
    size = max((abs(x.mid()) for row in block for x in row), default=arb(1))
    if not size > 0:
        return np.zeros((len(block), 0))
    table = float_midpoints(as_array([[x / size for x in row] for row in block]))
    values, vectors = np.linalg.eigh((table + table.T) / 2)
    found: Floats = vectors[:, values > max(CLEAR * float((error / size).upper()), 1e-14 * len(block))]
    return found


def _seen_frame(level: UnitLevel, near: list[NearRow]) -> tuple[Data | None, int]:
    """The block that shows the largest rank, with a frame of singular vectors; None where no block is known."""
    best: tuple[Data | None, int] = (None, 0)
    for a, b in product(range(level.kinds), repeat=2):
        try:
            block = seen_block(level, near, a, b)
        except (Rejected, Unresolved):
            continue
        m = np.sqrt(np.array(level.multiplicity[:: level.kinds], dtype=np.float64))
        centring = np.eye(level.types) if block.absolute else np.eye(level.types) - np.outer(m, m) / (m @ m)
        means = float_midpoints(as_array(block.means)) @ centring
        _, values, right = np.linalg.svd(means)
        frame = right[values > max(CLEAR * float(block.error.upper()), 1e-12 * values.max(initial=0.0))].T
        rank = block.spread_rank + frame.shape[1]
        if rank > best[1]:
            best = {"anchor": a, "kind": b, "frame": _stated(frame, level.nodes > MANY)}, rank
    single = level.kinds == 1 and all(m == 1 for m in level.multiplicity)
    for stated in known_blocks(level, near) if single else ():
        rank = int((stated.sizes > max(CLEAR * stated.error, 1e-12 * stated.sizes.max(initial=0.0))).sum())
        if rank > best[1]:
            best = stated.stated(rank), rank
    return best
