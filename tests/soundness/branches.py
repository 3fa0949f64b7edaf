"""A short branch of spurious minima from tau = 0 on: the control from which forged branches start."""

from fractions import Fraction

import numpy as np
from flint import arb

from scverify.certify.branch import Guide, follow
from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.test_proofs import FOLDER

HIGHEST = Fraction(1, 128)
ANTIPODAL = {
    "level": "groups",
    "groups": [[0], [1]],
    "upper": {"means": {"bits": 0, "rows": [[1], [-1]]}, "spread": {"bits": 0, "rows": [[0], [0]]}},
}
CROSS = np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]])


def theorem():
    """The frame and the limit of the proof file."""
    from scverify.symbolic.modules import load_module

    return load_module(FOLDER / "t14_all_small_temperatures.py", "proof file")


def small_branch(highest=HIGHEST):
    """The branch of sizes 4, 2 in dimension 3 on (0, highest]."""
    file = theorem()
    guide = Guide.of(Problem(supcon, Classes((4, 2)), dim=3, temperature=1), 3, file.FRAME)
    start = [arb(x) for x in file.limit()]
    return follow(guide, "SpuriousBranch", start, Fraction(0), highest, lambda tau: ANTIPODAL)


def cross(temperature):
    """Two antipodal pairs of sizes 2, 2 in the plane, at right angles: a spurious minimum up to about 0.2525, then a saddle."""
    plane = Problem(supcon, Classes((2, 2)), dim=2, temperature=temperature)
    return certify_point(plane, CROSS, better=Better.of_optimum(optimum(plane).certificate))
