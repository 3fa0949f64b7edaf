"""Operations of compiled code where an end is not a number: it stays one, or a bound that is known anyway stands in its place."""

from itertools import product

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_intervals as compiled

NAN, INF = float("nan"), float("inf")
ENDS = [0.0, 1.0, -2.0, INF, NAN]


def test_the_larger_one_is_no_number_where_either_is_none():
    assert (compiled.most(1.0, 2.0), compiled.most(2.0, 1.0), compiled.most(-INF, INF)) == (2.0, 2.0, INF)
    assert np.isnan([compiled.most(NAN, 1.0), compiled.most(1.0, NAN), compiled.most(NAN, NAN)]).all()


def test_the_smaller_bound_is_the_one_that_is_a_number():
    assert (compiled.least_of(1.0, 2.0), compiled.least_of(2.0, 1.0), compiled.least_of(1.0, NAN)) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("place", range(4))
def test_a_product_with_an_end_that_is_no_number_has_none(place):
    for ends in product(ENDS, repeat=3):
        given = [*ends[:place], NAN, *ends[place:]]
        assert np.isnan(compiled.product(*given, -1.0)).all()


def test_infinity_times_zero_bounds_nothing():
    assert np.isnan(compiled.product(0.0, 0.0, -1.0, INF, -1.0)).all()
    assert np.isnan(compiled.multiple(-1.0, INF, 0.0, -1.0)).any() and np.isnan(compiled.multiple(NAN, 1.0, 2.0, -1.0)).any()


def test_a_square_is_not_negative_whatever_its_ends_are():
    for an, ah in ((NAN, 1.0), (1.0, NAN), (NAN, NAN)):
        low, high = compiled.square(an, ah, -1.0)
        assert low == 0.0 and np.isnan(high)


def test_quotients_and_ends_of_no_number_are_none():
    assert np.isnan(
        [compiled.quotient_above(NAN, 1.0, 1.0), compiled.end_above(NAN, -1.0, 2.0, -1.0), compiled.root_below(-1.0, -1.0)]
    ).all()
