"""What the kernel says of boxes, against floats at random points of them: enclosures, reasons, the cover, the symmetric copies."""

from itertools import combinations, permutations

import numpy as np
import pytest
from flint import fmpq

from scverify.certify.claims import problem_data
from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.boxes import Boxes, embedded, faces_of, share, taken, whole_domain
from scverify.kernel.landscapes.claims import domain_of, rows_of
from scverify.kernel.landscapes.copies import orderings, symmetries
from scverify.kernel.landscapes.discards import (
    Enclosures,
    has_gradient,
    has_negative_curvature,
    is_copy,
    is_of_low_rank,
    is_positive,
    is_sided,
)
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES, supcon

SLACK = 1e-9


def of(sizes, d, tau, **more):
    """Problem, its sample level and its rows with all orderings."""
    problem = read_problem(problem_data(Problem(more.pop("loss", supcon), Classes(sizes), dim=d, temperature=tau, **more)))
    level = level_of(problem, "samples", None)
    return problem, level, rows_of(problem, level, list(combinations(range(level.nodes), 2)))


def random_boxes(domain, rng, count, width):
    """Boxes of a width inside random boxes of the domain."""
    roots = domain[rng.integers(0, len(domain), count)]
    centre = roots.low + (roots.high - roots.low) * rng.random(roots.low.shape)
    half = 0.5 * width * rng.random((len(roots.low), 1))
    return Boxes(roots.faces, np.maximum(centre - half, roots.low), np.minimum(centre + half, roots.high))


def points_of(boxes, rng, d):
    """A random configuration (d, n, N) of each box, and its rate."""
    y = boxes.low + (boxes.high - boxes.low) * rng.choice([0.0, 1.0, 0.5, rng.random()], boxes.low.shape)
    n, size = boxes.faces.shape
    coordinates = y[:-1].reshape(n, d - 1, size)
    h = np.empty((d, n, size))
    for i in range(n):
        for place in range(size):
            axis, sign = divmod(int(boxes.faces[i, place]), 2)
            h[:, i, place] = np.insert(coordinates[i, :, place], axis, -1.0 if sign else 1.0)
    return h / np.sqrt((h * h).sum(axis=0)), y[-1]


def truth(level, h, rate):
    """Gram matrix, p, D = w (p - q), twice S and the Riemannian Hessian over kappa of one configuration, straight from MATH 1 and 2."""
    d, n = h.shape
    g = h.T @ h
    off = ~np.eye(n, dtype=bool)
    c, q = (np.array([[float(x) for x in row[:-1]] for row in table]) for table in (level.c, level.q))
    w = np.array([float(x / max(level.weight)) for x in level.weight])
    p = c * np.exp(rate * (g - 1)) * off
    p /= p.sum(axis=1, keepdims=True)
    slope = w[:, None] * (p - q)
    s = slope + slope.T
    np.fill_diagonal(s, 0)
    s -= np.diag((s * g).sum(axis=1))
    frames = np.zeros((d * n, (d - 1) * n))
    for i in range(n):
        frames[i::n, i * (d - 1) : (i + 1) * (d - 1)] = np.linalg.svd(h[:, i : i + 1])[0][:, 1:]
    moved = [h.T @ u.reshape(d, n) + u.reshape(d, n).T @ h for u in frames.T]
    hessian = np.array([[np.sum(s * (a.reshape(d, n).T @ b.reshape(d, n))) for a in frames.T] for b in frames.T])
    for i in range(n):
        x = np.array([m[i] for m in moved])
        mean = x @ p[i]
        hessian += rate * w[i] * ((x * p[i]) @ x.T - np.outer(mean, mean))
    return g, p, slope, s, hessian


CASES = [((2, 2), 2, "1/2"), ((2, 2), 3, "1/5"), ((3, 2), 3, "1/2"), ((2, 2, 2), 2, "1/20"), ((3, 3), 4, "1")]


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


def inside(found, value):
    assert (found.low <= value + SLACK * (1e-3 + np.abs(value))).all() and (value - SLACK * (1e-3 + np.abs(value)) <= found.high).all()


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


