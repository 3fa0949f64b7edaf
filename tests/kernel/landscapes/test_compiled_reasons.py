"""A bound that is not a number lets no reason hold, wherever it stands."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_deciding, compiled_reasons
from tests.kernel.landscapes.instances import of

NAN, N, D = float("nan"), 4, 3


@pytest.fixture(scope="module")
def instance():
    return compiled_deciding.instance_of(of((2, 2), D, "1/2")[2])


def attracted():
    """D and 2 S of bounds that let the sides hold: -1 within classes, 1 across."""
    sides = np.array([1.0, 1.0, -1.0, -1.0])
    slope = np.where(sides[:, None] == sides, -1.0, 1.0)
    h = np.zeros((D, N))
    h[0] = sides
    return sides, np.stack([-h, h], axis=2), np.stack([-slope, slope], axis=2)


def test_sides(instance):
    sides, h, slope = attracted()
    assert compiled_reasons.is_sided(sides, h, slope, np.zeros(D), -1.0)
    for table in (h, slope):
        for place in np.ndindex(table.shape):
            if table is slope and (place[0] == place[1] or place[2] == (sides[place[0]] == sides[place[1]]) - 1 + 0):
                continue
            kept, table[place] = table[place], NAN
            used = table is h or (place[2] == 1) == (sides[place[0]] == sides[place[1]])
            assert compiled_reasons.is_sided(sides, h, slope, np.zeros(D), -1.0) != used or not used
            table[place] = kept


def test_dominance():
    b = np.zeros((N, N, 2))
    b[range(N), range(N)] = (-3.0, 3.5)
    b[0, 1] = b[1, 0] = (0.5, 0.5)
    among = np.ones(N, np.int64)
    assert compiled_reasons.is_dominant(b, among, True, -1.0)
    for place in ((0, 1, 0), (0, 1, 1), (1, 0, 0), (2, 2, 0), (3, 0, 0), (3, 2, 1)):
        wrong = b.copy()
        wrong[place] = NAN
        assert not compiled_reasons.is_dominant(wrong, among, True, -1.0)


def test_a_gradient(instance):
    rng = np.random.default_rng(0)
    h, slope = rng.normal(size=(D, N, 1)), rng.normal(size=(N, N, 1))
    h, slope = np.concatenate([-h, h], axis=2), np.concatenate([-slope, slope], axis=2)
    room = np.zeros((N, N, 2)), np.zeros((N, N, 2)), np.zeros(4)
    for searched in (False, True):
        assert compiled_reasons.has_gradient(h, slope, instance.rows[4], room, searched, -1.0)
        assert not compiled_reasons.has_gradient(h * NAN, slope, instance.rows[4], room, searched, -1.0)
        assert not compiled_reasons.has_gradient(h, slope * NAN, instance.rows[4], room, searched, -1.0)
    for place in range(2):
        wrong = slope.copy()
        wrong[..., place] = NAN
        assert not compiled_reasons.has_gradient(h, wrong, instance.rows[4], room, False, -1.0)


def test_multipliers_and_copies():
    s = np.zeros((N, N, 2))
    classes = np.array([0, 0, 1, 1])
    assert compiled_reasons.is_collapsing(classes, s)
    s[0, 0, 0] = NAN
    assert not compiled_reasons.is_collapsing(classes, s)
    gram = np.array([[0.5, -0.5], [-0.1, 0.2]])
    assert compiled_reasons.is_copy(np.array([[0, 1]]), gram, -1.0)
    assert not compiled_reasons.is_copy(np.array([[0, 1]]), gram * NAN, -1.0)
