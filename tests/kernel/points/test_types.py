"""The inertia of a proved critical point."""

import pytest
from flint import ctx

from scverify.kernel.points.orbit import prove_orbit
from scverify.kernel.points.types import normal_inertia, plane_inertia
from tests.kernel.kept import kept, points_in
from tests.kernel.points.test_orbit import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_saddles_alone_have_a_direction_of_negative_curvature(name):
    data = kept(name)
    with ctx.workprec(data["precision"]):
        level = points_in(data)
        orbit = prove_orbit(level, data["claim"], data["witness"])
        normal = normal_inertia(orbit)[0] if orbit.layout.r < level.dim else 0
        assert (plane_inertia(orbit)[0] + normal > 0) == ("saddle" in name)
