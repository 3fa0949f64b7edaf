"""Fixed nodes as a user states them, and what is refused."""

from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import NonNegative
from scverify.model.fixed import Fixed, parse_fixed
from scverify.model.named import clip, cross_entropy
from scverify.model.units import UnitProblem


def test_a_simplex_is_that_of_all_units():
    assert Fixed().block([1, 3, 2]) == {
        "own": [["1"]] * 3,
        "others": [["0", "-1/5", "-1/5"], ["-1/5", "-1/5", "-1/5"], ["-1/5", "-1/5", "-1/5"]],
    }
    assert Fixed(own=4).block([2])["others"] == [["-4"]]


def test_tables_are_by_type():
    given = Fixed(own=[1, 2], others=[["1/2", 0], [0, "1/3"]])
    assert given.block([2, 2]) == {"own": [["1"], ["2"]], "others": [["1/2", "0"], ["0", "1/3"]]}
    with pytest.raises(InputError, match="one per type or node: 3"):
        given.block([1, 1, 1])


def test_texts():
    assert parse_fixed("fixed") == parse_fixed("fixed:simplex") == Fixed()
    assert parse_fixed("fixed:1/2").others == Fraction(1, 2)
    assert str(Fixed()) == "fixed:simplex" and str(Fixed(own=2, others=[[0]])) == "fixed:table:2"
    problem = UnitProblem(cross_entropy((4, 3)), 1, {"weight": "fixed:simplex", "feature": "ball"})
    assert problem.constraints[0] == Fixed() and "weight fixed:simplex" in str(problem)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: parse_fixed("fixed:round"), "round"),
        (lambda: Fixed(others=[[0, 1], [2, 0]]), "not symmetric"),
        (lambda: Fixed(others=[[0, 1]]), "as many numbers"),
        (lambda: Fixed(own="one"), "own"),
        (lambda: Fixed(own=[1, 2]), "one squared norm"),
        (lambda: UnitProblem(clip(3), 1, {"image": Fixed(), "text": Fixed()}), "2 fixed kinds"),
        (lambda: UnitProblem(clip(3), 1, "fixed"), "2 fixed kinds"),
        (lambda: UnitProblem(clip(3), 1, {"image": Fixed(), "text": NonNegative()}), "beside fixed nodes"),
    ],
)
def test_what_is_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()
