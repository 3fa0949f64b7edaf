"""Points up to interchangeable samples: which are alike, and how many copies each stands for."""

from types import SimpleNamespace

import numpy as np

from scverify.certify.alike import copies_of, euler, padded, same, sign_patterns

SWAPS = [(0, 1, 2), (1, 0, 2)]


def test_points_are_alike_up_to_rotations_and_permutations_of_the_group():
    h = np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0]])
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    assert same(turn @ h, h, [(0, 1, 2)]) and same(h[:, [1, 0, 2]], h, SWAPS)
    assert not same(h[:, [1, 0, 2]], h, [(0, 1, 2)]) and not same(h[:, [2, 1, 0]], h[:, [0, 2, 1]], [(0, 1, 2)])


def test_patterns_of_signs_are_counted_once_per_kind():
    assert len(sign_patterns(3, [(0, 1, 2)])) == 4
    kinds = sign_patterns(3, SWAPS)
    assert len(kinds) == 3 and sum(copies_of(h, SWAPS, 1, 2) for h in kinds) == 4


def test_a_mirror_image_in_two_dimensions_is_a_copy_of_its_own():
    h = np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 1.0]])
    assert (copies_of(h, SWAPS, 2, 2), copies_of(h, SWAPS, 2, 3)) == (4, 2)
    assert padded(h, 4).shape == (4, 3) and np.array_equal(padded(h, 4)[:2], h)


def test_the_euler_number_counts_copies_with_the_sign_of_the_index():
    points = [SimpleNamespace(inertia=inertia) for inertia in ((0, 1, 2), (1, 1, 1), None, (2, 1, 0))]
    assert euler(points, (4, 6, 100, 2)) == 0
