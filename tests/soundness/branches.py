"""Branches of spurious minima, a short one from tau = 0 on and one that ends in a fold: the controls from which forged branches start."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from flint import ctx

from scverify.certify import ending
from scverify.certify.arrangement import from_zero
from scverify.certify.better import Better
from scverify.certify.branch import PRECISION, follow
from scverify.certify.fold import with_fold
from scverify.certify.optimum import optimum
from scverify.certify.orbit import certify_point
from scverify.certify.threshold import threshold
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from scverify.symbolic.modules import load_module
from tests.test_proofs import FOLDER

HIGHEST = Fraction(1, 128)
ANTIPODAL = {
    "level": "groups",
    "groups": [[0], [1]],
    "upper": {"means": {"bits": 0, "rows": [[1], [-1]]}, "spread": {"bits": 0, "rows": [[0], [0]]}},
}
CROSS = np.array([[1.0, -1, 0, 0], [0, 0, 1, -1]])


@cache
def limit_of_the_theorem():
    """The guide of the proof file, and its coordinates at tau = 0."""
    return limit_of("FOUR_AND_TWO")


@cache
def limit_of(name):
    """The guide of a family of the proof file, and its coordinates at tau = 0."""
    points = getattr(load_module(FOLDER / "t14_all_small_temperatures.py", "proof file"), name)
    with ctx.workprec(PRECISION):
        return from_zero(points, Problem(supcon, points.classes, dim=points.dim, temperature=1))


def small_branch(highest=HIGHEST):
    """The branch of sizes 4, 2 in dimension 3 on (0, highest]."""
    guide, start = limit_of_the_theorem()
    return follow(guide, "SpuriousBranch", start, Fraction(0), highest, lambda tau: ANTIPODAL)


def cross(temperature):
    """Two antipodal pairs of sizes 2, 2 in the plane, at right angles: a spurious minimum up to about 0.2525, then a saddle."""
    plane = Problem(supcon, Classes((2, 2)), dim=2, temperature=temperature)
    return certify_point(plane, CROSS, better=Better.of_optimum(optimum(plane).certificate))


@cache
def folded():
    """Sizes 3, 2 in the plane, spurious minima up to a fold near 0.11031: what `threshold` finds, and the branch whose fold it finds."""
    handed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ending, "with_fold", lambda branch: handed.append(branch) or with_fold(branch))
        found = threshold(Problem(supcon, Classes((3, 2)), dim=2), tau=("11/100", "28/250"), starts=15)
    [branch] = handed
    return found, branch
