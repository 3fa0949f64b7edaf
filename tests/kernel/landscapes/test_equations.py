"""Boxes without a critical point, against floats at random points of them."""

import numpy as np
import pytest

from scverify.kernel.landscapes.equations import has_gradient, is_copy
from tests.kernel.landscapes.instances import CASES, where_granted


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_a_copy_breaks_an_ordering_at_every_point(sizes, d, tau):
    found = [any(g[first] < g[second] for first, second in rows.orderings) for rows, _, g, _, _ in where_granted(is_copy, sizes, d, tau)]
    assert found and all(found)


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_no_point_of_a_box_with_a_gradient_is_critical(sizes, d, tau):
    found = [np.abs(h @ s).max() for _, h, _, s, _ in where_granted(has_gradient, sizes, d, tau)]
    assert found and min(found) > 0
