"""Branches in temperature: followed up and down, and continued; what stops them."""

from fractions import Fraction

import numpy as np
import pytest
from flint import ctx

from scverify.certify import branch as branch_module
from scverify.certify.branch import Guide, continued, follow, guide_of_point
from scverify.certify.orbit import certify_point
from scverify.certify.points import critical_points
from scverify.errors import InputError
from scverify.kernel.certificate import Unresolved
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.soundness.branches import ANTIPODAL, limit_of_the_theorem, small_branch

WARM = Problem(supcon, Classes((4, 2)), dim=3, temperature="1/20")


def nothing(tau):
    return None


def antipodal(tau):
    return ANTIPODAL


@pytest.fixture(scope="module")
def point():
    [found] = critical_points(WARM, starts=100).of_kind("spurious minimum")
    return found


def test_the_excess_near_the_limit_is_that_of_the_derivation():
    """tau * excess -> 2/3 (MATH 8)."""
    branch = small_branch(Fraction(1, 1000))
    assert (branch.lower, branch.upper, branch.stopped) == (0, Fraction(1, 1000), "")
    assert 0.64 < float(branch.excess) / 1000 < 2 / 3


def test_a_branch_goes_through_the_certified_points(point):
    guide, start = guide_of_point(point)
    branch = follow(guide, "SpuriousBranch", start, Fraction(1, 20), Fraction(103, 2000), antipodal)
    assert verify_data(branch.certificate).word == "VERIFIED"
    later = certify_point(Problem(supcon, Classes((4, 2)), dim=3, temperature="103/2000"), point.embeddings)
    with ctx.workprec(96):
        end = branch.steps[-1].curve
        state = guide.frame.state(end.at(end.tube.end))
    h = np.array([[float(x.mid()) for x in row] for row in state.h])
    assert np.allclose(h.T @ h, later.embeddings.T @ later.embeddings, atol=1e-6)
    assert float(later.lower) - float(branch.excess) > 0


def test_downwards_and_onwards(point):
    guide, start = guide_of_point(point)
    down = follow(guide, "StrictBranch", start, Fraction(1, 20), Fraction(49, 1000), nothing)
    assert (down.lower, down.upper, down.excess) == (Fraction(49, 1000), Fraction(1, 20), None)
    assert verify_data(down.certificate).word == "VERIFIED"
    onwards = continued(down, Fraction(51, 1000), nothing)
    assert (onwards.lower, onwards.upper) == (Fraction(49, 1000), Fraction(51, 1000))
    assert verify_data(onwards.certificate).word == "VERIFIED"


def test_a_minimum_is_no_branch_of_saddles_and_needs_a_better_point(point):
    guide, start = guide_of_point(point)
    for kind in ("SaddleBranch", "SpuriousBranch"):
        with pytest.raises(Unresolved):
            follow(guide, kind, start, Fraction(1, 20), Fraction(51, 1000), nothing, finest=Fraction(1, 4))


def test_an_interrupt_keeps_what_is_proved(point, monkeypatch):
    guide, start = guide_of_point(point)
    check, calls = branch_module.check_type, []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) > 3:
            raise KeyboardInterrupt
        check(*arguments)

    monkeypatch.setattr(branch_module, "check_type", interrupted)
    branch = follow(guide, "StrictBranch", start, Fraction(1, 20), Fraction(51, 1000), nothing)
    assert branch.stopped == "interrupted"
    assert Fraction(1, 20) < branch.upper < Fraction(51, 1000)
    assert verify_data(branch.certificate).word == "VERIFIED"


def test_a_ridge_and_an_uncertified_point():
    problem = Problem(supcon, Classes((3, 2)), dim=3, temperature="1/2", constraint=Ridge("1/10"))
    best = next(found for found in critical_points(problem, starts=20) if found.kind == "global minimum")
    guide, start = guide_of_point(best)
    branch = follow(guide, "StrictBranch", start, Fraction(1, 2), Fraction(51, 100), nothing)
    assert not branch.stopped
    assert verify_data(branch.certificate).word == "VERIFIED"
    origin = certify_point(problem, np.zeros((3, 5)))
    with pytest.raises(InputError, match="positive rank"):
        guide_of_point(origin)


def test_the_guide_states_no_temperature():
    assert "tau" not in Guide.of(WARM, 3, limit_of_the_theorem()[0].data).problem
