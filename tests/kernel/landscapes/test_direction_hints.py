"""Hints of directions are quiet, poles are found: nothing rests on either."""

import numpy as np
import pytest

from scverify.kernel.landscapes.curvatures import has_negative_curvature
from scverify.kernel.landscapes.direction_hints import pole_of
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of, random_boxes


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tau", ["1/1000", "1/100000"])
def test_no_warning_reaches_the_user_at_low_temperatures(tau):
    problem, level, rows = of((2, 2), 3, tau)
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(0), 200, 0.1)
    assert has_negative_curvature(Enclosures(rows, boxes)).shape == (200,)


def test_a_pole_has_a_positive_product_with_every_point_of_a_hemisphere():
    rng = np.random.default_rng(11)
    points = rng.normal(size=(5, 3, 200))
    points[:, 0] = np.abs(points[:, 0]) + 0.1
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    assert ((points * pole_of(list(points))[None]).sum(axis=1) > 0).mean() > 0.9
