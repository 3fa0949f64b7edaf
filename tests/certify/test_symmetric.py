"""A symmetric family seen in all of H: the fold of its curve, and a point that is not of the curve."""

from fractions import Fraction

import pytest
from flint import arb, ctx

import scverify as sv
from scverify.certify import symmetric
from scverify.certify.branch import PRECISION, follow
from scverify.certify.symmetric import seen_in, turned_back
from scverify.certify.tubes import solved
from scverify.kernel.branches.frame import frame_equations
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.certificate import Unresolved
from tests.soundness.branches import ANTIPODAL, limit_of_the_theorem

PROBLEM = sv.Problem(sv.supcon, sv.Classes((4, 2)), dim=3, temperature=1)
NEAR, END, WAY = Fraction("0.07852"), Fraction("0.0785216977"), Fraction(1, 10**10)


@pytest.fixture(scope="module")
def family():
    """L2 just below its fold."""
    guide, at = limit_of_the_theorem()
    with ctx.workprec(PRECISION):
        for part in range(1, 9):
            tau = NEAR * part / 8
            at = solved(guide.frame, [*at[:-1], arb(tau.numerator) / tau.denominator], guide.frame.size)
    return follow(guide, "SpuriousBranch", at, NEAR, END, lambda tau: ANTIPODAL, finest=Fraction(1, 2**24))


def test_a_family_turns_back_where_its_curve_does(family):
    branch = turned_back(family, PROBLEM, lambda tau: ANTIPODAL, WAY)
    assert Fraction("0.07852169") < branch.fold.lower < branch.fold.upper < Fraction("0.0785217")
    assert branch.guide.data["symmetries"] == [] and len(branch.guide.frame.entries) == 18


def test_a_point_of_a_family_solves_the_equations_of_all_of_h(family):
    tube = family.steps[0].curve.tube
    guide = symmetric._written_out(family, PROBLEM)
    with ctx.workprec(PRECISION):
        point = seen_in(guide, family, family.steps[0].curve.at(tube.middle))
        exact = Temperatures.between(tube.middle, tube.middle)
        values = frame_equations(guide.frame, point, exact)
    assert all(x.contains(0) and x.rad() < 1e-9 for x in values)


def test_a_curve_that_is_not_the_family_s_is_not_taken_for_it(family, monkeypatch):
    seen = []

    def shifted(guide, branch, at):
        seen.append(seen_in(guide, branch, at))
        return seen[0] if len(seen) == 1 else [seen[-1][0] + arb("1e-6"), *seen[-1][1:]]

    monkeypatch.setattr(symmetric, "seen_in", shifted)
    with pytest.raises(Unresolved, match="not shown to lie in the tube"):
        turned_back(family, PROBLEM, lambda tau: ANTIPODAL, WAY)
