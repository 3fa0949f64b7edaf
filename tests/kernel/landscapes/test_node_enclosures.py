"""What is known of boxes of rows on nodes, against the searcher's derivatives at points of them."""

import numpy as np
import pytest

from scverify.kernel.landscapes.searching import kept
from tests.kernel.landscapes.instances import inside
from tests.kernel.landscapes.node_instances import CASES, boxes_of, truth


@pytest.mark.parametrize("width", [0.4, 1e-6])
@pytest.mark.parametrize("name", CASES)
def test_s_holds_the_gradient_on_the_spheres(name, width):
    at, points = boxes_of(CASES[name], width, count=12)
    for place, h in enumerate(points):
        exact = truth(CASES[name], h)[0]
        s_low, s_high = at.twice_s.low[:, :, place], at.twice_s.high[:, :, place]
        least = np.array([[np.minimum(h[a] * s_low[i], h[a] * s_high[i]).sum() for i in range(at.rows.n)] for a in range(at.rows.d)])
        most = np.array([[np.maximum(h[a] * s_low[i], h[a] * s_high[i]).sum() for i in range(at.rows.n)] for a in range(at.rows.d)])
        assert (least <= exact + 1e-8).all() and (exact - 1e-8 <= most).all()
        if width < 1e-3:
            assert (most - least).max() < 1e-3


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_move_is_what_probabilities_miss_of_one(name):
    at, _ = boxes_of(CASES[name], 0.0, count=12)
    total = at.p.low.sum(axis=1)
    inside(at.shares, 1 - total)
    held = name in ("sigmoid", "a larger sphere", "classes", "classes alike")
    assert (at.shares.high.max() > 1e-9) == held


def test_boxes_are_kept_with_what_is_known_of_them():
    at, _ = boxes_of(CASES["classes"], 0.1)
    mask = np.arange(60) % 2 == 0
    wanted = (at.attractions.low[..., mask], at.shares.high[..., mask])
    some = kept(at, mask)
    assert type(some) is type(at) and "shares" in vars(some)
    assert (some.attractions.low == wanted[0]).all() and (some.shares.high == wanted[1]).all()
