"""Formulas at random points: what agrees, what fails, what has no value; and the compiled loss behind the terms."""

import pytest
from flint import arb
from sympy import IndexedBase, Integer, Sum, Symbol, exp, log, sqrt, symbols

from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.formulas import POINTS, Formula, NotEvaluated, evaluated, in_balls
from scverify.conjecture.terms import Place, Row, from_two, has_terms, in_latex, readable, term, unfolded
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import CoefficientRule, Loss, decoupled, n_other, supcon, supcon_row
from scverify.symbolic.row import a, m, s, tau
from tests.search.levels import class_level

x, y = symbols("x y", real=True)
p = Symbol("p", positive=True)
own, cross, across = symbols("beta u w", real=True)


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        (Formula((x + y) ** 2, "=", x**2 + 2 * x * y + y**2), POINTS),
        (Formula(log(p**2), "=", 2 * log(p)), POINTS),
        (Formula(p + x**2, "> 0"), POINTS),
        (Formula(-p, "<= 0"), POINTS),
        (Formula(x - x, ">= 0"), POINTS),
        (Formula(Sum(exp(s[a]), (a, 0, m - 1)), "> 0"), POINTS),
        (Formula(log(-p), "=", log(-p)), 0),
        (Formula(Symbol("A", commutative=False), "=", Symbol("A", commutative=False)), 0),
    ],
    ids=str,
)
def test_what_holds_agrees_at_every_point_that_has_a_value(formula, points):
    assert evaluated(formula, "seed") == (points, None)


@pytest.mark.parametrize(
    "formula",
    [
        Formula((x + y) ** 2, "=", x**2 + y**2),
        Formula(p, "<= 0"),
        Formula(-p, "> 0"),
        Formula(p, "< 0"),
        Formula(-p, ">= 0"),
        Formula(sqrt(p), "=", p + Integer(1) / 10**20),
        Formula(p * exp(Integer(1)), "=", 2 * p),
        Formula(Sum(exp(s[a]), (a, 0, m - 1)), "=", Sum(exp(s[a]), (a, 0, m - 2))),
    ],
    ids=str,
)
def test_what_is_false_fails_and_names_the_point(formula):
    _, where = evaluated(formula, "seed")
    assert where and where == evaluated(formula, "seed")[1]


class Mistaken:
    """A quantity whose formula is not what is measured."""

    name, formula, letters = "f", p + 1, {p}

    def measured(self, place):
        return place.letters[p] + 2


def test_a_term_whose_formula_is_not_measured_fails_whatever_its_sign():
    assert unfolded(term(Mistaken())) == p + 1 and has_terms(term(Mistaken()))
    assert evaluated(Formula(term(Mistaken()), "> 0"), "seed")[1].startswith("p = ")


def test_entries_and_directions_are_read_from_the_row():
    row = Row((arb(1), arb(2), arb(3)), (), (), (arb(5), arb(7), arb(11)))
    v = IndexedBase("v")
    assert in_balls(Sum(s[a] * v[a], (a, 0, 2)), Place({}, row)) == 52
    with pytest.raises(NotEvaluated, match="not a whole number"):
        in_balls(v[p], Place({p: arb("0.5")}, row))


@pytest.mark.parametrize("sizes", [(4, 3, 2), (2, 7, 5)])
@pytest.mark.parametrize("loss", [supcon, decoupled], ids=lambda loss: loss.name)
def test_rows_in_letters_are_those_of_the_class_level(loss, sizes):
    level = class_level(Problem(loss, Classes(sizes), temperature="37/100"))
    weight, coefficients, pulls = level.float_arrays()
    row = ClassRow(loss, Symbol("n"), own, (Seen(1, Symbol("u_2"), cross), Seen(1, Symbol("v_2"), across)))
    at = {"n": sizes[0], "u_2": sizes[1], "v_2": sizes[2], "beta": 0.9, "u": -0.3, "w": 0.55, "tau": 0.37}
    numbers = {symbol: at[symbol.name] for symbol in row.letters}
    place = Place({symbol: arb(value) for symbol, value in numbers.items()})
    value, gradient = evaluators(loss.formula).value_and_gradient([0.0, -0.3, 0.55, 0.9], coefficients[0], pulls[0], 0.37)
    for stated, expected in (
        (row.value, value),
        *((row.slope(z), weight[0] * gradient[i]) for z, i in ((own, 3), (cross, 1), (across, 2))),
    ):
        assert float(unfolded(stated).subs(numbers)) == pytest.approx(float(expected), rel=1e-12)
        assert float(in_balls(stated, place)) == pytest.approx(float(expected), rel=1e-12)


def test_substitution_reaches_the_arguments_of_a_term():
    n = class_size("c")
    slope = ClassRow(supcon, n, own, (Seen(1, n, cross),)).slope(cross).subs({own: 1, cross: -1})
    assert unfolded(slope).free_symbols == {tau, *n.free_symbols}
    assert in_latex(slope) == r"\partial_{u} L_{n_{c}}\bigl|_{\beta = 1, u = -1}"
    assert in_latex(slope**2) == r"\left(\partial_{u} L_{n_{c}}\bigl|_{\beta = 1, u = -1}\right)^{2}"


def test_numbers_from_two_on_read_as_themselves():
    k = from_two("k")
    assert (k - 1).is_positive and readable(k - 1) == Symbol("k") - 1
    assert Formula(k, "> 0").latex == "k > 0"


def test_formulas_of_the_loss_show_its_name_and_its_expression():
    formula = Formula(term(Mistaken()), "=", p + 1)
    assert formula.latex == "f = p + 1" and formula.of_the_loss
    assert Formula(term(Mistaken()), "> 0").latex == "f = p + 1 > 0"
    assert Formula(p, "=", p).latex == ""


def test_samples_of_any_other_class_need_coefficients_that_do_not_know_it():
    rule = CoefficientRule(Integer(1), Integer(1), Integer(1), 1 / n_other, Integer(0))
    with pytest.raises(InputError, match="do not depend on their class"):
        _ = ClassRow(Loss("by class", supcon_row, rule), class_size("c"), own, (), rest=True).value
