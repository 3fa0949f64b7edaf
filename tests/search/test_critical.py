"""Critical points in floats: derivatives, orbits, and known landscapes."""

from functools import cache

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import scverify as sv
from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.search.critical import critical_candidates
from scverify.search.orbits import Relabellings
from scverify.search.surface import Surface
from scverify.symbolic.entrywise import Entrywise
from scverify.symbolic.losses import supcon, supcon_in
from tests.search.cases import placed


@cache
def search(sizes=(4, 2), dim=3, temperature="1/2", constraint=None, loss=supcon, starts=100, seed=0):
    return critical_candidates(placed(sizes, dim, temperature, constraint, loss), starts, seed)


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
    given = placed((3, 2), 3, "1/3", constraint, loss)
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
    given = placed((2, 2), 3, "1/2")
    entrywise = Entrywise(given)
    for point in search((2, 2), 3, starts=60).points:
        h = point.embeddings
        hessian = entrywise.hessian(h) + 2 * np.kron(np.eye(3), np.diag(point.multipliers))
        tangent = np.linalg.svd(np.array([np.outer(h[:, i], np.eye(4)[i]).ravel() for i in range(4)]))[2][4:]
        eigenvalues = np.linalg.eigvalsh(tangent @ hessian @ tangent.T)
        assert point.inertia == ((eigenvalues < -1e-9).sum(), (abs(eigenvalues) <= 1e-9).sum(), (eigenvalues > 1e-9).sum())


def test_the_same_seed_gives_the_same_list_however_many_threads():
    threads = []
    first = search((3, 2), 3, "1/20", starts=25)
    with threadpool_limits(limits=2):
        again = critical_candidates(
            placed((3, 2), 3, "1/20"), 25, 0, lambda done, total: threads.extend(pool["num_threads"] for pool in threadpool_info())
        )
    assert set(threads) == {1}
    assert len(first.points) == len(again.points)
    for one, two in zip(first.points, again.points, strict=True):
        assert np.array_equal(one.embeddings, two.embeddings)
        assert (one.value, one.inertia, one.hits) == (two.value, two.inertia, two.hits)
    other = search((3, 2), 3, "1/20", starts=25, seed=1)
    assert [point.hits for point in other.points] != [point.hits for point in first.points]


def test_ctrl_c_keeps_the_finished_rounds():
    calls = []

    def progress(done, total):
        calls.append((done, total))
        if done == 100:
            raise KeyboardInterrupt

    found = critical_candidates(placed((2, 2), 3), 150, 0, progress)
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
        critical_candidates(placed(**changes))


@pytest.mark.parametrize("arguments", [{"starts": 0}, {"seed": -1}])
def test_numbers_of_starts_and_seeds_are_checked(arguments):
    with pytest.raises(InputError):
        critical_candidates(placed(), **arguments)


def test_a_search_merges_its_points_moved_by_the_symmetries():
    found = search((3, 3), 3, starts=60)
    relabellings = Relabellings.of(placed((3, 3)))
    grams = [point.embeddings.T @ point.embeddings for point in found.points]
    order = np.array([5, 3, 4, 1, 0, 2])
    for i, gram in enumerate(grams):
        moved = gram[np.ix_(order, order)]
        assert [relabellings.match(one, moved, 1e-6) for one in grams] == [i == j for j in range(len(grams))]


def test_a_start_at_which_the_loss_is_beyond_floats_ends_and_says_nothing(recwarn):
    problem = sv.UnitProblem(sv.losses.cosface((2, 2)), "1/20", "ridge:1/10", dim=2)
    found = critical_candidates(problem, 8)
    assert found.points and all(np.isfinite(point.value) for point in found.points)
    assert [str(warning.message) for warning in recwarn] == []
