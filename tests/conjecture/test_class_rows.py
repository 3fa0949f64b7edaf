"""Rows of classes in letters: those of the class level, and refused where a loss has none."""

import pytest
from flint import arb
from sympy import Integer, Symbol, symbols

from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.formulas import in_balls
from scverify.conjecture.terms import Assignment, unfolded
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import CoefficientRule, Loss, decoupled, n_other, supcon, supcon_row
from tests.search.levels import class_level

own, cross, across = symbols("beta u w", real=True)


@pytest.mark.parametrize("sizes", [(4, 3, 2), (2, 7, 5)])
@pytest.mark.parametrize("loss", [supcon, decoupled], ids=lambda loss: loss.name)
def test_rows_in_letters_are_those_of_the_class_level(loss, sizes):
    level = class_level(Problem(loss, Classes(sizes), temperature="37/100"))
    weight, coefficients, pulls = level.float_arrays()
    row = ClassRow(loss, Symbol("n"), own, (Seen(1, Symbol("u_2"), cross), Seen(1, Symbol("v_2"), across)))
    at = {"n": sizes[0], "u_2": sizes[1], "v_2": sizes[2], "beta": 0.9, "u": -0.3, "w": 0.55, "tau": 0.37}
    numbers = {symbol: at[symbol.name] for symbol in row.letters}
    assignment = Assignment({symbol: arb(value) for symbol, value in numbers.items()})
    value, gradient = evaluators(loss.formula).value_and_gradient([0.0, -0.3, 0.55, 0.9], coefficients[0], pulls[0], 0.37)
    for stated, expected in (
        (row.value, value),
        *((row.slope(z), weight[0] * gradient[i]) for z, i in ((own, 3), (cross, 1), (across, 2))),
    ):
        assert float(unfolded(stated).subs(numbers)) == pytest.approx(float(expected), rel=1e-12)
        assert float(in_balls(stated, assignment)) == pytest.approx(float(expected), rel=1e-12)


def test_samples_of_any_other_class_need_coefficients_that_do_not_know_it():
    rule = CoefficientRule(Integer(1), Integer(1), Integer(1), 1 / n_other, Integer(0))
    with pytest.raises(InputError, match="do not depend on their class"):
        _ = ClassRow(Loss("by class", supcon_row, rule), class_size("c"), own, (), rest=True).value
