"""The search for a reason, by arrays: several are tried on many boxes. A certificate is checked without it."""

from __future__ import annotations

from .enclosures import Enclosures
from .intervals import Integers, Mask, integers, numbered
from .reasons import decision_of


def first_by_arrays(at: Enclosures, reasons: tuple[int, ...]) -> Integers:
    """For every box the first of the reasons, which need no list of points, that is proved; -1 where none is."""
    places = numbered(len(at.boxes))
    found = integers([-1]).repeat(len(places))
    for reason in reasons:
        granted = decision_of(reason)(at)
        found[places[granted]] = reason
        places, at = places[~granted], kept(at, ~granted)
    return found


def kept(at: Enclosures, mask: Mask) -> Enclosures:
    """The same for some of the boxes; what is already known is kept, not worked out again."""
    result = Enclosures(at.rows, at.boxes[mask])
    for name, value in vars(at).items():
        if name not in ("rows", "boxes", "ends", "outcomes"):
            vars(result)[name] = value[..., mask]
    return result
