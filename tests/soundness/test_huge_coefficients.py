"""Coefficients that overflow float64 on the way: no reason may be granted for what infinities leave undecided."""

import base64
import zlib

from scverify.kernel.certificate import FORMAT, digest
from scverify.kernel.landscapes.reasons import EVERY_POINT
from scverify.kernel.named import LOSSES
from scverify.kernel.verify import verify_data


def no_critical_points(huge):
    """A false claim: no critical point of 4 samples on a circle has rank 2, each face of the domain being left out by its gradient.

    All repel, but sample 1 is drawn to sample 0 by `huge`. At angles 0, 0, 120, 240 degrees the loss is lower than wherever all are
    collinear (3.94 against 4.96, beside what `huge` adds), so that its minimum has rank 2.
    """
    c = [[str(1 << 63 if i == 1 else 1) if i != j else "0" for j in range(4)] for i in range(4)]
    q = [[str(huge) if (i, j) == (1, 0) else "0" for j in range(4)] for i in range(4)]
    problem = {
        "formula": LOSSES[0][1],
        "coefficients": {"kind": "samples", "weight": ["1"] * 4, "c": c, "q": q},
        "sizes": [4],
        "tau": "1",
        "constraint": {"kind": "sphere", "nonnegative": False, "rho": "1"},
        "singletons": "error",
        "reduction": "sum",
        "dim": 2,
    }
    faces = 1 * 3 * 4 * 4
    tree = {"boxes": faces, "tree": base64.b64encode(zlib.compress(bytes([1] * faces))).decode()}
    claim = {"type": "Landscape", "problem": problem, "statement": EVERY_POINT, "points": []}
    witness = {"orderings": [], "trees": [tree], "points": []}
    return {"format": FORMAT, "version": 1, "claim": claim, "witness": witness, "precision": 64, "digest": digest(claim)}


def test_an_overflow_leaves_no_box_out():
    answer = verify_data(no_critical_points(10**300))
    assert answer.word == "REJECTED" and "coefficient q" in answer.reason
    answer = verify_data(no_critical_points(10**18))
    assert answer.word == "REJECTED" and "is not left out" in answer.reason
