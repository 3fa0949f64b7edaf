"""The level of samples, by hand."""

import json

import pytest
from flint import arb, fmpq
from sympy import exp, log

from scverify.kernel.certificate import Rejected
from scverify.kernel.formula import Row, mentions, parse, value_and_gradient
from scverify.kernel.samples import ignores_empty_entries
from scverify.symbolic.losses import Loss, supcon_rule
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau
from tests.kernel.test_level import of

EXP = ["exp", ["mul", ["pow", "tau", -1], "s"]]


def test_the_samples_of_supcon_by_hand():
    level = of((3, 2), "samples")
    assert level.c == [[int(i != j and j < 5) for j in range(6)] for i in range(5)]
    assert level.q[0] == [0, fmpq(1, 2), fmpq(1, 2), 0, 0, 0] and level.q[4] == [0, 0, 0, 1, 0, 0]
    assert (level.weight, level.multiplicity, level.mass) == ([1] * 5, [1] * 5, [1] * 5)
    assert of((3, 2), "samples", reduction="mean").weight == [fmpq(1, 5)] * 5
    assert of((3, 1), "samples", singletons="ignore").weight == [1, 1, 1, 0]


def test_no_samples_beyond_the_cap_are_expanded():
    with pytest.raises(Rejected, match="at most 3000 samples"):
        of((3_000, 2), "samples")
    assert of((3_000, 2), "groups", [[0], [1]]).nodes == 2


def test_slopes_of_a_remainder_that_is_not_linear_in_q_are_not_merged():
    """Five samples of two classes: q is 1/2 for two entries of a row, and q^2 is 1/4 for each of them, not 1 for both together."""
    row = log(row_sum(c[a] * exp(s[a] / tau))) - row_sum(q[a] ** 2 * s[a] / tau)
    level = of((3, 2), "samples", loss=Loss("squared", RowFormula("squared", row), supcon_rule))
    assert level.exponential_part.slopes[0] == [0, fmpq(-1, 2), fmpq(-1, 2), 0, 0, 0]
    assert level.exponential_part.slopes[3] == [0, 0, 0, 0, -2, 0]


def test_a_formula_in_which_unseen_samples_count_is_refused():
    with pytest.raises(Rejected, match="does not see"):
        of((3, 2), "samples", loss=Loss("all", RowFormula("all", row_sum(exp(s[a])) + row_sum(c[a] * s[a])), supcon_rule))


@pytest.mark.parametrize(
    ("data", "ignores"),
    [
        (["sum", ["mul", "c", EXP]], True),
        (["sum", ["add", ["mul", "c", "s"], ["mul", "-1", "q", "s"]]], True),
        (["sum", ["mul", ["pow", "c", 2], EXP]], True),
        (["sum", ["mul", "c", ["exp", ["mul", "q", "s"]]]], True),
        (["log", ["sum", ["mul", "c", "q", "s"]]], True),
        ("tau", True),
        (["sum", "s"], False),
        (["sum", ["exp", ["mul", "q", "s"]]], False),
        (["sum", ["add", ["mul", "c", "s"], "1"]], False),
        (["sum", ["pow", "c", 0]], False),
        (["sum", ["pow", "c", -1]], False),
        (["add", ["sum", ["mul", "c", "s"]], ["sum", "s"]], False),
    ],
    ids=json.dumps,
)
def test_whether_an_empty_entry_counts(data, ignores):
    tree = parse(data)
    assert ignores_empty_entries(tree) is ignores
    if ignores and mentions(tree, "s"):
        full = Row([arb(0.5), arb(2)], [arb(1), arb(2)], [arb(3), arb(1)], arb(1))
        empty = Row([*full.s, arb(0.25)], [*full.c, arb(0)], [*full.q, arb(0)], arb(1))
        (value, slopes), (same, more) = (value_and_gradient(tree, row, arb) for row in (full, empty))
        assert value.overlaps(same) and more[-1] == 0 and all(x.overlaps(y) for x, y in zip(slopes, more, strict=False))
