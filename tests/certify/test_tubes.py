"""Tubes of critical points: the kernel reads what is made, and a curve of a fixed problem is found by Newton's method alone."""

from fractions import Fraction

import pytest
from flint import arb, ctx

from scverify.certify.tubes import BITS, solved, tube_around
from scverify.kernel.branches.tube import image_of, mapped_inside, read_tube
from scverify.kernel.certificate import Unresolved
from tests.soundness.branches import small_branch


def test_a_tube_is_found_again_from_a_guess_that_is_off_and_refused_far_away():
    branch = small_branch(Fraction(1, 1000))
    frame, tube = branch.guide.frame, branch.steps[-1].curve.tube
    with ctx.workprec(96):
        near = [x.mid() + arb("1e-6") for x in tube.line(tube.end, tube.end)]
        data, curve = tube_around(frame, near, frame.size, branch.lower, branch.upper)
        assert mapped_inside(image_of(frame, read_tube(frame, data))).tube.end == curve.tube.end == tube.end
        assert data["centre"]["bits"] == BITS and len(data["radii"]["rows"][0]) == frame.size + 1
        with pytest.raises(Unresolved, match="Newton's method"):
            solved(frame, [x + 5 for x in near], frame.size)
