"""Losses whose nodes and rows are stated one by one."""

from fractions import Fraction

from flint import fmpq

from scverify.model.nodes import NodeLoss, NodeRow
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import supcon_row

ROWS = (
    NodeRow(0, supcon_row, Fraction(2), {1: Fraction(1), 2: Fraction(1)}, {1: Fraction(1, 2), 2: Fraction(0)}),
    NodeRow(0, supcon_row, Fraction(1), {2: Fraction(3)}, {2: Fraction(1)}),
    NodeRow(2, supcon_row, Fraction(0), {0: Fraction(1)}, {0: Fraction(1)}),
)
LOSS = NodeLoss("mine", ("image", "text"), (0, 1, 1), ROWS, 3)


def test_nodes_are_counted_and_named_by_kind():
    assert LOSS.extent == "1 × image, 2 × text" and LOSS.node_names == ["image 0", "text 0", "text 1"]
    assert LOSS.formulas == (supcon_row,) and LOSS.to_json() == {"nodes": {"image": 1, "text": 2}}


def test_equal_coefficients_are_written_once_and_zeros_not_at_all():
    rows = LOSS.data["rows"]
    assert rows[0]["c"] == [["1", [1, 2]]] and rows[0]["q"] == [["1/2", [1]]] and rows[0]["anchor"] == 0


def test_the_level_keeps_every_row_of_a_weight():
    level = UnitProblem(LOSS, 1, reduction="mean").level
    assert [row.anchor for row in level.rows] == [0, 0] and level.nodes == 3 and level.kinds == 1
    assert level.rows[0].c == [0, 1, 1, 0] and level.rows[1].q == [0, 0, 1, 0] and level.rows[0].weight == fmpq(2, 3)
