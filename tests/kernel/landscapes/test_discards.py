"""What is known of boxes and the reasons to leave them out, against floats at random points of them."""

import numpy as np
import pytest
from flint import fmpq

from scverify.kernel.landscapes.discards import (
    Enclosures,
    has_bent_sample,
    has_gradient,
    has_negative_curvature,
    is_collapsing,
    is_copy,
    is_of_low_rank,
    is_positive,
    is_sided,
)
from scverify.kernel.landscapes.rows import attracting_classes, domain_of
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


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_no_reason_is_given_where_a_point_of_the_box_contradicts_it(sizes, d, tau):
    rng = np.random.default_rng(1)
    problem, level, rows = of(sizes, d, tau)
    n, given = rows.n, dict.fromkeys(range(6), 0)
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 150, width)
        at = Enclosures(rows, boxes)
        granted = [reason(at) for reason in (is_copy, has_gradient, is_positive, is_of_low_rank, is_sided, has_negative_curvature)]
        h, rate = points_of(boxes, rng, d)
        for place in range(len(boxes)):
            g, _, _, s, hessian = truth(level, h[:, :, place], rate[place])
            eigenvalues = np.linalg.eigvalsh(s)
            for number, mask in enumerate(granted):
                given[number] += int(mask[place])
            if granted[0][place]:
                assert any(g[first] < g[second] for first, second in rows.orderings)
            if granted[1][place]:
                assert np.abs(h[:, :, place] @ s).max() > 0
            if granted[2][place]:
                assert (eigenvalues > 0).sum() >= n - d
            if granted[3][place]:
                assert (eigenvalues != 0).sum() >= n - d + 1
            if granted[4][place]:
                sides = np.outer(rows.sides, rows.sides)
                assert (sides * s < 0)[~np.eye(n, dtype=bool)].all()
            if granted[5][place]:
                assert np.linalg.eigvalsh(hessian)[0] < 0
    assert given[1] > 0 and given[5] > 0


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


@pytest.mark.parametrize("change", ["c", "q", "weight"])
def test_rows_of_another_kind_have_no_collapsing_box(change):
    _problem, _level, rows = of((3, 2), 3, "1/2")
    assert rows.classes == [0, 0, 0, 3, 3]
    n, c, q = rows.n, [[1] * 4 for _ in range(5)], [[0] * 4 for _ in range(5)]
    for i in range(n):
        for j in range(n):
            if i != j and (i < 3) == (j < 3):
                q[i][j - (j > i)] = fmpq(1, 2) if i < 3 else fmpq(1)
    weight = [fmpq(1)] * 5
    c, q = [[fmpq(x) for x in row] for row in c], [[fmpq(x) for x in row] for row in q]
    assert attracting_classes(weight, c, q) == rows.classes
    if change == "c":
        c[1][2] = fmpq(2)
    if change == "q":
        q[0][0] = fmpq(1, 3)
    if change == "weight":
        weight[2] = fmpq(2)
    assert attracting_classes(weight, c, q) == []


def test_collapsed_classes_are_of_low_rank_in_as_many_dimensions_and_no_fewer():
    assert of((2, 2, 2), 3, "1/2")[2].classes == [0, 0, 2, 2, 4, 4] and of((2, 2, 2), 2, "1/2")[2].classes == []
