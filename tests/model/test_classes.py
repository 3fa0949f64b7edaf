"""Class sizes: profiles with exact floors, counts of labels, and what is refused."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.errors import InputError
from scverify.model.classes import PROFILES, Classes


def floors(values):
    """Floors in 80 digits; a value within 1e-60 of an integer is that integer."""
    with mpmath.workdps(80):
        return tuple(int(mpmath.floor(value + mpmath.mpf(10) ** -60)) for value in values)


def test_counts_and_labels():
    classes = Classes((3, 1, 2))
    assert (classes.k, classes.n) == (3, 6)
    assert classes.labels.tolist() == [0, 0, 0, 1, 2, 2]
    assert str(classes) == "3,1,2"
    assert str(Classes.balanced(20, 4)) == "4,4,…,4 (k=20, n=80)"


def test_equal_sizes_are_equal_classes():
    assert Classes([4, 2]) == Classes((4, np.int64(2)))
    assert hash(Classes([4, 2])) == hash(Classes((4, 2)))


def test_balanced_and_step():
    assert Classes.balanced(3, 7).sizes == (7, 7, 7)
    assert Classes.step(4, 2, 5).sizes == (10, 10, 2, 2)
    assert Classes.step(2, 4, "3/2").sizes == (6, 4)


def test_step_with_one_majority():
    assert Classes.step(3, 3, 10, majorities=1).sizes == (30, 3, 3)
    assert Classes.named("step", k=5, n_min=2, ratio=4, majorities=2).sizes == (8, 8, 2, 2, 2)


@pytest.mark.parametrize(
    ("sizes", "batch", "wanted"),
    [
        ((70, 20, 10), 10, (7, 2, 1)),
        ((1, 1, 1), 2, (1, 1)),  # a tie goes to the earlier classes
        ((97, 2, 1), 4, None),  # one class alone
        ((5, 3), 8, (5, 3)),
        ((90, 6, 4), 20, (18, 1, 1)),
    ],
)
def test_a_stratified_batch_shares_by_largest_remainders(sizes, batch, wanted):
    if wanted is None:
        with pytest.raises(InputError, match="at least two classes"):
            Classes(sizes).stratified(batch)
    else:
        assert Classes(sizes).stratified(batch).sizes == wanted


@given(st.lists(st.integers(1, 60), min_size=2, max_size=9), st.integers(2, 60))
def test_a_stratified_batch_is_within_one_of_its_quota(sizes, batch):
    classes = Classes(sizes)
    batch = min(batch, classes.n)
    quotas = [batch * size / classes.n for size in sizes]
    try:
        counts = list(classes.stratified(batch).sizes)
    except InputError:
        assert max(quotas) > batch - 2
        return
    assert sum(counts) == batch
    whole = sorted((c for c in counts), reverse=True)
    assert all(abs(c - q) < 1 for c, q in zip(whole, sorted(quotas, reverse=True), strict=False))


def test_views_are_samples_of_the_class():
    assert Classes((3, 2)).seen(2).sizes == (6, 4)


def test_published_sizes_of_the_long_tailed_benchmarks():
    assert Classes.named("cifar10-lt").sizes == (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)
    assert Classes.named("cifar100-lt").n == 10847
    assert Classes.named("cifar100-lt", ratio=10).n == 19573
    assert Classes.named("cifar10-lt", ratio=10).n == 20431


@pytest.mark.parametrize(("k", "n_max", "ratio"), [(10, 5000, 100), (100, 500, 50), (7, 1000, 10), (4, 1000, 1000), (3, 625, 25)])
def test_long_tailed_floors_are_exact(k, n_max, ratio):
    with mpmath.workdps(80):
        wanted = floors(n_max * mpmath.mpf(ratio) ** (-mpmath.mpf(c) / (k - 1)) for c in range(k))
    assert Classes.long_tailed(k, n_max, ratio).sizes == wanted


def test_long_tailed_where_a_float_floor_is_wrong():
    # the last size is 729 * 729^-1 = 1; in floats it is a little less
    floats = tuple(math.floor(729 * 729 ** (-c / 3)) for c in range(4))
    assert floats == (729, 81, 9, 0)
    assert Classes.long_tailed(4, 729, 729).sizes == (729, 81, 9, 1)


def test_pareto_of_imagenet_lt():
    classes = Classes.named("imagenet-lt")
    assert (classes.k, classes.sizes[0], classes.sizes[-1], classes.n) == (1000, 1280, 5, 116711)
    assert list(classes.sizes) == sorted(classes.sizes, reverse=True)


@pytest.mark.parametrize(("k", "n_max", "n_min", "shape"), [(1000, 1280, 5, 3), (20, 900, 7, 1), (9, 64, 1, 3), (4, 54, 2, 3)])
def test_pareto_floors_are_exact(k, n_max, n_min, shape):
    with mpmath.workdps(80):
        stretch = (mpmath.root(mpmath.mpf(n_max) / n_min, shape) - 1) / (k - 1)
        wanted = floors(n_max / (1 + stretch * c) ** shape for c in range(k))
    assert Classes.pareto(k, n_max, n_min, shape).sizes == wanted


def test_pareto_that_meets_integers():
    assert Classes.pareto(4, 12, 3, 1).sizes == (12, 6, 4, 3)


@pytest.mark.parametrize("labels", [[2, 0, 2, 2, 0], np.array(["cat", "ant", "cat", "cat", "ant"])])
def test_sizes_counted_from_labels(labels):
    assert Classes.from_labels(labels).sizes == (2, 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Classes((5,)), "at least two classes"),
        (lambda: Classes(()), "0 class"),
        (lambda: Classes((3, 0)), "class size 0"),
        (lambda: Classes((3, -2)), "class size -2"),
        (lambda: Classes((3, 2.5)), "class size 2.5"),
        (lambda: Classes((3, True)), "class size True"),
        (lambda: Classes("ab"), "class size 'a'"),
        (lambda: Classes((2, 10**12)), "at most 1000000000"),
        (lambda: Classes.step(3, 2, 5), "an even k"),
        (lambda: Classes.step(3, 2, 5, majorities=3), "fewer than k"),
        (lambda: Classes((3, 2)).stratified(6), "at most all 5"),
        (lambda: Classes((3, 2)).stratified(0), "batch 0"),
        (lambda: Classes((3, 2)).stratified(1), "at least two classes"),
        (lambda: Classes((3, 2)).seen(0), "views 0"),
        (lambda: Classes.from_labels([0, -1, 0]), "row 1"),
        (lambda: Classes.from_labels([0.0, 1.0, float("nan")]), "row 2"),
        (lambda: Classes.step(4, 3, "1/2"), "ratio \\* n_min whole"),
        (lambda: Classes.long_tailed(1, 500, 100), "k 1"),
        (lambda: Classes.long_tailed(10, 500, -1), "ratio -1"),
        (lambda: Classes.pareto(10, 5, 50), "n_max 5"),
        (lambda: Classes.from_labels([[0, 1], [1, 0]]), "one label per sample"),
        (lambda: Classes.from_labels([]), "one label per sample"),
        (lambda: Classes.named("zipf"), "cifar10-lt"),
        (lambda: Classes.named("step", k=4, n_min=2), "without ratio"),
        (lambda: Classes.named("balanced", k=4, size=2, ratio=3), "option ratio"),
    ],
)
def test_wrong_input_is_named(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_every_profile_can_be_named():
    options = {"k": 4, "size": 3, "n_min": 2, "n_max": 50, "ratio": 5, "shape": 2}
    for name, (_, defaults, _) in PROFILES.items():
        given = {key: options[key] for key, value in defaults.items() if value is None}
        assert Classes.named(name, **given).k >= 4
    assert Classes.named("long-tailed", k=4, n_max=50, ratio=5, size=None) == Classes.long_tailed(4, 50, 5)
