"""Arrays of balls, floats and flint matrices, one into the other."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.precise import as_array, as_matrix, choose, exponent, float_midpoints, largest_exponent, midpoints


def test_floats_become_exact_balls_and_come_back():
    numbers = np.array([[0.1, -2.0], [3e-300, 0.0]])
    balls = as_array(numbers)
    assert balls.shape == (2, 2) and all(x.rad() == 0 for x in balls.ravel())
    np.testing.assert_array_equal(float_midpoints(balls), numbers)
    assert as_matrix(numbers).entries() == as_matrix(balls).entries() == list(balls.ravel())


def test_balls_are_kept_as_they_are_and_empty_products_are_numbers():
    third = arb(1) / 3
    assert as_array([third, 2])[0] is third
    assert as_array(np.zeros((0, 2)) @ np.zeros((2, 0))).shape == (0, 0)
    empty = as_array(np.empty((2, 0))) @ as_array(np.empty((0, 2)))
    assert [type(x) for x in midpoints(empty).ravel()] == [arb] * 4


def test_midpoints_have_no_radius():
    with ctx.workprec(100):
        wide = as_array([arb(1, 0.5), arb(2).sqrt()])
        found = midpoints(wide)
    assert [x.rad() for x in found] == [0, 0]
    assert all(x.contains(y) for x, y in zip(wide, found, strict=True))


@pytest.mark.parametrize("number", [1, -1, 3, 0.75, 2.0**-70, -(2.0**80) - 1])
def test_the_exponent_bounds_the_midpoint_and_no_smaller_one_does(number):
    e = exponent(arb(number))
    assert abs(number) <= 2.0**e
    assert abs(number) >= 2.0 ** (e - 1)


def test_zero_has_the_exponent_zero_and_the_largest_of_zeros_is_minus_infinity():
    assert exponent(arb(0)) == 0
    assert largest_exponent(as_array(np.zeros(3))) == float("-inf")
    assert largest_exponent(as_array([0.0, 2.0**-40, -(2.0**-30) * 1.5])) == -29


def test_a_choice_keeps_what_the_mask_holds():
    chosen = choose(np.array([True, False]), as_array([5.0, 7.0]), -1.0)
    assert [float(x) for x in chosen] == [5, -1]
