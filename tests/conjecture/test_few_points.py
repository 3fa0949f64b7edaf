"""Few points on the ball: the steps hold for supervised contrast, ask for repulsion, and their random checks can fail."""

from dataclasses import replace

import pytest
from sympy import Integer

from scverify.conjecture.configurations import drawn
from scverify.conjecture.few_points import few_points, least_z_slacks, twin_differences
from scverify.symbolic.losses import supcon, supcon_rule
from tests.conjecture.steps import all_hold


def test_every_step_holds():
    assert all_hold(few_points(supcon))


@pytest.mark.parametrize("change", [{"negative_c": Integer(0)}, {"weight": Integer(2)}], ids=str)
def test_another_loss_fails(change):
    assert not all_hold(few_points(replace(supcon, coefficients=replace(supcon_rule, **change))))


def test_twins_are_alike_where_they_coincide_and_nowhere_else():
    """Without the sample being moved the differences are not 0: the check sees them."""
    at = drawn(supcon, "twins", sphere=False)[0]
    assert all(x.contains(0) for x in twin_differences(at))
    both = at.slopes + at.slopes.T
    i, j, _ = at.pairs()[0]
    assert not all((both[i][a] - both[j][a]).contains(0) for a in range(len(both)) if a not in (i, j))


def test_the_sample_of_least_z_has_the_largest_shares_and_another_has_not():
    found = drawn(supcon, "least", sphere=False)
    slacks = [slack for at in found for slack in least_z_slacks(at)]
    assert len(slacks) == 80 and not any(slack < 0 for slack in slacks)
    assert any(at.slopes[j][i] > at.slopes[i][j] for at in found for i, j, _ in at.pairs())
