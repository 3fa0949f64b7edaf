import pytest

import scverify as sv
from scverify.results.points import point_file


@pytest.fixture(scope="module")
def points():
    return sv.critical_points(sv.Problem(sv.supcon, sv.Classes((3, 2)), dim=2, temperature="1/2"), starts=10)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_kind_of_each_point_is_shown_on_every_screen(points, width):
    shown = points.text(width)
    assert shown.count("global minimum") == 2 and "strict saddle" in shown
    assert ("not shown:" in shown) == (width < 120)


def test_certificates_go_by_the_number_of_their_point(points):
    assert {"optimum.json", point_file(0), point_file(0, "-inertia")} <= set(points.certificates)
    assert points.certificates[point_file(0)] == points[0].certificate
    assert len(points) == len(list(points)) and points.of_kind("global minimum") == (points[0],)


def test_a_point_says_its_own_kind(points):
    assert repr(points[0]).startswith("<CriticalPoint: global minimum, value 2.24087")
    assert "0, 1, 4 (negative, zero, positive)" in str(points[0])
