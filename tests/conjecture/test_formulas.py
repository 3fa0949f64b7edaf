"""Formulas at random points: what agrees, what fails, what has no value; and the compiled loss behind the terms."""

import pytest
from flint import arb
from sympy import IndexedBase, Integer, Sum, Symbol, exp, log, sqrt, symbols

from scverify.conjecture.formulas import POINTS, Formula, NotEvaluated, evaluated, in_balls
from scverify.conjecture.terms import Assignment, RowEntries, has_terms, term, unfolded
from scverify.symbolic.row import a, m, s

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

    def measured(self, assignment):
        return assignment.letters[p] + 2


def test_a_term_whose_formula_is_not_measured_fails_whatever_its_sign():
    assert unfolded(term(Mistaken())) == p + 1 and has_terms(term(Mistaken()))
    assert evaluated(Formula(term(Mistaken()), "> 0"), "seed")[1].startswith("p = ")


def test_entries_and_directions_are_read_from_the_row():
    row = RowEntries((arb(1), arb(2), arb(3)), (), (), (arb(5), arb(7), arb(11)))
    v = IndexedBase("v")
    assert in_balls(Sum(s[a] * v[a], (a, 0, 2)), Assignment({}, row)) == 52
    with pytest.raises(NotEvaluated, match="not a whole number"):
        in_balls(v[p], Assignment({p: arb("0.5")}, row))


def test_formulas_of_the_loss_show_its_name_and_its_expression():
    formula = Formula(term(Mistaken()), "=", p + 1)
    assert formula.latex == "f = p + 1" and formula.of_the_loss
    assert Formula(term(Mistaken()), "> 0").latex == "f = p + 1 > 0"
    assert Formula(p, "=", p).latex == ""
