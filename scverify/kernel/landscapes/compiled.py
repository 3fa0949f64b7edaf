"""Which reason holds for each of many boxes: compiled code that runs while the processor rounds upward, and a probe of that mode."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import intervals
from .compiled_chances import is_blurred, may_have_signs
from .compiled_cuts import NEAR, axis_of
from .compiled_enclosures import outcomes, second_slopes, similarities, slopes_of, vectors
from .compiled_intervals import DEEP, end_above, entry, exponential, inlined, multiple, product, quotient_above, root_below, square
from .compiled_reasons import (
    congruent,
    has_bent_sample,
    has_eigenvalues,
    has_gradient,
    has_negative_curvature,
    is_collapsing,
    is_copy,
    is_sided,
)
from .intervals import Floats, Integers

# what is known of a box: nothing, that it cannot be decided, p and D, also S, also V^T S V or that its signs are blurred
NOTHING, HOPELESS, SLOPES, SECOND, SPECTRUM, BLURRED = range(6)


class Instance(NamedTuple):
    """An instance as compiled code reads it: tables of bounds (n, n, 2), places of pairs, and what the reasons ask of the rows."""

    rows: tuple[Floats, Floats, Floats, Floats, Floats]
    place: Integers
    pairs: Integers
    orderings: Integers
    sides: Floats
    classes: Integers
    series: tuple[Floats, Floats]


@inlined
def enclosures(n: int, d: int) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Room for h, G, the outcomes, p, D and 2 S of one box."""
    pairs = n * (n - 1) // 2
    return np.zeros((d, n, 2)), np.zeros((pairs, 2)), np.zeros((n, n, 2)), np.zeros((n, n, 2)), np.zeros((n, n, 2)), np.zeros((n, n, 2))


@inlined
def directions(n: int, d: int) -> tuple[Any, Any]:
    """Room for the test of one direction, and for the search of it."""
    size = n * (d - 1)
    tables, vectors = (np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))), (np.zeros(size), np.zeros(size), np.zeros(size))
    room = np.zeros((size, size)), np.zeros((3, size, n)), np.zeros((n, d - 1, d)), np.zeros((n, d)), tables, vectors
    return (np.zeros((d, n)), np.zeros((d, n, 2)), np.zeros((n, n, 2))), room


# Numba keys what it keeps on disk by the closure of a function: code of other sources is never taken for that of these
def decide_of(sources: int) -> Any:
    """`decide`, which returns the number of its sources."""

    @entry
    def decide(boxes: tuple[Integers, Floats, Floats], reasons: Integers, instance: Instance, d: int, m: float, result: Any) -> int:
        """For every box the first of the reasons that is proved, or -1, and an axis to halve, where one was looked for.

        One reason alone is tried whatever its chance.
        """
        face, low, high = boxes
        rows, place, pairs, orderings, sides, classes, series = instance
        n, last, searched = len(place), len(low) - 1, len(reasons) > 1
        h, gram, e, p, slope, s = enclosures(n, d)
        half, b = np.zeros((n, n, 2)), np.zeros((n, n, 2))
        best, cutting = np.zeros(4), (np.zeros((n, d)), np.zeros((n, d)), np.zeros((n, n)))
        turning = np.zeros((n, n, 2)), np.zeros((n, n, 2)), best
        among, pole = np.zeros(n, np.int64), np.zeros(d)
        basis = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
        room = directions(n, d)
        for box in range(low.shape[1]):
            vectors(face, low, high, box, h, m)
            similarities(pairs, h, gram, m)
            rate, known, found = (low[last, box] * m, high[last, box]), NOTHING, -1
            best[0] = 0.0
            for reason in reasons:
                if reason != 0 and known == NOTHING:
                    known = SLOPES if outcomes(place, gram, rate, rows[1], series, e, m) and slopes_of(rows, e, p, slope, m) else HOPELESS
                if known == SLOPES and reason != 1:
                    second_slopes(place, gram, slope, s, m)
                    known = SECOND
                if known == SECOND and (reason == 2 or reason == 3):
                    hopeful = not searched or may_have_signs(s, n - d, basis[1], m)
                    known = SPECTRUM if hopeful and congruent(s, basis, half, b, m) else BLURRED
                if known == HOPELESS:
                    break
                if (
                    (reason == 0 and is_copy(orderings, gram, m))
                    or (reason == 1 and has_gradient(h, slope, rows[4], turning, searched, m))
                    or (reason == 2 and known == SPECTRUM and has_eigenvalues(b, n - d, True, among, m))
                    or (reason == 3 and known == SPECTRUM and has_eigenvalues(b, n - d + 1, False, among, m))
                    or (reason == 4 and len(sides) > 0 and is_sided(sides, h, slope, pole, m))
                    or (
                        reason == 5
                        and not (searched and is_blurred(s, m))
                        and has_negative_curvature(h, s, p, rows[0], rate, room, searched, m)
                    )
                    or (reason == 8 and has_bent_sample(h, place, gram, s, p, rows[0], rate[1], m))
                    or (reason == 9 and is_collapsing(classes, s))
                ):
                    found = reason
                    break
            result[0, box] = found
            if searched and found < 0 and known >= SECOND and best[0] > NEAR:
                result[1, box] = axis_of(boxes, box, h, s, p, rows[0], 0.5 * (rate[0] * m + rate[1]), best, cutting, m)
        return sources

    return decide


def probe_of(sources: int) -> Any:
    """`probe`, which returns the number of its sources."""

    @entry
    def probe(x: Floats, y: Floats, series: tuple[Floats, Floats], result: Floats, m: float) -> int:
        """What the operations give for x and y > 0: sum, product, quotient, root, and the intervals made of them (15, N)."""
        for k in range(len(x)):
            a, b = x[k], y[k]
            result[0, k], result[1, k], result[2, k], result[3, k] = a + b, a * b, a / b, math.sqrt(b)
            result[4, k], result[5, k] = product(a * m, a, b * m, b, m)
            result[6, k], result[7, k] = multiple(a * m, a, b, m)
            result[8, k], result[9, k] = square(a * m, a, m)
            result[10, k] = root_below(b, m)
            result[11, k], result[12, k] = exponential(a if a < DEEP else DEEP, series[0], series[1], m)
            result[13, k], result[14, k] = quotient_above(a, b, b), end_above(a, b * m, b, m)
        return sources

    return probe


def digest_of_sources() -> int:
    """A number that changes with the text of any file whose functions end in the compiled code."""
    files = sorted(Path(__file__).parent.glob("compiled*.py"))
    text = b"".join(file.read_bytes() for file in [*files, Path(intervals.__file__)])
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")


SOURCES = digest_of_sources()
decide, probe = decide_of(SOURCES), probe_of(SOURCES)
