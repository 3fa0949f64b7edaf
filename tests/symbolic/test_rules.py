"""Entries of coefficient rules as claims state them, and back."""

import pytest
from sympy import Float, Integer, Rational, Symbol, sqrt

from scverify.errors import InputError
from scverify.symbolic.losses import LOSSES, CoefficientRule, decoupled
from scverify.symbolic.rules import expression_of, stated_rule
from scverify.symbolic.symbols import k, n_anchors, n_other, n_own, n_samples

ENTRIES = [1 / (n_own - 1), n_own / n_samples, Rational(-2, 3), 1 + n_own * n_other / k**2, (n_own + n_anchors) ** -3]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_an_entry_comes_back_as_it_was(entry):
    assert expression_of(stated_rule(entry)) == entry


@pytest.mark.parametrize("entry", [Float("0.5"), n_own * Float(2), Symbol("x"), sqrt(n_own), 1 / 2, n_own**n_other], ids=str)
def test_what_is_not_rational_in_the_sizes_is_refused(entry):
    with pytest.raises(InputError, match="coefficient"):
        stated_rule(entry)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_a_named_rule_states_what_its_expressions_state(loss):
    rule = loss.coefficients
    again = CoefficientRule(rule.weight, rule.positive_c, rule.positive_q, rule.negative_c, rule.negative_q)
    assert again == rule and hash(again) == hash(rule) and again.stated == rule.stated


def test_rules_that_differ_are_not_equal():
    other = CoefficientRule(Integer(1), Integer(1), 1 / (n_own - 1), Integer(1), Integer(0))
    assert decoupled.coefficients != other
