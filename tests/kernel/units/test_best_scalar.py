"""The interval of a free scalar by hand: whose scalar is fixed, and what it is called."""

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.best_scalar import TEMPERATURE, best_scalar_said, fixed, place_of
from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy, siglip
from scverify.model.units import UnitProblem


def test_a_fixed_scalar_has_one_value():
    level = UnitProblem(cross_entropy((4, 4, 2), bias="ridge:1/3"), 2, Ridge(1)).level
    assert [(each.type, each.count) for each in level.scalars] == [(0, 2), (1, 1)]
    assert fixed(level, 1, fmpq(3)).scalars[1].domain == (3, 3, fmpq(1, 3))
    assert level.inverse == (fmpq(1, 2), fmpq(1, 2)) and level.constraint[0].weight == 2  # of X = 2 Y


def test_a_fixed_temperature():
    level = UnitProblem(siglip(3, -1), "free:1/4,2").level
    assert fixed(level, place_of(level, {"name": TEMPERATURE}), fmpq(3)).inverse == (3, 3)
    with pytest.raises(Rejected):
        fixed(level, -1, fmpq(5))


@pytest.mark.parametrize("named", [{"name": "bias", "type": 0}, {"name": "slope"}, {"name": TEMPERATURE}, {}])
def test_there_is_no_such_scalar(named):
    level = UnitProblem(siglip(3, "free"), 1).level
    assert place_of(level, {"name": "bias"}) == 0
    with pytest.raises(Rejected):
        place_of(level, named)


def test_words():
    data = UnitProblem(siglip(3, "free:-2,1"), "free:1/4,2").data
    words = best_scalar_said({"problem": data, "scalar": {"name": "bias"}, "least": "-1", "most": "0"})
    assert "tau between 1/4 and 2" in words and "bias of all entries between -2 and 1" in words
    assert words.endswith("at every minimiser the scalar bias lies between -1 and 0.")
