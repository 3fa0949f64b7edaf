"""Positive definiteness on the span of a frame, and matrices on means and spreads."""

from flint import arb, arb_mat

from scverify.kernel.units.duals import is_positive_on, on_means, on_spreads
from scverify.model.named import clip
from scverify.model.units import UnitProblem


def balls(rows):
    return [[arb(x) for x in row] for row in rows]


def test_positive_on_a_span():
    matrix = balls([[3, 0], [0, -1]])
    assert is_positive_on(matrix, arb_mat([[1], [0]]), arb(2)) and not is_positive_on(matrix, arb_mat([[1], [0]]), arb(3))
    assert not is_positive_on(matrix, arb_mat([[1, 0], [0, 1]]), arb(0))
    # a column twice spans one direction: its discs do not exclude 0
    assert not is_positive_on(matrix, arb_mat([[1, 1], [0, 0]]), arb(0))
    # a longer column is no larger eigenvalue
    assert not is_positive_on(matrix, arb_mat([[2], [0]]), arb(3))


def test_blocks_of_a_matrix_that_is_invariant():
    level = UnitProblem(clip(4), 1).level
    inside, between = balls([[5, 1], [1, 6]]), balls([[2, 1], [1, 3]])
    assert on_means(level, inside, between) == [[11, 4], [4, 15]] and on_spreads(level, inside, between) == [[[3, 0], [0, 3]]]
