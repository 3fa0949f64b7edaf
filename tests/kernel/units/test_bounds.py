"""Bounds on units by hand: what the feasible point's rows see, and a minorant whose price is known."""

import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.bounds import largest_squares, unit_lower_bound, unit_point, unit_upper_bound
from scverify.kernel.units.level import unit_level
from scverify.kernel.units.nodes import constrained_level
from scverify.kernel.units.problem import read_unit_problem
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem
from tests.certify.test_units import supcon_on_units

ONE_NODE = {**UnitProblem(mini_batches([(0, 1)], pairs=2), 1).data, "nodes": [0]}


def level_of(problem):
    return unit_level(read_unit_problem(problem.data))


def dyadic(rows, bits=0):
    return {"bits": bits, "rows": rows}


def test_a_spread_puts_equal_pairs_at_the_vertices_of_a_simplex():
    level = level_of(UnitProblem(clip(3), 1))
    point = unit_point(level, {"means": dyadic([[], []]), "spreads": [dyadic([[1], [1]])]})
    for seen in point.rows:
        assert [float(x) for x in seen] == [-0.5, -0.5, 1.0, 1.0]
    assert abs(unit_upper_bound(level, point) - 6 * (1 + 2 * (-arb(3) / 2).exp()).log()) < 1e-12


def test_means_alone_put_all_units_at_one_place():
    level = level_of(UnitProblem(clip(3), 1))
    point = unit_point(level, {"means": dyadic([[3, 4], [3, 4]]), "spreads": [dyadic([[], []])]})
    assert all(abs(x - 1) < 1e-14 for x in point.rows[0])
    assert abs(unit_upper_bound(level, point) - 6 * arb(3).log()) < 1e-12


def test_uniform_outcomes_and_no_dual_cost_the_size_of_the_slopes():
    """p = 1/2 on both texts of 2 pairs: each row is at least log 2 + (s_other - s_own)/2, and |S_ij| is charged in full."""
    level = level_of(UnitProblem(clip(2), 1))
    rows = [{"form": "gibbs", "bits": 1, "row": [0, 1, 0, 1]}, {"form": "gibbs", "bits": 1, "row": [1, 0, 1, 0]}]
    nothing = {"rows": rows, "factor": dyadic([[], []]), "spreads": [dyadic([[], []])]}
    found = unit_lower_bound(level, nothing)
    assert abs(found - (4 * arb(2).log() - 4)) < 1e-12


@pytest.mark.parametrize(
    ("norm", "pulled", "least"),
    [
        ({"kind": "sphere", "rho": "3", "nonnegative": False}, "0", 1),
        ({"kind": "sphere", "rho": "3", "nonnegative": False}, "2", -1),
        ({"kind": "ball", "rho": "3", "nonnegative": False}, "0", 0),
        ({"kind": "ball", "rho": "3", "nonnegative": False}, "2", -1),
    ],
    ids=str,
)
def test_what_the_square_of_a_node_is_worth(norm, pulled, least):
    """One node that sees itself, at the temperature 1: s - 2 s or s, from 0 to its norm on a ball, and its norm on a sphere."""
    row = {"anchor": 0, "formula": 0, "weight": "1", "c": [["1", [0]]], "q": [[pulled, [0]]]}
    kinds = [{"name": "node", "constraint": norm}]
    level = constrained_level({**ONE_NODE, "kinds": kinds, "rows": [row]})
    witness = {"rows": [{"form": "gibbs", "bits": 0, "row": [0, 1]}], "factor": dyadic([[]]), "spreads": [dyadic([[]])]}
    assert unit_lower_bound(level, witness) == least * level.constraint[0].bound != 1


def test_the_ridge_stands_on_the_diagonal():
    level = level_of(UnitProblem(cross_entropy((2, 2)), 1, Ridge(8)))
    rows = [{"form": "gibbs", "bits": 1, "row": [1, 0, 1, 0]}]
    found = unit_lower_bound(level, {"rows": rows, "factor": dyadic([[], []]), "spreads": [dyadic([[], []])]})
    assert found >= 4 * arb(2).log() - 1e-12  # the ridge outweighs the slopes: H = 0 is optimal


def test_weights_count_units_copies_and_the_scale():
    level = level_of(UnitProblem(cross_entropy((3, 3, 2)), 1, Ridge(1), reduction="mean"))
    assert [row.weight for row in level.rows] == [fmpq(6, 8), fmpq(2, 8)]
    assert level.copies == [1, 3, 1, 2] and level.multiplicity == [2, 2, 1, 1]
    # a feature of the first type sees one other weight of its type, one of the next, and its own
    assert [int(x.p) for x in level.rows[0].c] == [1, 0, 1, 0, 1, 0]


def test_a_dual_that_is_missing_between_types_is_charged_once_for_every_pair_of_units():
    """p = 1 on the other type: the rows are log 2 + s - 1 (8 of them) and log 8 + s - 1 (2 of them), and s >= -1 is attained."""
    level = level_of(UnitProblem(supcon_on_units([4, 4, 2]), 1))
    rows = [{"form": "gibbs", "bits": 0, "row": [0, 1, 0]}, {"form": "gibbs", "bits": 0, "row": [1, 0, 0]}]
    found = unit_lower_bound(level, {"rows": rows, "factor": dyadic([[], []]), "spreads": [dyadic([[]]), dyadic([[]])]})
    assert abs(found - (8 * (arb(2).log() - 2) + 2 * (arb(8).log() - 2))) < 1e-12


def test_rows_without_a_least_value_bound_no_norm_under_a_ridge():
    """A rate of 0 is refused with its reason, and divides nothing."""
    data = UnitProblem(cross_entropy((3, 3)), 1, Ridge(1)).data
    assert all(bool(square > 0) for square in largest_squares(unit_level(read_unit_problem(data))))
    still = ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", "0", "s"]]]]], ["mul", "-1", ["sum", ["mul", "q", "s"]]]]
    resting = {**data, "rows": [{**row, "formula": still} for row in data["rows"]]}
    with pytest.raises(Rejected, match="not known to be bounded below"):
        largest_squares(unit_level(read_unit_problem(resting)))
