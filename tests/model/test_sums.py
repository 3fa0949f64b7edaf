"""Sums of losses on one set of nodes, supervised losses on units, and losses times a number."""

from fractions import Fraction

import pytest

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.model.batches import mini_batches
from scverify.model.classes import Classes
from scverify.model.named import clip
from scverify.model.problem import Problem
from scverify.model.sums import on_units, rescaled, weighted_sum
from scverify.model.units import UnitProblem
from scverify.model.weights import cross_entropy
from scverify.symbolic.losses import bcl, soft_supcon, supcon


@pytest.mark.parametrize("loss", [supcon, bcl])
def test_a_supervised_loss_on_units_is_the_one_on_classes(loss):
    placed, whole = (
        unit_optimum(UnitProblem(on_units(loss, (5, 3, 3)), "1/2")),
        optimum(Problem(loss, Classes((5, 3, 3)), temperature="1/2")),
    )
    assert placed.lower <= whole.upper and whole.lower <= placed.upper


def test_a_sum_has_the_rows_of_its_parts_with_their_weights():
    parts = (Fraction(1, 3), on_units(supcon, (4, 2))), (Fraction(2, 3), cross_entropy((4, 2)))
    loss = weighted_sum(*parts)
    assert loss.kinds == ("weight", "feature") and [row.weight for row in loss.rows] == [Fraction(1, 3), Fraction(2, 3)]
    assert loss.name == "1/3 supcon + 2/3 cross_entropy"
    assert len(weighted_sum((Fraction(0), parts[0][1]), parts[1]).rows) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: weighted_sum((Fraction(-1), clip(3)), (Fraction(2), clip(3))),
        lambda: weighted_sum((Fraction(1), clip(3)), (Fraction(1), clip(4))),
        lambda: weighted_sum((Fraction(1), on_units(supcon, (4, 3))), (Fraction(1), cross_entropy((4, 2)))),
        lambda: on_units(soft_supcon([[1, 0], [0, 1]]), (3, 3)),
        lambda: rescaled(clip(3), Fraction(0)),
    ],
)
def test_parts_that_do_not_fit_are_refused(make):
    with pytest.raises(InputError):
        make()


def test_a_factor_multiplies_the_value_of_every_kind_of_loss():
    third = Fraction(1, 3)
    assert rescaled(clip(3), Fraction(1)) == clip(3)
    for loss in (clip(3), mini_batches([[0, 1, 2]], pairs=3)):
        whole, part = (unit_optimum(UnitProblem(which, 1)) for which in (loss, rescaled(loss, third)))
        assert float(part.lower) == pytest.approx(float(whole.lower) / 3, rel=1e-12)
    whole, part = (optimum(Problem(which, Classes((3, 2)), temperature=1)) for which in (supcon, rescaled(supcon, third)))
    assert float(part.lower) == pytest.approx(float(whole.lower) / 3, rel=1e-12)
