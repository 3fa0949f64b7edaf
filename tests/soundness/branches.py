"""A short branch of spurious minima from tau = 0 on: the control from which forged branches start."""

from fractions import Fraction

from flint import arb

from scverify.certify.branch import Guide, follow
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
