"""Boxes without a local minimum, against second derivatives at random points of them."""

import numpy as np
import pytest

from scverify.kernel.landscapes.curvatures import has_bent_sample, has_negative_curvature
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, points_of, random_boxes, truth, where_granted


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_a_bent_sample_has_a_negative_trace_of_its_own_hessian(sizes, d, tau):
    rng = np.random.default_rng(5)
    problem, level, rows = of(sizes, d, tau)
    given = 0
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 150, width)
        granted = has_bent_sample(Enclosures(rows, boxes))
        h, rate = points_of(boxes, rng, d)
        for place in np.flatnonzero(granted):
            _, _, _, _, hessian = truth(level, h[:, :, place], rate[place])
            own = [np.trace(hessian[i * (d - 1) : (i + 1) * (d - 1), i * (d - 1) : (i + 1) * (d - 1)]) for i in range(rows.n)]
            assert min(own) < 0
            given += 1
    assert given > 0


def test_a_bent_sample_is_bent_as_its_trace_says_at_a_point():
    rng = np.random.default_rng(6)
    problem, level, rows = of((3, 2), 3, "1")
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 200, 0.0)
    granted = has_bent_sample(Enclosures(rows, boxes))
    h, rate = points_of(boxes, rng, 3)
    for place in range(200):
        hessian = truth(level, h[:, :, place], rate[place])[4]
        own = min(np.trace(hessian[2 * i : 2 * i + 2, 2 * i : 2 * i + 2]) for i in range(rows.n))
        assert granted[place] == (own < 0) or abs(own) < 1e-9
    assert 20 < granted.sum() < 180


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_the_hessian_of_a_box_of_negative_curvature_is_negative_in_a_direction(sizes, d, tau):
    found = [np.linalg.eigvalsh(hessian)[0] for *_, hessian in where_granted(has_negative_curvature, sizes, d, tau)]
    assert found and max(found) < 0
