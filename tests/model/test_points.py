"""Problems with every sample a node."""

import numpy as np
import pytest

import scverify as sv
from scverify.errors import InputError
from scverify.model import named
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ball, Sphere
from scverify.model.points import formula_by_tree, labels_of, node_constraints, point_level_of, sample_count, written_nodes
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem


def test_nodes_stand_unit_by_unit_and_kind_by_kind():
    problem = UnitProblem(named.cross_entropy((2, 1)), constraint={"weight": Sphere(2), "feature": Ball()}, dim=2)
    assert [(node.unit, node.kind, node.copy) for node in written_nodes(problem)] == [(0, 0, 0), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)]
    assert labels_of(problem).tolist() == [0, 0, 0, 1, 1]
    assert [str(norm) for norm in node_constraints(problem)] == ["sphere:2", "ball", "ball", "sphere:2", "ball"]
    assert [str(norm.bound) for norm in point_level_of(problem).norms] == ["4", "1", "1", "4", "1"]


def test_nodes_that_are_stated_stand_as_they_are():
    problem = UnitProblem(mini_batches([(0, 1)], pairs=2), dim=2)
    assert [node.kind for node in written_nodes(problem)] == [0, 0, 1, 1]
    assert labels_of(problem).tolist() == [0, 1, 2, 3]


def test_every_row_has_its_formula():
    for problem in (Problem("supcon", (2, 2), dim=2), UnitProblem(named.supcon_cross_entropy((2, 2)), dim=2)):
        formulas = formula_by_tree(problem)
        assert {str(row.formula) for row in point_level_of(problem).rows} == set(formulas)
    assert np.array_equal(labels_of(Problem("supcon", (2, 3))), [0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (UnitProblem(named.clip(2)), "without a dimension"),
        (UnitProblem(named.ntxent(2, views=3), dim=2), "which one of the anchor's copies"),
    ],
)
def test_what_has_no_critical_points_to_speak_of_is_refused(problem, reason):
    with pytest.raises(InputError, match=reason):
        point_level_of(problem)


@pytest.mark.parametrize(
    "problem", [sv.Problem("supcon", (3, 2)), sv.UnitProblem(sv.losses.mnrl(3, hard=2)), sv.UnitProblem(sv.losses.mixup(3))], ids=str
)
def test_the_columns_are_counted_without_being_written_out(problem):
    assert sample_count(problem) == len(labels_of(problem))


def test_too_many_nodes_are_refused_before_they_are_written_out():
    with pytest.raises(sv.InputError, match="200000000 nodes"):
        labels_of(sv.UnitProblem(sv.losses.clip(pairs=10**8)))
