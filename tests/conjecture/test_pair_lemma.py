"""The pair lemma's steps hold for supervised contrast, and fail for a loss with other weights or pulls."""

from dataclasses import replace

import pytest
from sympy import Integer

from scverify.conjecture import pair_lemma
from scverify.symbolic.losses import n_own, supcon, supcon_rule
from tests.conjecture.steps import all_hold


def test_every_step_holds():
    steps = [*pair_lemma.pair_lemma(supcon), *pair_lemma.first_order(), *pair_lemma.first_order(sphere=True), *pair_lemma.least_sum()]
    assert all_hold([*steps, *pair_lemma.twins_and_mass(), *pair_lemma.class_of_two(), *pair_lemma.warm_share(supcon)])


@pytest.mark.parametrize("change", [{"weight": Integer(2)}, {"positive_q": 1 / n_own}, {"negative_c": Integer(2)}], ids=str)
def test_another_loss_has_other_slopes(change):
    assert not all_hold(pair_lemma.slopes(replace(supcon, coefficients=replace(supcon_rule, **change))))
