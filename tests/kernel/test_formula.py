"""The formula language: values and derivatives against mpmath and exact numbers, and the split into a log-sum-exp and a remainder."""

import json

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given

from scverify.kernel.certificate import Rejected
from scverify.kernel.dual import row_hessian
from scverify.kernel.formula import (
    Row,
    evaluate_constant,
    is_additive,
    log_sum_exp,
    mentions,
    parse,
    value_and_gradient,
)
from scverify.symbolic.compiled import mpmath_evaluators
from scverify.symbolic.printers import to_kernel
from tests.symbolic.instances import FORMULAS, rows

SUPCON = parse(to_kernel(FORMULAS["supcon"].expression))


def ball_row(row):
    return Row(*([arb(float(x)) for x in entries] for entries in (row.s, row.c, row.q)), arb(row.tau))


def holds(ball, number):
    """Whether a ball of 160 bits holds an mpf of 60 digits, up to the last of its digits."""
    number_ball = arb(mpmath.nstr(number, 60))
    return ball.overlaps(arb(number_ball.mid(), abs(number_ball.mid()) * arb(10) ** -45 + arb(10) ** -50)) and ball.rad() < 1e-30


@given(rows(lengths=(2, 5)))
def test_value_gradient_and_hessian_against_mpmath(row):
    tree, exact = parse(to_kernel(row.formula.expression)), mpmath_evaluators(row.formula)
    with mpmath.workdps(70), ctx.workprec(160):
        similarities, *rest = row.in_mpmath()
        value, gradient = value_and_gradient(tree, ball_row(row), arb)
        hessian = row_hessian(tree, ball_row(row), arb)
        assert holds(value, exact.value(similarities, *rest))
        for b, slope in enumerate(exact.gradient(similarities, *rest)):
            assert holds(gradient[b], slope)

            def moved(step, b=b):
                shifted = [x + step * (i == b) for i, x in enumerate(similarities)]
                return exact.gradient(shifted, *rest)

            for a in range(len(similarities)):
                assert holds(hessian[a][b], mpmath.diff(lambda step, a=a, moved=moved: moved(step)[a], 0))


def test_exact_numbers_stay_exact():
    tree = parse(["add", ["sum", ["mul", "c", ["pow", "s", 2]]], ["mul", "-2", ["sum", ["mul", "q", "s", ["pow", "tau", -1]]]]])
    row = Row([fmpq(1, 3), fmpq(-2)], [fmpq(3), fmpq(1, 2)], [fmpq(0), fmpq(5)], fmpq(1, 7))
    value, gradient = value_and_gradient(tree, row, fmpq)
    assert value == fmpq(3, 9) + 2 + 140 and isinstance(value, fmpq)
    assert gradient == [2, -2 - 70]
    assert row_hessian(tree, row, fmpq) == [[6, 0], [0, 1]]


def test_sums_that_do_not_look_at_similarities():
    row = Row([fmpq(2), fmpq(3)], [fmpq(1), fmpq(4)], [fmpq(1), fmpq(1)], fmpq(2))
    assert value_and_gradient(parse(["mul", "tau", ["sum", "c"]]), row, fmpq) == (10, [0, 0])
    # a constant in a sum counts once for each entry
    assert value_and_gradient(parse(["sum", "3"]), row, fmpq)[0] == 6
    assert value_and_gradient(parse(["pow", ["sum", "s"], 0]), row, fmpq) == (1, [0, 0])
    assert value_and_gradient(parse(["pow", ["sum", "s"], -2]), row, fmpq) == (fmpq(1, 25), [fmpq(-2, 125)] * 2)


@pytest.mark.parametrize(
    "data",
    [
        "s",
        ["exp", "c"],
        "x",
        "0.5",
        "2/4",
        "1/0",
        "+1",
        " 1",
        1,
        1.5,
        None,
        True,
        [],
        ["sum"],
        ["sum", "s", "c"],
        ["sum", ["sum", "s"]],
        ["add"],
        ["exp", "tau", "tau"],
        ["log"],
        ["sin", "tau"],
        ["abs", "tau"],
        ["root", "tau", 3],
        ["pow", "tau"],
        ["pow", "tau", "2"],
        ["pow", "tau", True],
        ["pow", "tau", 65],
        ["pow", "tau", 1.0],
        {"add": ["tau"]},
    ],
    ids=json.dumps,
)
def test_what_is_not_in_the_grammar(data):
    with pytest.raises(Rejected):
        parse(data)


