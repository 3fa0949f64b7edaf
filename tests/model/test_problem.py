"""A problem keeps exact numbers and refuses what has no meaning."""

from decimal import Decimal
from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import soft_supcon, supcon, two_tower


def test_numbers_are_exact_and_defaults_are_the_unit_sphere_and_the_sum():
    problem = Problem(supcon, Classes((3, 2)), temperature="0.1")
    assert problem.temperature == Fraction(1, 10)
    assert (problem.constraint, problem.reduction, problem.dim) == (Sphere(), "sum", None)
    assert str(problem) == "supcon, sizes 3,2, tau = 1/10, sphere, any d"
    assert str(Problem(supcon, Classes((3, 2)), dim=2, constraint=Ball("1/2"))) == "supcon, sizes 3,2, tau = 1, ball:1/2, d = 2"


def test_equal_problems_are_equal_and_hashable():
    problems = {Problem(supcon, Classes((3, 2)), temperature=tau) for tau in ("1/10", "0.1", Fraction(1, 10), 0.1)}
    # the float 0.1 is its binary value
    assert len(problems) == 2


def test_singletons_are_no_anchors():
    assert Problem(supcon, Classes((3, 1, 2, 1)), singletons="ignore").anchors == 5
    assert Problem(supcon, Classes((3, 2))).anchors == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": 0}, "temperature tau > 0"),
        ({"temperature": -1}, "temperature tau > 0"),
        ({"temperature": float("nan")}, "exact finite number"),
        ({"temperature": "1/0"}, "exact finite number"),
        ({"dim": 0}, "dim 0"),
        ({"dim": 2.5}, "dim 2.5"),
        ({"reduction": "median"}, "sum or mean"),
        ({"singletons": "drop"}, "error or ignore"),
    ],
)
def test_wrong_input_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        Problem(supcon, Classes((3, 2)), **arguments)


def test_a_class_of_one_sample_says_how_to_keep_it():
    with pytest.raises(InputError, match=r"class 1 of one sample.*--ignore-singletons"):
        Problem(supcon, Classes((3, 1)))
    with pytest.raises(InputError, match="without a positive there is no anchor"):
        Problem(supcon, Classes((1, 1)), singletons="ignore")


def test_names_sizes_and_texts_are_accepted():
    assert Problem("supcon", (4, 2), constraint="ball:3/2") == Problem(supcon, Classes((4, 2)), constraint=Ball("3/2"))
    assert Problem(supcon, [4, 2], temperature=Decimal("0.07")).temperature == Fraction(7, 100)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "nonsense"}, "unknown loss 'nonsense'"),
        ({"loss": 3}, "loss 3"),
        ({"classes": 4}, "classes 4"),
        ({"classes": "4,2"}, "one size per class"),
        ({"constraint": Ball}, "the class Ball.*call the class"),
        ({"constraint": "cube"}, "constraint 'cube'"),
        ({"constraint": 1}, "constraint 1"),
        ({"loss": soft_supcon([[1, 0, 0], [0, 1, 0], [0, 0, 1]])}, "whose table has 3 classes; allowed: sizes of 3 classes, not 2"),
        ({"loss": two_tower(4)}, "whose table has 8 samples; allowed: sizes of 8 samples, not 6"),
    ],
)
def test_an_input_of_the_wrong_kind_or_size_is_refused_in_one_line(arguments, message):
    with pytest.raises(InputError, match=message) as error:
        Problem(**{"loss": supcon, "classes": (4, 2)} | arguments)
    assert "\n" not in str(error.value)


def test_a_message_has_one_line():
    for make in (lambda: Problem(supcon, Classes((3, 1))), lambda: Classes((1,)), lambda: Problem(supcon, Classes((2, 2)), temperature=0)):
        with pytest.raises(InputError) as error:
            make()
        assert "\n" not in str(error.value) and error.value.exit_code == 2
