"""Boxes whose critical points have a pattern: collapsed classes, two sides. The lemmas behind them, at random points."""

import numpy as np
import pytest

from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.patterns import is_collapsing, is_sided
from scverify.kernel.landscapes.positives import classes_of, sides_of
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, points_of, random_boxes, truth, where_granted


@pytest.mark.parametrize(("sizes", "d", "tau"), [((2, 2), 2, "1/2"), ((2, 2), 3, "1/5"), ((3, 2), 3, "1/2"), ((3, 3), 4, "1")])
def test_no_multipliers_of_a_collapsing_box_have_a_negative_sum(sizes, d, tau):
    rng = np.random.default_rng(7)
    problem, level, rows = of(sizes, d, tau)
    label = np.repeat(range(len(sizes)), sizes)
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 4000, 0.1)
    granted = is_collapsing(Enclosures(rows, boxes))
    h, rate = points_of(boxes, rng, d)
    assert granted.any()
    for place in np.flatnonzero(granted):
        multiplier = np.diag(truth(level, h[:, :, place], rate[place])[3])
        assert all(multiplier[i] + multiplier[j] >= 0 for i, j in rows.pairs if label[i] == label[j])


def test_the_pair_lemma_holds_at_random_configurations():
    """(g_i - g_j).(h_i - h_j) >= w (2/(m - 1) - p_ij - p_ji) |h_i - h_j|^2, of which `is_collapsing` makes use."""
    rng = np.random.default_rng(8)
    _problem, level, rows = of((4, 3), 3, "1/3")
    label = np.repeat(range(2), (4, 3))
    for _ in range(300):
        h = rng.normal(size=(3, 7))
        h /= np.linalg.norm(h, axis=0)
        _, p, _, s, _ = truth(level, h, 10.0 ** rng.uniform(-1, 1.5))
        g = h @ (s - np.diag(np.diag(s)))
        for i, j in rows.pairs:
            if label[i] == label[j]:
                apart = h[:, i] - h[:, j]
                bound = (2 / ((label == label[i]).sum() - 1) - p[i, j] - p[j, i]) * (apart @ apart)
                assert (g[:, i] - g[:, j]) @ apart >= bound - 1e-12


def test_collapsed_classes_are_of_low_rank_in_as_many_dimensions_and_no_fewer():
    exact = of((2, 2, 2), 3, "1/2")[2].exact
    assert classes_of(exact, 3) == [0, 0, 2, 2, 4, 4] and classes_of(exact, 2) == []


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_the_signs_of_a_box_of_two_sides_are_those_of_s_at_its_points(sizes, d, tau):
    found = [
        (np.outer(sides_of(rows.exact), sides_of(rows.exact)) * s < 0)[~np.eye(rows.n, dtype=bool)].all()
        for rows, _, _, s, _ in where_granted(is_sided, sizes, d, tau)
    ]
    # three classes have no two sides
    assert all(found) and bool(found) == (len(sizes) == 2)
