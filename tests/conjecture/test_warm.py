"""Theorem W: its steps hold, and its condition is decided on both sides of where it begins."""

from fractions import Fraction

import pytest

from scverify.conjecture.warm import qualifies, theorem_w
from scverify.model.classes import Classes
from scverify.symbolic.losses import supcon
from tests.conjecture.steps import all_hold


def test_every_step_holds():
    assert all_hold(theorem_w(supcon))


@pytest.mark.parametrize(("sizes", "dim", "temperature", "holds"), [((4, 2), 3, 7, True), ((4, 2), 3, 6, False), ((2, 2), 3, 2, True)])
def test_the_condition(sizes, dim, temperature, holds):
    assert qualifies(Classes(sizes), dim, Fraction(temperature)) is holds
