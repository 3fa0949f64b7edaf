"""Levels of problems on units: merged coefficients, and the hypotheses of the reduction."""

from dataclasses import replace
from fractions import Fraction

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.level import unit_level
from scverify.kernel.units.problem import read_unit_problem
from scverify.model.constraints import Ridge, Sphere
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import LOSSES
from tests.certify.test_units import supcon_on_units


def data(problem):
    return problem.data


def test_a_row_sees_other_units_and_then_its_own():
    level = unit_level(read_unit_problem(data(UnitProblem(clip(5), 1))))
    image, text = level.rows
    assert [int(x.p) for x in image.c] == [0, 4, 0, 1] and [int(x.p) for x in image.q] == [0, 0, 0, 1]
    assert [int(x.p) for x in text.c] == [4, 0, 1, 0]
    assert list(level.unit(1)) == [0, 1] and level.types == 1


def test_copies_merge_into_the_self_entry():
    level = unit_level(read_unit_problem(data(UnitProblem(supcon_on_units([4, 4, 2]), 1))))
    assert [int(x.p) for x in level.rows[0].c] == [4, 2, 3]
    assert [int(x.p) for x in level.rows[1].c] == [8, 0, 1]
    assert level.rows[0].weight == 8


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda d: d["rows"][0]["q"].update(copies="1/8"), "R3"),
        (lambda d: d["rows"][0]["c"].update(self="1"), "R3"),
        (lambda d: d["rows"][0].update(weight="-1"), "negative weight"),
        (lambda d: d["rows"][0]["c"].update(others={"sample": "-1"}), "negative coefficient"),
        (lambda d: d["rows"][0].update(c={}), "log 0"),
        (lambda d: d["units"][0].update(multiplicity=0), "multiplicity"),
        (lambda d: d["units"].extend([d["units"][0]] * 3000), "nodes"),
    ],
)
def test_hypotheses_are_checked(edit, reason):
    stated = data(UnitProblem(supcon_on_units([4, 4, 2]), 1))
    unit_level(read_unit_problem(stated))
    edit(stated)
    with pytest.raises(Rejected, match=reason):
        unit_level(read_unit_problem(stated))


def squares(pull):
    """Rows Sum c s^2 - 2 Sum q s, which a similarity b to the copies lowers as long as b < pull."""
    loss = supcon_on_units([2, 2])
    row = replace(loss.rows[0], formula=LOSSES["spectral"].formula, q={"copies": Fraction(pull)})
    return replace(loss, rows=(row,))


def test_a_row_without_a_log_sum_exp_falls_as_far_as_the_norms_reach():
    assert unit_level(read_unit_problem(data(UnitProblem(squares(2), 1)))).nodes == 1
    for loss, constraint, reason in (
        (squares("1/2"), Sphere(), "R3 fails"),
        (squares(2), Sphere(2), "R3 fails"),
        (squares(2), Ridge(1), "without a bound on the norms"),
    ):
        with pytest.raises(Rejected, match=reason):
            unit_level(read_unit_problem(data(UnitProblem(loss, 1, constraint))))


def test_other_nodes_of_the_own_unit_are_seen_once_for_every_copy():
    stated = data(UnitProblem(cross_entropy((3, 3, 2)), 1, Ridge(1)))
    weight, feature = (kind["name"] for kind in stated["kinds"])
    stated["rows"][0] |= {"anchor": weight, "weight": "1", "c": {"own": {feature: "1"}, "others": {feature: "1"}}, "q": {}}
    large, small = unit_level(read_unit_problem(stated)).rows
    assert large.c == [0, 3, 0, 2, 0, 3] and small.c == [0, 6, 0, 0, 0, 2]


def test_one_of_the_copies_is_seen_once():
    stated = data(UnitProblem(supcon_on_units([4, 4]), 1))
    stated["rows"][0]["c"] = {"copy": "1", "others": {"sample": "1"}}
    stated["rows"][0]["q"] = {"copy": "1"}
    level = unit_level(read_unit_problem(stated))
    assert level.rows[0].c == [4, 1] and level.rows[0].q == [0, 1]


def test_a_choice_of_units_counts_its_choices():
    stated = data(UnitProblem(clip(6), 1))
    stated["rows"][0]["choice"] = 2
    level = unit_level(read_unit_problem(stated))
    assert level.rows[0].c == [0, 2, 0, 1] and level.rows[0].weight == 6 * 10


def test_a_pooled_row_sees_what_all_its_anchors_see():
    stated = data(UnitProblem(clip(6), 1))
    stated["rows"][0]["pooled"] = True
    level = unit_level(read_unit_problem(stated))
    assert level.rows[0].c == [0, 30, 0, 6] and level.rows[0].weight == 1


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda d: d["rows"][0]["c"].update(copy="1"), "beside all copies"),
        (lambda d: d["units"][1].update(copies=[1]), "and there is none"),
        (lambda d: d["rows"][0].update(choice=1), "one type"),
        (lambda d: d["rows"][0].update(pooled=True), "one type"),
        (lambda d: (d["units"].pop(), d["rows"][0].update(choice=2)), "so many other units"),
        (lambda d: (d["units"].pop(), d["rows"][0].update(choice=0)), "outside"),
        (lambda d: (d["units"].pop(), d["rows"][0].update(choice=1, pooled=True)), "no choice"),
        (lambda d: (d["units"].pop(), d["rows"][0].update(pooled=1)), "not true"),
        (
            lambda d: (
                d["units"].__setitem__(0, {"multiplicity": 1 << 40, "copies": [4]}),
                d["units"].pop(),
                d["rows"][0].update(choice=1 << 39),
            ),
            "too many choices",
        ),
    ],
)
def test_places_choices_and_pools_are_checked(edit, reason):
    stated = data(UnitProblem(supcon_on_units([4, 4, 2]), 1))
    stated["rows"][0]["q"] = {"copy": "1"} if "none" in reason else {"copies": "1/8"} if "beside" in reason else {"copies": "1"}
    if "none" in reason:
        stated["rows"][0]["c"] = {"copy": "1", "others": {"sample": "1"}}
    edit(stated)
    with pytest.raises(Rejected, match=reason):
        unit_level(read_unit_problem(stated))
