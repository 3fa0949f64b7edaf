"""Points on the curves that a certificate of a branch proves, in floats: along its tubes, and where it turns back."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.claims import Data
from scverify.kernel.branches.claims import read_family
from scverify.kernel.branches.frame import Frame, read_frame
from scverify.kernel.branches.tube import Tube, prove_curve, read_tube
from scverify.kernel.level import level_of

Point = tuple[Fraction, NDArray[np.float64]]
# tubes of a branch that are looked at, and points along the tube of a fold
MOST_TUBES, ALONG_A_FOLD = 30, 16


def branch_points(certificate: Data) -> Iterator[Point]:
    """Temperature and embeddings (r, n) near a branch, at the starts of some of its tubes and at its end: within their radii of it."""
    frame = _frame(certificate)
    tubes = [read_tube(frame, entry["tube"]) for entry in certificate["witness"]["tubes"]]
    for tube in tubes[:: -(-len(tubes) // MOST_TUBES)]:
        yield _point(frame, _on_line(tube, tube.start))
    yield _point(frame, _on_line(tubes[-1], tubes[-1].end))


def fold_points(certificate: Data) -> Iterator[Point]:
    """The same along the tube in which a branch turns back, on the curve itself: tau has its maximum among them."""
    frame = _frame(certificate)
    tube = read_tube(frame, certificate["claim"]["fold"]["tube"])
    with ctx.workprec(certificate["precision"]):
        curve = prove_curve(frame, tube)
        for step in range(ALONG_A_FOLD + 1):
            yield _point(frame, curve.at(tube.start + (tube.end - tube.start) * fmpq(step, ALONG_A_FOLD)))


def _frame(certificate: Data) -> Frame:
    claim = certificate["claim"]
    return read_frame(level_of(read_family(claim)[0], "samples", None), certificate["witness"], claim["rank"])


def _on_line(tube: Tube, parameter: fmpq) -> list[arb]:
    """The point of the tube's line; the curve lies within the radii of it."""
    return [c + t * (parameter - tube.middle) for c, t in zip(tube.centre, tube.tangent, strict=True)]


def _point(frame: Frame, at: list[arb]) -> Point:
    h = frame.state(at).h
    return Fraction(float(at[-1])), np.array([[float(x) for x in row] for row in h])
