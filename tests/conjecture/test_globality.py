"""From first and second order to a global minimum: the steps hold for supervised contrast, and ask for convexity and repulsion."""

from dataclasses import replace

import pytest
from sympy import Integer

from scverify.conjecture.globality import collapsed_of_full_rank, global_where_positive, second_order
from scverify.errors import InputError
from scverify.symbolic.losses import supcon, supcon_in, supcon_rule
from tests.conjecture.steps import all_hold


def test_every_step_holds():
    assert all_hold([*second_order(), *global_where_positive(supcon), *collapsed_of_full_rank(supcon)])


def test_a_loss_without_repulsion_fails():
    assert not all_hold(collapsed_of_full_rank(replace(supcon, coefficients=replace(supcon_rule, negative_c=Integer(0)))))


def test_a_loss_that_is_no_log_sum_exp_fails():
    with pytest.raises(InputError, match="log-sum-exp"):
        list(global_where_positive(supcon_in))
