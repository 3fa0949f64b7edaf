"""The most negative curvature: the float direction, and its curvature in balls against second differences of the loss."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.bend import curvature_in_balls, most_negative
from scverify.certify.pairwise import Sample, SizeCoefficients


def supcon_case(sizes, d, seed):
    label = np.repeat(np.arange(len(sizes)), sizes)
    distinct = sorted(set(sizes))
    sort = np.array([distinct.index(sizes[c]) for c in label])
    ones = np.ones(len(distinct))
    coefficients = SizeCoefficients(ones, ones, 1 / (np.array(distinct) - 1.0), np.ones((len(distinct), len(distinct))))
    embeddings = np.random.default_rng(seed).standard_normal((len(label), d))
    return Sample.of(embeddings, label, sort), coefficients


def tables(sample):
    same = sample.label[:, None] == sample.label
    c = 1.0 - np.eye(len(sample.label))
    q = same * c
    return c, q / q.sum(axis=1, keepdims=True)


def loss(points, q, rate):
    """The loss by plain loops in balls."""
    n = len(points)
    total = arb(0)
    for i in range(n):
        s = [sum((a * b for a, b in zip(points[i], points[j], strict=True)), arb(0)) for j in range(n)]
        total += sum(((rate * s[j]).exp() for j in range(n) if j != i), arb(0)).log()
        total -= rate * sum((arb(float(q[i, j])) * s[j] for j in range(n)), arb(0))
    return total


def moved(points, direction, t):
    """Along great circles, each sample with its own speed; a direction of norm 1 altogether."""
    result = []
    for point, turn in zip(points, direction, strict=True):
        speed = sum((a * a for a in turn), arb(0)).sqrt()
        result.append([a * (t * speed).cos() + b / speed * (t * speed).sin() for a, b in zip(point, turn, strict=True)])
    return result


@pytest.mark.parametrize(("sizes", "d", "rate"), [((2, 2), 2, 1.0), ((3, 2), 3, 2.0), ((2, 2, 2), 3, 14.0)])
def test_the_ball_holds_the_second_difference_of_the_loss(sizes, d, rate):
    sample, _ = supcon_case(sizes, d, 1)
    c, q = tables(sample)
    generator = np.random.default_rng(2)
    with ctx.workprec(300):
        points = []
        for row in sample.unit.tolist():
            length = sum((arb(a) ** 2 for a in row), arb(0)).sqrt()
            points.append([arb(a) / length for a in row])
        raw = generator.standard_normal(sample.unit.shape)
        tangent = []
        for row, point in zip(raw.tolist(), points, strict=True):
            along = sum((arb(a) * b for a, b in zip(row, point, strict=True)), arb(0))
            tangent.append([arb(a) - along * b for a, b in zip(row, point, strict=True)])
        length = sum((a * a for row in tangent for a in row), arb(0)).sqrt()
        tangent = [[a / length for a in row] for row in tangent]
        h = arb(2) ** -60
        second = (loss(moved(points, tangent, h), q, rate) - 2 * loss(points, q, rate) + loss(moved(points, tangent, -h), q, rate)) / h**2
        found = curvature_in_balls(sample.unit, raw, c, q, np.ones(len(raw)), rate)
        assert abs(found - second).upper() < 1e-12 * (1 + abs(found).upper())


def test_equal_embeddings_have_a_direction_of_negative_curvature():
    sample, coefficients = supcon_case((3, 3), 2, 0)
    together = Sample.of(np.tile([1.0, 2.0], (6, 1)), sample.label, sample.sort)
    bend = most_negative(together, coefficients, 5.0, seed=0)
    assert bend.proved_sign == -1
    assert bend.curvature < -0.1


def test_antipodal_classes_have_none():
    sample, coefficients = supcon_case((3, 3), 2, 0)
    apart = Sample.of(np.repeat([[1.0, 0.0], [-1.0, 0.0]], 3, axis=0), sample.label, sample.sort)
    assert most_negative(apart, coefficients, 5.0, seed=0).curvature > -1e-9


def test_many_embeddings_are_left_alone():
    sample, coefficients = supcon_case((200, 200), 51, 0)
    assert most_negative(sample, coefficients, 5.0, seed=0) is None
