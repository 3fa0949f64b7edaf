"""What a row sees, by its form."""

from fractions import Fraction

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.turned import seen_places
from scverify.model.batches import mini_batches
from scverify.model.named import clip, cosface, cross_entropy, mse, siglip
from scverify.model.nodes import NodeLoss, NodeRow
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import decoupled, supcon_row


@pytest.mark.parametrize(
    ("loss", "seen"),
    [
        (clip(3), [{1}, {0}]),
        (siglip(3, -1), [{1}]),
        (cosface((3, 2)), [{0, 2}, {0, 2}]),
        (cross_entropy((3, 2), "1/10"), [{0, 2}, {0, 2}]),
        (mini_batches([(0, 1), (1, 2)], pairs=3), [{3, 4}, {0, 1}, {3, 4}, {0, 1}, {4, 5}, {1, 2}, {4, 5}, {1, 2}]),
    ],
)
def test_nodes_on_which_a_row_depends(loss, seen):
    level = UnitProblem(loss, 1).level
    assert [seen_places(level, row) for row in level.rows] == seen


def test_a_target_that_is_no_outcome_is_seen():
    one = Fraction(1)
    row = NodeRow(0, supcon_row, one, {1: one, 2: one}, {3: one})
    level = UnitProblem(NodeLoss("apart", ("node",), (0,) * 4, (row,), 1), 1).level
    assert decoupled.formula == supcon_row and seen_places(level, level.rows[0]) == {1, 2, 3}


def test_what_a_square_or_a_choice_sees_is_not_said():
    for loss in (mse((3, 2)), mini_batches("all:2", pairs=4)):
        level = UnitProblem(loss, 1).level
        with pytest.raises(Rejected):
            seen_places(level, level.rows[0])