def test_deep_nesting_is_refused():
    tree = "tau"
    for _ in range(50):
        tree = ["exp", tree]
    with pytest.raises(Rejected, match="too deeply"):
        parse(tree)


EXP, SQUARE = ["exp", "s"], ["pow", "s", 2]
LSE = ["log", ["sum", ["mul", "c", EXP]]]


def test_the_log_sum_exp_split():
    split = log_sum_exp(SUPCON)
    assert value_and_gradient(split.kappa, Row([], [], [], fmpq(1, 10)), fmpq)[0] == 10
    row = Row([fmpq(1), fmpq(2)], [fmpq(1)] * 2, [fmpq(0), fmpq(3)], fmpq(1, 2))
    assert value_and_gradient(split.remainder, row, fmpq) == (-12, [0, -6])
    assert log_sum_exp(parse(LSE)).kappa == ("mul", fmpq(1))


@pytest.mark.parametrize(
    "data",
    [
        ["sum", "s"],
        ["log", ["sum", EXP]],
        ["log", ["sum", ["mul", "q", EXP]]],
        ["log", ["sum", ["mul", "c", "2", EXP]]],
        ["log", ["sum", ["mul", "c", ["exp", ["add", "s", "1"]]]]],
        ["log", ["sum", ["mul", "c", ["exp", ["mul", "s", "s"]]]]],
        ["log", ["sum", ["mul", "c", ["exp", ["mul", "c", "s"]]]]],
        ["log", ["sum", ["mul", "c", ["exp", "tau"]]]],
        ["add", LSE, LSE],
        ["add", LSE, ["sum", SQUARE]],
        ["mul", "2", LSE],
        ["log", ["sum", ["mul", "c", ["exp", ["mul", ["sqrt", "2"], "s"]]]]],
        ["log", ["sum", ["mul", "c", ["exp", ["mul", ["add", ["pow", ["log", "tau"], 2], "1"], "s"]]]]],
        ["add", LSE, ["sum", ["mul", "q", ["exp", "tau"], "s"]]],
        to_kernel(FORMULAS["supcon_in"].expression),
    ],
    ids=json.dumps,
)
def test_rows_that_are_no_log_sum_exp_with_an_affine_remainder(data):
    assert log_sum_exp(parse(data)) is None


@pytest.mark.parametrize(
    ("data", "additive"),
    [
        (LSE, True),
        (["sum", ["mul", ["add", "c", "q"], "s"]], True),
        (["log", "tau"], True),
        (["sum", "s"], False),
        (["sum", ["mul", "c", "q"]], False),
        (["sum", ["mul", "c", "c", "s"]], False),
        (["sum", ["pow", "c", 2]], False),
        (["sum", ["add", "c", "1"]], False),
        (["sum", ["exp", ["mul", "c", "s"]]], False),
        (["sum", ["mul", ["pow", "c", -1], "s"]], False),
        (["log", ["sum", ["add", "1", ["mul", "c", EXP]]]], False),
    ],
    ids=json.dumps,
)
def test_whether_equal_similarities_merge(data, additive):
    tree = parse(data)
    assert is_additive(tree) is additive
    if additive and mentions(tree, "s"):
        parted = Row([fmpq(1, 2), fmpq(2), fmpq(2)], [fmpq(1), fmpq(2), fmpq(3)], [fmpq(0), fmpq(1), fmpq(1)], fmpq(1))
        merged = Row([fmpq(1, 2), fmpq(2)], [fmpq(1), fmpq(5)], [fmpq(0), fmpq(2)], fmpq(1))
        values = [value_and_gradient(tree, Row(*(list(map(arb, x)) for x in row[:3]), arb(1)), arb)[0] for row in (parted, merged)]
        assert values[0].overlaps(values[1])


def test_a_constant_does_not_look_at_the_row():
    assert evaluate_constant(parse(["mul", "3", ["pow", "tau", -1]]), fmpq(1, 2), fmpq) == 6
    with pytest.raises(Rejected, match="depends on the row"):
        evaluate_constant(parse(["sum", "c"]), fmpq(1), fmpq)
