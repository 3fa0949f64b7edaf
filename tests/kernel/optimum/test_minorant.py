"""The convex minorant of the in form: what is replaced by what, and each hypothesis that is checked before."""

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import evaluate_constant, parse
from scverify.kernel.optimum.minorant import convex_class_rows
from scverify.kernel.problem import read_problem
from scverify.model.constraints import Ball, NonNegative
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, Loss, supcon, supcon_in


def stated(problem=None, **changes):
    return read_problem(problem_data(problem or Problem(supcon_in, (4, 3), temperature="1/2")) | changes)


def test_the_in_form_at_the_level_of_groups_has_the_rows_of_the_out_form():
    terms = convex_class_rows(stated(), "groups").formula[1:]
    assert terms[0] in parse(supcon.formula.tree)[1:]
    rate = terms[1][2][1][2]
    assert terms[1] == ("mul", fmpq(-1), ("sum", ("mul", "q", rate, "s"))) and evaluate_constant(rate, fmpq(1, 3), fmpq) == 3


def test_the_level_of_samples_and_other_losses_stay_as_they_are():
    assert convex_class_rows(stated(), "samples").formula == stated().formula
    other = stated(Problem(supcon, (4, 3)))
    assert convex_class_rows(other, "groups") is other


def test_signs_beside_the_sphere_change_nothing():
    beside = convex_class_rows(stated(Problem(supcon_in, (4, 3), constraint=NonNegative())), "groups")
    assert beside.formula == convex_class_rows(stated(), "groups").formula and beside.constraint.nonnegative


def table(q_own, q_other):
    """Sizes 3, 3: q of a positive, and q of a negative."""
    return ClassTable((1, 1), ((1, 1), (1, 1)), ((q_own, q_other), (q_other, q_own)))


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem(supcon_in, (4, 3), constraint=Ball()), "sphere alone"),
        (Problem(Loss("mine", supcon_in.formula, table(1, 0)), (3, 3)), "do not sum to 1"),
        (Problem(Loss("mine", supcon_in.formula, table(fmpq(1, 2), fmpq(1, 9))), (3, 3)), "a negative has a coefficient q"),
    ],
)
def test_each_hypothesis_is_checked(problem, reason):
    with pytest.raises(Rejected, match=reason):
        convex_class_rows(stated(problem), "groups")


RATE = ["pow", "tau", -1]


def log_sum(of, rate):
    return ["log", ["sum", ["mul", of, ["exp", ["mul", rate, "s"]]]]]


@pytest.mark.parametrize(
    "formula",
    [
        ["add", log_sum("c", RATE), ["mul", "-1", log_sum("q", ["mul", "2", RATE])]],
        ["add", log_sum("c", RATE), ["mul", "-2", log_sum("q", RATE)]],
        ["add", log_sum("c", RATE), log_sum("q", RATE)],
        ["add", log_sum("q", RATE), ["mul", "-1", log_sum("c", RATE)]],
        ["add", log_sum("c", RATE), ["mul", "-1", log_sum("q", RATE)], ["sum", ["mul", "q", "s"]]],
    ],
)
def test_other_differences_of_logarithms_have_no_minorant(formula):
    problem = stated(formula=formula)
    assert convex_class_rows(problem, "groups") is problem


@pytest.mark.parametrize("rate", [["mul", "-1", RATE], ["mul", "0", RATE]])
def test_exponentials_that_do_not_rise_have_their_least_row_elsewhere(rate):
    formula = ["add", log_sum("c", rate), ["mul", "-1", log_sum("q", rate)]]
    with pytest.raises(Rejected, match="do not rise"):
        convex_class_rows(stated(formula=formula), "groups")
