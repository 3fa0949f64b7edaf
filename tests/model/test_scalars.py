"""What a user may ask of a scalar."""

from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.scalars import FreeInterval, FreeScalar, as_temperature, chosen_scalar, temperature_data
from scverify.model.units import UnitProblem


def test_a_scalar_is_a_number_or_free():
    assert chosen_scalar("-10", "bias") == Fraction(-10) and chosen_scalar(3, "bias") == 3
    assert chosen_scalar("free", "bias") is None and chosen_scalar("ridge:1/2", "bias") == Ridge("1/2")
    assert chosen_scalar("free:-1,1/2", "bias") == FreeInterval(-1, "1/2") == chosen_scalar(FreeInterval(-1, "1/2"), "bias")


def test_temperatures():
    assert as_temperature("1/2") == Fraction(1, 2) and as_temperature("free:1/100,1") == FreeInterval("1/100", 1)
    assert temperature_data(FreeInterval("1/100", 1)) == {"least": "1/100", "most": "1"} and temperature_data(Fraction(1, 2)) == "1/2"


def test_problems_say_what_is_free():
    problem = UnitProblem(siglip(3, "free:-1,1"), "free:1/100,1")
    assert "tau = free:1/100,1, bias free:-1,1" in str(problem)
    assert problem.data["scalars"] == [FreeScalar("bias", None, FreeInterval(-1, 1)).data]
    assert "scalars" not in UnitProblem(siglip(3), 1).data
    assert UnitProblem(cross_entropy((2, 2), bias="free"), 1).data["scalars"] == [{"name": "bias", "domain": {}, "of": "weight"}]


@pytest.mark.parametrize(
    "make",
    [
        lambda: FreeInterval(1, 1),
        lambda: siglip(3, "free:1,1"),
        lambda: siglip(3, "free:2,1"),
        lambda: siglip(3, "free:1"),
        lambda: siglip(3, "freely"),
        lambda: siglip(3, "ridge:0"),
        lambda: cross_entropy((2, 2), bias=3),
        lambda: UnitProblem(clip(3), "free"),
        lambda: UnitProblem(clip(3), "free:0,1"),
        lambda: UnitProblem(clip(3), "free:1,1"),
    ],
)
def test_wrong_input_is_refused_in_one_line(make):
    with pytest.raises(InputError) as refusal:
        make()
    assert "\n" not in str(refusal.value)
