import pickle

import pytest
from sympy import exp, log

from scverify.symbolic.definitions import ROWS
from scverify.symbolic.losses import supcon
from scverify.symbolic.row import RowFormula, a, c, named_row, q, row_sum, s, tau


def test_equal_formulas_are_one_key():
    again = RowFormula("supcon", log(row_sum(c[a] * exp(s[a] / tau))) - row_sum(q[a] * s[a] / tau))
    assert {supcon.formula: 1}[again] == 1
    assert RowFormula("other", again.expression) != again


def test_a_formula_survives_pickling():
    assert pickle.loads(pickle.dumps(supcon.formula)) is supcon.formula  # by its name: to compare two expressions takes SymPy
    mine = RowFormula("supcon", row_sum(c[a] * exp(s[a] / tau)))
    again = pickle.loads(pickle.dumps(mine))
    assert again == mine != supcon.formula and again.tree == mine.tree


def test_latex_shows_the_sum():
    assert r"\sum_{a=0}^{m - 1}" in supcon.formula._repr_latex_()


@pytest.mark.parametrize("name", ROWS)
def test_a_named_row_brings_its_definition_when_it_is_asked_for(name):
    row = pickle.loads(pickle.dumps(named_row.__wrapped__(name)))
    assert "expression" not in vars(row)
    assert row.expression == ROWS[name]
    assert row.scale == RowFormula(name, ROWS[name]).scale == 1


def test_the_tree_of_a_row_is_the_callers_own():
    tree = supcon.formula.tree
    tree[1] = "changed"
    assert supcon.formula.tree[1] != "changed"


def test_a_row_has_no_other_attributes():
    with pytest.raises(AttributeError, match="colour"):
        supcon.formula.colour  # noqa: B018
