"""When two embeddings are one."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scverify.model.classes import Classes
from scverify.search.orbits import Relabellings
from scverify.symbolic.losses import ClassTable, Loss, supcon_row, two_tower
from tests.search.cases import placed


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
    relabellings = Relabellings.of(placed(sizes))
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
    free = Relabellings.of(placed((2, 2)))
    assert free.match(gram, swapped, 1e-9) and not free.match(gram, mixed, 1e-9)
    assert not Relabellings.of(placed((2, 2), loss=unequal)).match(gram, swapped, 1e-9)
    samples = Relabellings.of(placed((2, 2), loss=two_tower(2)))
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
    relabellings = Relabellings.of(placed(sizes))
    assert relabellings.match(h @ h.T, (h @ h.T)[::-1, ::-1], 1e-9)
    assert not relabellings.match(other @ other.T, third @ third.T, 1e-9)
