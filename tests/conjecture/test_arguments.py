"""Steps that several statements share: they hold for supervised contrast, and each asks for what its argument uses."""

from dataclasses import replace

import pytest
from sympy import Integer, exp, log, symbols

from scverify.conjecture import arguments
from scverify.errors import InputError
from scverify.symbolic.losses import Loss, n_other, n_own, soft_supcon, supcon, supcon_rule
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s
from tests.conjecture.steps import all_hold

SHARED = (
    arguments.convex_rows,
    arguments.strictly_convex,
    arguments.admissible,
    arguments.attraction,
    arguments.collapse,
    arguments.rotation_invariance,
    lambda loss: [arguments.repulsion(loss)],
)


def with_rule(**change):
    return replace(supcon, coefficients=replace(supcon_rule, **change))


@pytest.mark.parametrize("steps", SHARED)
def test_every_step_holds_for_supcon(steps):
    assert all_hold(steps(supcon))


@pytest.mark.parametrize(
    ("steps", "loss"),
    [
        (arguments.admissible, with_rule(weight=Integer(-1))),
        (arguments.admissible, with_rule(negative_q=1 / n_other - 1)),
        (arguments.attraction, with_rule(positive_q=1 / n_own)),
        (arguments.collapse, with_rule(weight=Integer(-1))),
        (arguments.strictly_convex, with_rule(positive_c=Integer(0))),
        (lambda loss: [arguments.repulsion(loss)], with_rule(negative_c=Integer(0))),
    ],
)
def test_a_loss_without_what_the_argument_uses_does_not_pass(steps, loss):
    assert not all_hold(steps(loss))


def test_equal_similarities_merge_only_where_the_row_is_linear_in_its_coefficients():
    squares = Loss("squares", RowFormula("squares", log(row_sum(c[a] ** 2 * exp(s[a]))) - row_sum(q[a] * s[a])), supcon_rule)
    assert arguments.merges(supcon) and not arguments.merges(squares)


def test_rows_of_a_table_have_no_rule():
    with pytest.raises(InputError, match="follow a rule"):
        arguments.rule_of(soft_supcon([[1, 0], [0, 1]]))


def test_products_are_rewritten_until_nothing_changes():
    x, y, z = symbols("x y z", commutative=False)
    assert arguments.reduced(x * y * z, ((z * z, x), (x * y, z))) == x
