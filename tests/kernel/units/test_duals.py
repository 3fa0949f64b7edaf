"""Positive definiteness on the span of a frame, and matrices on means and spreads."""

import pytest
from flint import arb, arb_mat

from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import Rejected
from scverify.kernel.units.duals import _multiplier_error, is_positive_on, on_means, on_spreads, stated_dual
from scverify.kernel.units.nearness import near_row
from scverify.model.constraints import Ball
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


def test_the_error_of_the_dual_grows_with_the_gap():
    problem = UnitProblem(clip(4), 1)
    witness = unit_optimum(problem).certificate["witness"]

    def error(gap):
        rows = zip(problem.level.rows, witness["lower"]["rows"], strict=True)
        return stated_dual(problem.level, witness, [near_row(problem.level, row, entry, gap) for row, entry in rows], gap)[2]

    assert error(arb("1e-20")) < 1e-8 and error(arb("1e-2")) > 1e-2


def test_a_node_that_may_lie_inside_a_ball_has_no_multiplier():
    level = UnitProblem(clip(4), 1, Ball()).level
    known = {"diagonal": arb(1), "slopes": arb(0), "trace": arb(8), "missed": arb(0)}
    assert _multiplier_error(level, 0, multiplier=arb(1), gap=arb("1e-10"), **known) < 1e-4
    for multiplier, gap in ((arb(0), arb("1e-10")), (arb(1), arb(1))):
        with pytest.raises(Rejected):
            _multiplier_error(level, 0, multiplier=multiplier, gap=gap, **known)
