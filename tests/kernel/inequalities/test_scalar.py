"""Formulas of real variables: what the grammar takes, how they are written, and their derivatives of every order."""

import math
from fractions import Fraction

import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.inequalities.enclosure import ExactInterval
from scverify.kernel.inequalities.scalar import Scalar, infix, parse_scalar, variable_name


def exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize(
    ("tree", "value", "slopes"),
    [
        (
            ["add", ["mul", "x", ["exp", "y"]], ["log", "x"]],
            lambda x, y: x * math.exp(y) + math.log(x),
            lambda x, y: [math.exp(y) + 1 / x, x * math.exp(y)],
        ),
        (["pow", ["root", "x", 3], 2], lambda x, y: x ** (2 / 3), lambda x, y: [2 / 3 * x ** (-1 / 3), 0]),
        (["abs", ["add", "y", "-1"]], lambda x, y: abs(y - 1), lambda x, y: [0, -1 if y < 1 else 1]),
    ],
)
def test_values_and_gradients_of_formulas(tree, value, slopes):
    formula = Scalar(parse_scalar(tree, ["x", "y"]), ["x", "y"])
    for x, y in ((0.5, 0.25), (2.0, 3.0)):
        found, gradient = formula.value_and_gradient([ExactInterval.of(exact(Fraction(v))) for v in (x, y)])
        assert float(found.lower) == pytest.approx(value(x, y), rel=1e-12)
        assert [float(g.lower) for g in gradient] == pytest.approx(slopes(x, y), rel=1e-12)


def test_higher_derivatives_and_hessian():
    cube = Scalar(parse_scalar(["mul", ["pow", "x", 3], ["exp", "x"]], ["x"]), ["x"])
    derivatives = cube.derivatives(ExactInterval.of(1), 4)
    assert [float(d.lower) / math.e for d in derivatives] == pytest.approx([1, 4, 13, 34, 73], rel=1e-12)
    both = Scalar(parse_scalar(["exp", ["mul", "x", "y"]], ["x", "y"]), ["x", "y"])
    hessian = both.hessian([ExactInterval.of(1), ExactInterval.of(2)])
    assert [[float(h.lower) / math.exp(2) for h in row] for row in hessian] == [pytest.approx([4, 3]), pytest.approx([3, 1])]


def test_the_magnitude_has_no_second_derivative_at_its_kink():
    formula = Scalar(parse_scalar(["abs", "x"], ["x"]), ["x"])
    assert not formula.derivatives(ExactInterval.between(fmpq(-1), fmpq(1)), 2)[2].defined
    assert not formula.derivatives(ExactInterval.of(0), 2)[2].defined
    assert formula.derivatives(ExactInterval.of(1), 2)[2].exact == 0
    slope = formula.value_and_gradient([ExactInterval.between(fmpq(-1), fmpq(1))])[1][0]
    assert slope.lower == arb(-1) and slope.upper == arb(1)


def test_a_formula_is_written_with_every_bracket():
    tree = ["add", ["mul", "-1/2", ["pow", "x", -2]], ["root", "y", 3], ["abs", ["add", "x", "3"]]]
    assert infix(parse_scalar(tree, ["x", "y"])) == "(((-1/2)*x^(-2)) + y^(1/3) + abs((x + 3)))"


def test_a_tower_of_powers_is_written_in_the_order_in_which_it_is_meant():
    towers = (["pow", ["pow", "x", 2], 3], ["root", ["pow", "x", 4], 3], ["pow", ["root", "x", 3], 2])
    assert [infix(parse_scalar(tree, ["x"])) for tree in towers] == ["(x^(2))^(3)", "(x^(4))^(1/3)", "(x^(1/3))^(2)"]


@pytest.mark.parametrize(
    "tree",
    [
        "z",
        "0.5",
        1,
        None,
        [],
        ["add"],
        ["sin", "x"],
        ["pow", "x"],
        ["pow", "x", 65],
        ["root", "x", 1],
        ["root", "x", "2"],
        ["exp", "x", "x"],
    ],
)
def test_what_is_not_in_the_grammar(tree):
    with pytest.raises(Rejected):
        parse_scalar(tree, ["x"])


def test_deep_nesting_is_refused():
    tree = "x"
    for _ in range(70):
        tree = ["exp", tree]
    with pytest.raises(Rejected, match="too deeply"):
        parse_scalar(tree, ["x"])


def test_names_of_variables():
    assert variable_name("n_1") == "n_1"
    for name in ("", "1", "a b", "a-b", "x\n", None, 1):
        with pytest.raises(Rejected, match="not a plain name"):
            variable_name(name)
