"""Rows whose outcomes are of both coefficients: which are a log-sum-exp, and which are not."""

import pytest
from flint import arb, fmpq

from scverify.kernel.formula import evaluate_constant, parse
from scverify.kernel.units.outcomes import log_sum_of_both

LOGIT = ["exp", ["mul", ["pow", "tau", -1], "s"]]


def of_both(*factors, rate=LOGIT, remainder=("mul", "-1", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]])):
    second = ["sum", ["mul", "q", rate]]
    return parse(["add", ["log", ["add", ["sum", ["mul", "c", LOGIT]], ["mul", *factors, second] if factors else second]], list(remainder)])


def test_a_sum_of_both_kinds_of_outcomes_is_a_log_sum_exp():
    for factors in ((), ("2",), (["exp", ["mul", "-2", ["pow", "tau", -1]]],), ("3", ["exp", "-1"])):
        split, factor = log_sum_of_both(of_both(*factors))
        assert evaluate_constant(split.kappa, fmpq(1, 3), fmpq) == 3
        assert bool(evaluate_constant(factor, arb("0.5"), arb) > 0)


@pytest.mark.parametrize(
    "tree",
    [
        of_both("-2"),
        of_both("0"),
        of_both(["sum", ["mul", "q", LOGIT]]),
        parse(["log", ["add", *(["sum", ["mul", name, LOGIT]] for name in "cqq")]]),
        parse(["log", ["add", ["sum", ["mul", "c", LOGIT]], ["exp", "1"]]]),
        of_both("tau"),
        of_both(["log", "1/2"]),
        parse(["log", ["add", *(["sum", ["mul", name, ["exp", ["mul", ["exp", "1"], "s"]]]] for name in "cq")]]),
        of_both(["exp", ["sum", "q"]]),
        of_both(rate=["exp", "s"]),
        of_both(remainder=("mul", "-1", ["sum", ["mul", "q", ["pow", "s", 2]]])),
        of_both(remainder=("mul", ["exp", "1"], ["sum", ["mul", "q", "s"]])),
        parse(["log", ["add", ["sum", ["mul", "c", LOGIT]], ["sum", ["mul", "c", LOGIT]]]]),
        parse(["log", ["add", ["sum", ["mul", "c", LOGIT]], "1"]]),
    ],
)
def test_other_rows_are_none(tree):
    assert log_sum_of_both(tree) is None
