"""What is known of boxes, against floats at random points of them."""

import numpy as np
import pytest

from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.rows import domain_of
from scverify.symbolic.losses import LOSSES
from tests.kernel.landscapes.instances import CASES, inside, of, points_of, random_boxes, truth


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
@pytest.mark.parametrize("width", [1.0, 0.05, 1e-6, 0.0])
def test_enclosures_hold_what_they_enclose(sizes, d, tau, width):
    rng = np.random.default_rng(0)
    problem, level, rows = of(sizes, d, tau)
    boxes = random_boxes(domain_of(problem, level, problem.tau * 2), rng, 20, width)
    at = Enclosures(rows, boxes)
    for _ in range(3):
        h, rate = points_of(boxes, rng, d)
        inside(at.h, h)
        for place in range(len(boxes)):
            g, p, slope, s, _ = truth(level, h[:, :, place], rate[place])
            inside(at.gram[:, place], np.array([g[pair] for pair in rows.pairs]))
            inside(at.twice_s[:, :, place], s)
            for i in range(rows.n):
                kept = [j for j in range(rows.n) if j != i]
                inside(at.p[i, :, place], p[i, kept])
                inside(at.slopes[i, :, place], slope[i, kept])
            wedges = [
                [h[a, i, place] * h[b, j, place] - h[b, i, place] * h[a, j, place] for i, j in rows.pairs]
                for a in range(d)
                for b in range(a + 1, d)
            ]
            inside(at.wedges[:, :, place], np.array(wedges))
    if width < 1e-3:
        assert (at.twice_s.high - at.twice_s.low).max() < 1e3 * width + 1e-10


@pytest.mark.parametrize("name", ["decoupled", "supcon"])
def test_slopes_of_other_rows_agree_with_their_gradient(name):
    problem, level, rows = of((3, 2), 3, "1/3", loss=LOSSES[name])
    rng = np.random.default_rng(4)
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 20, 0.0)
    at = Enclosures(rows, boxes)
    h, rate = points_of(boxes, rng, 3)
    for place in range(20):
        _, _, _, s, _ = truth(level, h[:, :, place], rate[place])
        inside(at.twice_s[:, :, place], s)
