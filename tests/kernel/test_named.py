"""Losses with a name: those that the package defines are recognised by their trees, and nothing else is."""

import copy

import pytest

from scverify.kernel import named
from scverify.kernel.named import name_of
from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES


def stated(name):
    data = problem_data(Problem(LOSSES[name], Classes((3, 2))))
    return data["formula"], data["coefficients"]


@pytest.mark.parametrize("name", LOSSES)
def test_a_named_loss_is_recognised_or_said_by_its_formula(name):
    known = {known for known, *_ in named.LOSSES}
    assert len(known) >= 4 and (name_of(*stated(name)) or "").startswith(f"{name} (") == (name in known)


def test_the_order_of_terms_does_not_matter():
    formula, coefficients = stated("supcon")
    turned = ["add", *reversed(formula[1:])]
    assert name_of(turned, {**coefficients, "positive_q": ["pow", ["add", "n_own", "-1"], -1]}).startswith("supcon (")
    # the order of a power's parts does
    assert name_of(formula, {**coefficients, "positive_q": ["pow", -1, ["add", "n_own", "-1"]]}) is None


@pytest.mark.parametrize("field", ["weight", "positive_c", "positive_q", "negative_c", "negative_q"])
def test_another_coefficient_has_no_name(field):
    formula, coefficients = stated("supcon")
    assert name_of(formula, {**coefficients, field: "2"}) is None


def test_another_formula_has_no_name():
    formula, coefficients = stated("supcon")
    for change in (lambda tree: tree.append("1"), lambda tree: tree.__setitem__(0, "mul"), lambda tree: tree[2].__setitem__(1, "-2")):
        other = copy.deepcopy(formula)
        change(other)
        assert name_of(other, coefficients) is None
    for junk in (None, [], "s", {"kind": "rule"}):
        assert name_of(junk, coefficients) is None and name_of(formula, junk) is None
