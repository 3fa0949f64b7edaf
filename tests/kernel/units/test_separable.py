"""Rows of sigmoids: which formulas are split, and the entropy of their Gibbs form."""

from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.formula import parse
from scverify.kernel.units.separable import Softplus, entropy, separable
from scverify.model.named import siglip
from scverify.model.units import UnitProblem


def formula(problem):
    return problem.level.rows[0].formula


def test_siglip_is_split_into_its_two_terms():
    found = separable(formula(UnitProblem(siglip(3, -2), 1)), fmpq(1, 2))
    assert set(found.terms) == {Softplus("c", fmpq(2), fmpq(-2)), Softplus("q", fmpq(-2), fmpq(2))}


def test_other_rows_are_not():
    term = ["sum", ["mul", "c", ["log", ["add", "1", ["exp", "s"]]]]]
    assert separable(parse(term), fmpq(1)) is not None
    for other in (
        ["sum", ["mul", "c", ["log", ["add", "2", ["exp", "s"]]]]],
        ["sum", ["mul", "c", ["log", ["add", "1", ["exp", ["mul", "s", "s"]]]]]],
        ["add", term, ["sum", ["mul", "q", ["exp", "s"]]]],
        ["add", term, ["exp", "1"]],
        ["sum", ["mul", "c", "s"]],
    ):
        assert separable(parse(other), fmpq(1)) is None


@given(p=st.fractions(0, 1, max_denominator=50), x=st.fractions(-20, 20, max_denominator=50))
def test_the_gibbs_form_is_a_lower_bound(p, x):
    exact = fmpq(p.numerator, p.denominator)
    at = arb(fmpq(x.numerator, x.denominator))
    assert not exact * at + entropy(exact) > (1 + at.exp()).log()
    assert entropy(fmpq(0)) == 0 and entropy(fmpq(1)) == 0
