"""The search for a reason, by arrays: several are tried on many boxes. A certificate is checked without it."""

from __future__ import annotations

from collections.abc import Callable

from .enclosures import Enclosures
from .intervals import Integers, Mask, integers, numbered
from .reasons import LISTED, Test


def first_by_arrays(at: Enclosures, reasons: tuple[int, ...], test_of: Callable[[int], Test]) -> Integers:
    """For every box the first of the reasons, up to the one that a list of points decides, that is proved; -1 where none is."""
    places = numbered(len(at.boxes))
    found = integers([-1]).repeat(len(places))
    for reason in reasons:
        if reason == LISTED or not len(places):
            break
        granted = test_of(reason)(at)
        found[places[granted]] = reason
        places, at = places[~granted], kept(at, ~granted)
    return found


def kept(at: Enclosures, mask: Mask) -> Enclosures:
    """The same for some of the boxes; what is already known is kept, not worked out again."""
    result = type(at)(at.rows, at.boxes[mask])
    for name, value in vars(at).items():
        if name not in ("rows", "boxes", "ends", "outcomes"):
            vars(result)[name] = value[..., mask]
    return result
