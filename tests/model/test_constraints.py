"""The sets over which embeddings are minimised, by name and by hand."""

from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere, norm_constraint, parse_constraint

NAMED = {
    "sphere": Sphere(),
    "sphere:3/2": Sphere("3/2"),
    "ball": Ball(1),
    "ball:0.5": Ball("1/2"),
    "ridge:1/10": Ridge("1/10"),
}


@pytest.mark.parametrize("text", NAMED)
def test_a_name_gives_the_constraint_and_the_constraint_its_name(text):
    constraint = parse_constraint(text)
    assert constraint == NAMED[text]
    assert parse_constraint(str(constraint)) == constraint
    assert parse_constraint(text, nonnegative=True) == NonNegative(constraint)
    assert norm_constraint(NonNegative(constraint)) == norm_constraint(constraint) == constraint


def test_numbers_are_exact():
    assert Sphere(0.5).rho == Fraction(1, 2)
    assert Ridge("0.1").weight == Fraction(1, 10)


def test_kinds_of_equal_numbers_differ():
    assert len({Sphere(), Ball(), Ridge(1), NonNegative(), NonNegative(Ball()), NonNegative(Ridge(1))}) == 6
    assert NonNegative() == NonNegative(Sphere())
    assert str(NonNegative(Ball("1/2"))) == "ball:1/2, H >= 0"


@pytest.mark.parametrize("text", ["cube", "ridge", "ridge:", "sphere:0", "ball:-1", "ridge:nan", "sphere:1/0", ""])
def test_other_texts_are_refused(text):
    with pytest.raises(InputError):
        parse_constraint(text)
