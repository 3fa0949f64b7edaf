"""Critical points in floats: derivatives, orbits, and known landscapes."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.search.critical import critical_candidates
from scverify.search.orbits import Relabellings
from scverify.search.starts import Starts
from scverify.search.walk import Spectrum, Surface, newton, walk
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import LOSSES, ClassTable, Loss, supcon, supcon_in, supcon_row, two_tower

CONSTRAINTS = (Sphere("3/2"), Ball(2), Ridge("1/3"))


def problem(sizes=(4, 2), dim=3, temperature="1/2", constraint=None, loss=supcon):
    return Problem(loss, Classes(sizes), dim, temperature, constraint, singletons="ignore")


@cache
def search(sizes=(4, 2), dim=3, temperature="1/2", constraint=None, loss=supcon, starts=100, seed=0):
    return critical_candidates(problem(sizes, dim, temperature, constraint, loss), starts, seed)


def random_points(surface, n, count=4, seed=0):
    return surface.normalised(np.random.default_rng(seed).normal(size=(count, surface.height, n)))


def alone(points):
    return np.tile(np.arange(points.shape[2]), (len(points), 1))


def distinct_losses():
    return [*LOSSES.values(), two_tower(3)]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("loss", distinct_losses(), ids=lambda loss: loss.name)
def test_slope_and_hessian_are_derivatives_along_the_surface(loss, constraint):
    given = Problem(loss, Classes((3, 2, 1)), 3, "1/2", constraint, reduction="mean", singletons="ignore")
    surface = Surface.of(given, 3)
    points = random_points(surface, 6)
    local = surface.local(points)
    step = np.random.default_rng(1).normal(size=local.slope.shape)
    product = np.einsum("smilj,slj->smi", local.hessian(), step)
    np.testing.assert_allclose(local.product(step), product, rtol=1e-11, atol=1e-11)

    def value(t):
        return surface.local(local.moved(t * step)).value

    slope = (value(1e-5) - value(-1e-5)) / 2e-5
    np.testing.assert_allclose((local.slope * step).sum(axis=(1, 2)), slope, rtol=1e-6, atol=1e-6)
    curvature = (value(1e-4) - 2 * local.value + value(-1e-4)) / 1e-8
    np.testing.assert_allclose((product * step).sum(axis=(1, 2)), curvature, rtol=1e-4, atol=1e-3)


def test_second_order_values_agree_with_the_instance_written_out_entry_by_entry():
    given = Problem(supcon_in, Classes((3, 2)), 2, "1/2", Ridge("1/3"), reduction="mean")
    entrywise, batch = Entrywise(given), Surface.of(given, 2).batch
    rng = np.random.default_rng(0)
    points, change = rng.normal(size=(3, 2, 5)), rng.normal(size=(3, 2, 5))
    value_of, slopes = batch.value_and_slopes(points)
    moved = points.transpose(0, 2, 1) @ change
    bent = batch.slopes_change(points, moved + moved.transpose(0, 2, 1))
    gradients = points @ slopes + batch.ridge * points
    products = points @ bent + change @ slopes + batch.ridge * change
    for h, u, value, gradient, product in zip(points, change, value_of, gradients, products, strict=True):
        assert value == pytest.approx(entrywise.value(h) + (h**2).sum() / 6)
        np.testing.assert_allclose(gradient, entrywise.gradient(h) + h / 3, rtol=1e-12)
        np.testing.assert_allclose(product.ravel(), entrywise.hessian(h) @ u.ravel() + u.ravel() / 3, rtol=1e-11, atol=1e-12)


def test_many_points_together_are_each_point_alone():
    surface = Surface.of(problem(), 3)
    points = random_points(surface, 6, count=7)
    whole = surface.local(points)
    for row in range(7):
        single = surface.local(points[row : row + 1])
        np.testing.assert_allclose(single.value[0], whole.value[row], rtol=1e-13)
        np.testing.assert_allclose(single.hessian()[0], whole.hessian()[row], rtol=1e-11, atol=1e-11)


def test_the_krylov_spectrum_holds_the_hessian_along_the_slope(monkeypatch):
    surface = Surface.of(problem((3, 3), 3), 3)
    local = surface.local(random_points(surface, 6))
    monkeypatch.setattr("scverify.search.walk._DENSE", 0)
    krylov = Spectrum.of(local, alone(local.points))
    slope, turns = local.slope.reshape(4, 12), local.rotations().reshape(4, 3, 12)
    matrix = local.hessian().reshape(4, 12, 12) + turns.transpose(0, 2, 1) @ turns
    for power in (0, 1, 3):
        wanted = (np.linalg.matrix_power(matrix, power) @ slope[:, :, None])[:, :, 0]
        there = np.einsum("skp,sp->sk", krylov.vectors, krylov.values**power * krylov.slope)
        np.testing.assert_allclose(there, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


def test_the_krylov_walk_ends_where_the_dense_one_does(monkeypatch):
    surface = Surface.of(problem((3, 3), 3), 3)
    points = random_points(surface, 6)
    sought = np.array([False, False, True, True])
    dense, _ = newton(surface, walk(surface, points, alone(points), sought, 200), alone(points), 10)
    monkeypatch.setattr("scverify.search.walk._DENSE", 0)
    monkeypatch.setattr("scverify.search.walk._KRYLOV", 8)
    krylov, step = newton(surface, walk(surface, points, alone(points), sought, 200), alone(points), 10)
    assert step[:2].max() < 1e-8
    np.testing.assert_allclose(surface.local(krylov).value[:2], surface.local(dense).value[:2], rtol=1e-12)


def test_tied_samples_stay_together_and_resolve_forces_far_below_rounding():
    # antipodal classes at tau = 1/50: the only forces are exp(-100); the angle between the classes is still found
    # though in classes of four the slopes within a class, log-sum-exp minus 1/3, leave a remainder of 1e-17
    given = problem((4, 4), 3, "1/50")
    surface = Surface.of(given, 3)
    points = surface.normalised(np.repeat(np.array([[1.0, -0.9], [0, 0.3], [0, 0.1]]), 4, axis=1)[None])
    together = np.array([[0] * 4 + [4] * 4])
    ended, step = newton(surface, walk(surface, points, together, np.array([False]), 100), together, 10)
    assert step[0] < 1e-12
    assert np.array_equal(ended[0, :, 0], ended[0, :, 3]) and np.array_equal(ended[0, :, 4], ended[0, :, 7])
    assert ended[0, :, 0] @ ended[0, :, 4] == pytest.approx(-1, abs=1e-15)


def test_descents_never_raise_the_value_and_end_critical():
    surface = Surface.of(problem((4, 2, 2), 3, "1/10"), 3)
    points = random_points(surface, 8, count=40)
    values = [surface.local(walk(surface, points, alone(points), np.zeros(40, dtype=bool), steps)) for steps in (0, 1, 2, 3, 5, 200)]
    for before, after in pairwise(values):
        assert (after.value <= before.value * (1 + 1e-14)).all()
    assert np.abs(values[-1].slope).max() < 1e-6


def test_the_spurious_minimum_of_sizes_4_2_is_found():
    points = search(temperature="1/20", starts=200).points
    minima = [point for point in points if point.inertia == (0, 3, 9)]
    assert [point.orbit_dimension for point in minima] == [3]
    assert minima[0].value - points[0].value == pytest.approx(13.2386, abs=5e-5)
    assert minima[0].multipliers.min() < 0
    assert minima[0].rank == 3


@pytest.mark.parametrize(
    ("sizes", "dim", "temperature", "excess"),
    [((5, 2), 4, "1/20", 9.8799), ((6, 1), 3, "1/20", 38.6277), ((5, 1, 1), 4, "1/25", 12.4006)],
)
def test_spurious_minima_of_other_sizes_are_found(sizes, dim, temperature, excess):
    points = search(sizes, dim, temperature, starts=150).points
    minima = [point.value - points[0].value for point in points if point.inertia[0] == 0 and not point.is_degenerate]
    assert min(abs(found - excess) for found in minima) < 1e-4


def test_on_the_ball_no_other_minimum_is_found():
    points = search(temperature="1/20", constraint=Ball(), starts=100).points
    assert [point.value for point in points if point.inertia[0] == 0] == [points[0].value]
    assert len(points) > 1


def test_three_classes_of_three_have_one_minimum_and_many_saddles():
    points = search((3, 3, 3), 4).points
    assert points[0].inertia == (0, 5, 22)
    np.testing.assert_allclose(points[0].embeddings[:, 0] @ points[0].embeddings[:, 3], -1 / 2, atol=1e-12)
    assert sum(point.inertia[0] > 0 for point in points) >= 3
    assert [point.inertia[0] == 0 for point in points] == [True] + [False] * (len(points) - 1)


@pytest.mark.parametrize("loss", (supcon, supcon_in), ids=lambda loss: loss.name)
@pytest.mark.parametrize("constraint", (Sphere("3/2"), Ball(), Ridge("1/10"), Ridge(30)), ids=str)
def test_every_point_is_critical_and_its_numbers_belong_together(constraint, loss):
    given = problem((3, 2), 3, "1/3", constraint, loss)
    found = search((3, 2), 3, "1/3", constraint, loss, starts=60)
    batch = Surface.of(given, 3).batch
    assert found.starts_done == 60 and not found.interrupted
    assert 0 < sum(point.hits for point in found.points) <= 60
    assert [point.value for point in found.points] == sorted(point.value for point in found.points)
    for point in found.points:
        h, multipliers = point.embeddings, point.multipliers
        norms = np.linalg.norm(h, axis=0)
        value, slopes = batch.value_and_slopes(h[None])
        gradient = h[None] @ slopes + batch.ridge * h[None]
        assert value[0] == pytest.approx(point.value, rel=1e-12)
        assert point.residual < 1e-12
        assert np.abs(gradient[0] + 2 * h * multipliers).max() < 1e-10
        active = 0
        if isinstance(constraint, Sphere):
            np.testing.assert_allclose(norms, 1.5, rtol=1e-14)
            active = 5
        elif isinstance(constraint, Ball):
            active = int((norms > 1 - 1e-9).sum())
            assert norms.max() <= 1 + 1e-14 and multipliers.min() >= 0
            assert not multipliers[norms < 1 - 1e-9].any()
        else:
            assert not multipliers.any()
        assert sum(point.inertia) == 15 - active
        assert point.inertia[1] >= point.orbit_dimension
        assert point.rank == np.linalg.matrix_rank(h, tol=1e-6)


def test_the_heavy_ridge_has_the_zero_minimum_alone():
    [point] = search((3, 2), 3, "1/3", Ridge(30), supcon, starts=60).points
    assert not point.embeddings.any()
    assert (point.inertia, point.rank, point.hits) == ((0, 0, 15), 0, 60)


def test_on_the_ball_the_slacks_of_active_norms_are_no_zero_directions():
    best = search((3, 2), 3, "1/3", Ball(), supcon, starts=60).points[0]
    assert best.multipliers.min() > 0
    assert best.inertia == (0, 2, 8)


def test_inertia_agrees_with_the_entrywise_hessian():
    given = problem((3, 2), 3, "1/2")
    entrywise = Entrywise(given)
    for point in search((3, 2), 3, starts=60).points:
        h = point.embeddings
        hessian = entrywise.hessian(h) + 2 * np.kron(np.eye(3), np.diag(point.multipliers))
        tangent = np.linalg.svd(np.array([np.outer(h[:, i], np.eye(5)[i]).ravel() for i in range(5)]))[2][5:]
        eigenvalues = np.linalg.eigvalsh(tangent @ hessian @ tangent.T)
        assert point.inertia == ((eigenvalues < -1e-9).sum(), (abs(eigenvalues) <= 1e-9).sum(), (eigenvalues > 1e-9).sum())


def test_the_same_seed_gives_the_same_list_however_many_threads():
    threads = []
    first = search((3, 2), 3, "1/20", starts=60)
    with threadpool_limits(limits=2):
        again = critical_candidates(
            problem((3, 2), 3, "1/20"), 60, 0, lambda done, total: threads.extend(pool["num_threads"] for pool in threadpool_info())
        )
    assert set(threads) == {1}
    assert len(first.points) == len(again.points)
    for one, two in zip(first.points, again.points, strict=True):
        assert np.array_equal(one.embeddings, two.embeddings)
        assert (one.value, one.inertia, one.hits) == (two.value, two.inertia, two.hits)
    other = search((3, 2), 3, "1/20", starts=60, seed=1)
    assert [point.hits for point in other.points] != [point.hits for point in first.points]


def test_ctrl_c_keeps_the_finished_rounds():
    calls = []

    def progress(done, total):
        calls.append((done, total))
        if done == 100:
            raise KeyboardInterrupt

    found = critical_candidates(problem((2, 2), 3), 150, 0, progress)
    assert calls == [(50, 150), (100, 150)]
    assert found.interrupted and found.starts_done == 100
    kept, whole = found.points, search((2, 2), 3, starts=100).points
    assert [point.value for point in kept] == [point.value for point in whole]


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"dim": None}, "dimension"), ({"constraint": NonNegative(Sphere())}, "H >= 0"), ({"dim": 1}, "d >= 2")],
)
def test_problems_that_cannot_be_searched_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        critical_candidates(problem(**changes))


@pytest.mark.parametrize("arguments", [{"starts": 0}, {"seed": -1}])
def test_numbers_of_starts_and_seeds_are_checked(arguments):
    with pytest.raises(InputError):
        critical_candidates(problem(), **arguments)


@given(st.integers(0, 2**32 - 1), st.sampled_from([(3, 3), (2, 2, 2), (4, 2, 2), (3, 1, 1)]))
def test_orbits_are_closed_under_rotations_and_relabellings(seed, sizes):
    rng = np.random.default_rng(seed)
    labels = Classes(sizes).labels
    # coincidences, as critical points have them, leave many relabellings to try
    h = rng.integers(-1, 2, size=(3, len(labels))) + 0.01 * rng.normal(size=(3, 1))
    q = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    swap = list(range(len(sizes)))
    for size in set(sizes):
        same = [c for c in swap if sizes[c] == size]
        for c, image in zip(same, rng.permutation(same), strict=True):
            swap[c] = int(image)
    order = np.concatenate([rng.permutation(np.flatnonzero(labels == c)) for c in swap])
    relabellings = Relabellings.of(problem(sizes))
    gram, moved = h.T @ h, (q @ h[:, order]).T @ (q @ h[:, order])
    np.testing.assert_allclose(relabellings.signature(gram), relabellings.signature(moved), atol=1e-12)
    assert relabellings.match(gram, moved, 1e-9)
    nudged = moved.copy()
    nudged[0, -1] += 1e-3
    nudged[-1, 0] += 1e-3
    assert not relabellings.match(gram, nudged, 1e-9)


def test_only_relabellings_that_change_no_coefficient_are_taken():
    gram = np.diag([1.0, 1, 2, 2])
    swapped = np.diag([2.0, 2, 1, 1])
    mixed = np.diag([1.0, 2, 1, 2])
    table = tuple(tuple(Fraction(x) for x in row) for row in ((1, 1), (1, 2)))
    unequal = Loss("unequal", supcon_row, ClassTable((Fraction(1), Fraction(1)), table, table))
    free = Relabellings.of(problem((2, 2)))
    assert free.match(gram, swapped, 1e-9) and not free.match(gram, mixed, 1e-9)
    assert not Relabellings.of(problem((2, 2), loss=unequal)).match(gram, swapped, 1e-9)
    samples = Relabellings.of(problem((2, 2), loss=two_tower(2)))
    assert samples.match(gram, gram, 1e-9) and not samples.match(gram, swapped, 1e-9)


def test_collapsed_classes_that_do_not_match_are_told_apart_quickly():
    sizes = (12, 12, 12)
    places = np.array([[1.0, 0, 0], [0, 1, 0], [0.6, 0, 0.8]])
    h = np.repeat(places, 12, axis=0)
    other = h.copy()
    other[-1] = [0.6, 0, -0.8]
    other[-13] = [0.0, -1, 0]
    third = other.copy()
    third[[-2, -13]] = [[0.6, 0, -0.8], [0.0, 1, 0]]
    relabellings = Relabellings.of(problem(sizes))
    assert relabellings.match(h @ h.T, (h @ h.T)[::-1, ::-1], 1e-9)
    assert not relabellings.match(other @ other.T, third @ third.T, 1e-9)


def test_a_search_merges_its_points_moved_by_the_symmetries():
    found = search((3, 3), 3, starts=60)
    relabellings = Relabellings.of(problem((3, 3)))
    grams = [point.embeddings.T @ point.embeddings for point in found.points]
    order = np.array([5, 3, 4, 1, 0, 2])
    for i, gram in enumerate(grams):
        moved = gram[np.ix_(order, order)]
        assert [relabellings.match(one, moved, 1e-6) for one in grams] == [i == j for j in range(len(grams))]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=str)
def test_starts_are_points_of_the_surface_and_depend_on_seed_and_number_alone(constraint):
    given = problem((4, 2, 2), 3, constraint=constraint)
    surface = Surface.of(given, 3)
    starts = Starts(given, surface, 7)
    saddle = np.ones((3, 8))
    for number in range(32):
        start = starts.start(number, [saddle])
        assert np.array_equal(start.point, Starts(given, surface, 7).start(number, [saddle]).point)
        assert np.isfinite(start.point).all() and start.point.shape == (surface.height, 8)
        assert np.array_equal(start.point, start.point[:, start.together])
        if surface.radius is not None:
            np.testing.assert_allclose(np.linalg.norm(start.point, axis=0), surface.radius)
    assert not np.array_equal(starts.start(0, []).point, replace(starts, seed=8).start(0, []).point)
