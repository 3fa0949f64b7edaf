"""Nodes and rows, whichever statement they come from."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.points.nodes import is_on_nodes, point_level, stated_points
from scverify.model.level import sample_level
from scverify.model.named import on_units
from scverify.model.points import points_claim
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import supcon


def test_classes_and_units_of_one_loss_have_the_same_rows():
    by_class = stated_points(points_claim(Problem("supcon", (3, 2), dim=2, temperature="1/2")))
    by_unit = stated_points(points_claim(UnitProblem(on_units(supcon, (3, 2)), "1/2", dim=2)))
    assert by_class.norms == by_unit.norms and by_class.dim == by_unit.dim
    pairs = zip(by_class.rows, by_unit.rows, strict=True)
    assert all((one.anchor, one.weight, one.c, one.q) == (two.anchor, two.weight, two.c, two.q) for one, two in pairs)


def test_a_sample_without_a_row_is_a_node_all_the_same():
    level = point_level(sample_level(Problem("supcon", (3, 1, 2), dim=2, singletons="ignore")))
    assert len(level.norms) == 6 and [row.anchor for row in level.rows] == [0, 1, 2, 4, 5]
    assert all(row.c[row.anchor] == 0 and len(row.c) == 6 for row in level.rows)


def test_the_dimension_of_units_stands_beside_their_problem():
    claim = points_claim(UnitProblem(on_units(supcon, (2, 2)), dim=3))
    assert is_on_nodes(claim) and stated_points(claim).dim == 3
    with pytest.raises(Rejected, match="dim"):
        stated_points({**claim, "dim": 0})