@pytest.mark.parametrize(("n", "d"), [(3, 2), (4, 3), (5, 4), (3, 4)])
def test_the_domain_holds_a_rotated_copy_of_every_configuration(n, d):
    rng = np.random.default_rng(2)
    domain = whole_domain(n, d, (1.0, 1.0))
    count = np.prod([len(faces_of(i, d)) for i in range(n)])
    assert len(domain) == count
    for trial in range(60):
        h = rng.standard_normal((d, n))
        if trial % 3 == 0:  # rank-deficient: all in a plane, or two equal or opposite
            h[2:] = 0
            h[:, 1] = h[:, 0] * (1 if trial % 2 else -1)
        h /= np.linalg.norm(h, axis=0)
        r = np.linalg.qr(h)[1]
        r *= np.where(np.diag(r[:, : len(r)]) < 0, -1.0, 1.0)[:, None]
        r = np.vstack([r, np.zeros((d - len(r), n))])
        faces, y = [], []
        for i in range(n):
            axis = int(np.argmax(np.abs(r[:, i])))
            faces.append(2 * axis + int(r[axis, i] < 0))
            y += list(np.delete(r[:, i], axis) / abs(r[axis, i]))
        y = np.array(y)
        fits = (
            (faces == domain.faces.T).all(axis=1)
            & (y + 1e-9 >= domain.low[:-1].T).all(axis=1)
            & (y - 1e-9 <= domain.high[:-1].T).all(axis=1)
        )
        assert fits.any(), (trial, r)


def test_halves_cover_a_box_and_batches_lose_none():
    domain = whole_domain(4, 3, (1.0, 2.0))
    axis = np.arange(len(domain)) % len(domain.low)
    halves = domain.halves(axis)
    first, second = halves[slice(0, len(domain))], halves[slice(len(domain), None)]
    for place in range(len(domain)):
        assert first.high[axis[place], place] == second.low[axis[place], place]
        others = [row for row in range(len(domain.low)) if row != axis[place]]
        for part in (first, second):
            assert (part.low[others, place] == domain.low[others, place]).all() and (
                part.high[others, place] == domain.high[others, place]
            ).all()
    stack = [domain, halves]
    found = []
    while stack:
        found.append(taken(stack, 17))
    assert sum(map(len, found)) == 3 * len(domain) and all(len(batch) == 17 for batch in found[:-1])
    assert sum(len(share([domain, halves], number, 5)) for number in range(5)) == 3 * len(domain)


def test_symmetries_are_the_permutations_that_change_no_coefficient():
    for sizes, count in (((2, 2), 8), ((3, 2), 12), ((2, 2, 2), 48), ((4, 2), 48)):
        assert len(symmetries(of(sizes, 3, "1/2")[1])) == count


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (2, 2, 2), (3, 3)])
def test_some_copy_of_every_configuration_satisfies_all_orderings(sizes):
    rng = np.random.default_rng(3)
    level = of(sizes, 3, "1/2")[1]
    n, group = level.nodes, symmetries(level)
    pairs = [tuple(sorted(pair)) for pair in rng.permutation(list(combinations(range(n), 2)))]
    found = orderings(level, pairs)
    assert found
    for _ in range(20):
        g = rng.standard_normal((n, n))
        g = g + g.T
        copies = [g[np.ix_(p, p)] for p in group]
        assert any(all(copy[first] >= copy[second] for first, second in found) for copy in copies)


def test_a_coefficient_that_differs_breaks_the_symmetry():
    level = of((2, 2), 3, "1/2")[1]
    level.q[0][1] += fmpq(1, 10**6)
    unbroken = [p for p in permutations(range(4)) if p[0] == 0 and p[1] == 1]
    assert set(symmetries(level)) <= set(unbroken)


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


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem(supcon, Classes((2, 2)), dim=3, constraint=Ball()), "sphere"),
        (Problem(supcon, Classes((2, 2)), dim=1), "dimension"),
        (Problem(supcon, Classes((2, 2))), "dimension"),
        (Problem(supcon, Classes((6, 6)), dim=3), "samples"),
        (Problem(LOSSES["spectral"], Classes((2, 2)), dim=3), "log-sum-exp"),
    ],
)
def test_what_the_kernel_knows_no_landscape_of(problem, reason):
    stated = read_problem(problem_data(problem))
    with pytest.raises(Rejected, match=reason):
        rows_of(stated, level_of(stated, "samples", None), [])


def test_a_larger_sphere_is_a_larger_rate():
    problem, level, _ = of((2, 2), 3, "1/2", constraint=Sphere("3/2"))
    domain = domain_of(problem, level, problem.tau)
    assert (domain.low[-1] == 4.5).all() and (domain.high[-1] == 4.5).all()
    thirds, level, _ = of((2, 2), 3, "3/10")
    domain = domain_of(thirds, level, fmpq(7, 10))
    assert (domain.low[-1] < 10 / 7).all() or fmpq(*float(domain.low[-1, 0]).as_integer_ratio()) <= fmpq(10, 7)
    assert fmpq(*float(domain.high[-1, 0]).as_integer_ratio()) >= fmpq(10, 3)
    assert embedded(domain, 3).shape == (3, 4, len(domain))
