"""Active norms on the ball."""

import copy

import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.points.active import multiplier_signs
from scverify.kernel.points.orbit import Layout, Orbit, State, prove_orbit
from tests.kernel.kept import kept, points_in
from tests.kernel.points.test_orbit import SQUARE


def test_a_ball_s_active_norms_are_the_same_in_the_whole_box():
    data = kept("point-ball-global-minimum")
    level, inactive = points_in(data), copy.deepcopy(data)
    with ctx.workprec(128):
        with pytest.raises(Unresolved, match="may be zero within the box"):
            prove_orbit(level, {**data["claim"], "radius": "1"}, data["witness"])
        inactive["witness"]["active"].pop()
        with pytest.raises(Unresolved, match="may reach the ball's boundary"):
            prove_orbit(level, inactive["claim"], inactive["witness"])


@pytest.mark.parametrize(("multiplier", "error"), [(arb(-1), Rejected), (arb(0, 1), Unresolved)])
def test_signs_of_the_multipliers_of_a_ball(multiplier, error):
    norms = points_in(kept("point-ball-critical")).norms[:1] * 3
    layout, state = Layout(2, 3, [0, 2], [0, 1]), State(SQUARE, [arb(1), arb(-5), multiplier], [arb(0)])
    with pytest.raises(error, match="the multiplier of sample 2"):
        multiplier_signs(norms, Orbit(layout, state, arb(0), [], None))
    multiplier_signs(norms, Orbit(layout, State(SQUARE, [arb(1), arb(-5), arb(1)], []), arb(0), [], None))
