"""Krawczyk's operator: one zero is enclosed, none and two are not proved to be one, whatever matrix stands for the inverse."""

import pytest
from flint import arb, arb_mat

from scverify.kernel.certificate import Unresolved
from scverify.kernel.krawczyk import Singular, image, near_inverse, require_inside


def roots_of_two(centre, radius, inverse=None):
    """Deviations of the zeros of x^2 - 2 from a centre."""
    at_box = arb_mat([[2 * arb(centre, radius)]])
    c = near_inverse(at_box) if inverse is None else arb_mat([[arb(inverse)]])
    moved = image(c, [arb(centre) ** 2 - 2], at_box, [arb(0, radius)])
    require_inside(moved, [arb(radius)])
    return moved


@pytest.mark.parametrize("inverse", [None, "0.3", "0.4"])
def test_a_zero_is_enclosed_whatever_the_inverse(inverse):
    [deviation] = roots_of_two("1.4", "0.1", inverse)
    assert (arb("1.4") + deviation).overlaps(arb(2).sqrt()) and deviation.rad() < 0.1


@pytest.mark.parametrize(("centre", "radius"), [("1.7", "0.1"), ("0.1", "2"), ("3", "1/2"), ("-1.6", "0.1")])
def test_no_zero_or_two_zeros_are_not_one(centre, radius):
    with pytest.raises(Unresolved):
        roots_of_two(centre, arb(1) / 2 if radius == "1/2" else radius, "0.3")


def test_a_double_zero_is_never_proved():
    for inverse in ("0", "1", "100"):
        moved = image(arb_mat([[arb(inverse)]]), [arb(0)], arb_mat([[arb(0, 2)]]), [arb(0, 1)])
        with pytest.raises(Unresolved):
            require_inside(moved, [arb(1)])


def test_two_equations_in_a_box_of_unequal_sides():
    """x^2 + y^2 = 2 and x = y near (1.01, 0.98)."""
    x, y, radii = arb("1.01"), arb("0.98"), [arb("0.05"), arb("0.1")]
    across, up = x + arb(0, radii[0]), y + arb(0, radii[1])
    slopes = arb_mat([[2 * across, 2 * up], [1, -1]])
    moved = image(near_inverse(slopes), [x * x + y * y - 2, x - y], slopes, [arb(0, r) for r in radii])
    require_inside(moved, radii)
    assert (x + moved[0]).contains(1) and (y + moved[1]).contains(1)
    with pytest.raises(Unresolved):
        require_inside(moved, [radii[0], arb("0.001")])


def test_what_is_not_finite_lies_nowhere():
    with pytest.raises(Unresolved, match="no finite enclosure"):
        require_inside([arb("nan")], [arb(1)])


def test_a_matrix_without_an_inverse_is_singular():
    with pytest.raises(Singular):
        near_inverse(arb_mat([[1, 2], [2, 4]]))
