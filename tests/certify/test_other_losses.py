"""Certified optima of other losses: at the class level where the reduction applies, over all samples where it does not."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from scverify.certify.optimum import optimum
from scverify.errors import InputError, Undecided
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import (
    CoefficientRule,
    Loss,
    SampleTable,
    cross_entropy_of_labels,
    decoupled,
    load_loss,
    n_other,
    n_own,
    n_samples,
    soft_supcon,
    spectral,
    supcon,
    supcon_in,
    supcon_row,
    supcon_rule,
    two_tower,
)
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau
from tests.certify.certified import certified
from tests.oracles.reduction import sample_level
from tests.oracles.tables import disjoint_batches

_PULL = 2 * row_sum(q[a] * s[a] / tau)
softplus = Loss("softplus", RowFormula("softplus", row_sum(c[a] * sympy.log(1 + sympy.exp(s[a] / tau))) - _PULL), supcon_rule)
SOFT = soft_supcon([["1/3", "1/9", 0], ["1/9", 1, 0], [0, 0, 1]])
SOFT_TOO_WEAK = soft_supcon([["1/4", 0], [0, 1]])
BATCHES = disjoint_batches((0, 0, 1, 1, 0, 0, 1, 1), [(0, 1, 2, 3), (4, 5, 6, 7)])
BY_OTHERS = Loss(
    "by others",
    supcon_row,
    CoefficientRule(sympy.Integer(1), sympy.Integer(1), 1 / (n_own - 1), 1 / n_other, 1 / (n_samples * n_other)),
)

CASES = {
    "decoupled": (Problem(decoupled, Classes((5, 3, 2)), temperature="1/5"), "groups"),
    "decoupled, ball": (Problem(decoupled, Classes((5, 3, 2)), temperature="1/5", constraint=Ball("3/2")), "groups"),
    "spectral, small sphere": (Problem(spectral, Classes((3, 2, 2)), constraint=Sphere("1/2")), "groups"),
    "spectral, unit sphere": (Problem(spectral, Classes((3, 2, 2))), "samples"),
    "spectral, non-negative": (Problem(spectral, Classes((3, 2, 2)), constraint=NonNegative()), "samples"),
    "softplus, pairs": (Problem(softplus, Classes((2, 2))), "groups"),
    "softplus": (Problem(softplus, Classes((4, 3, 2)), temperature="1/2"), "samples"),
    "softplus, ball": (Problem(softplus, Classes((4, 3, 2)), temperature="1/2", constraint=Ball()), "samples"),
    "coefficients by the other class": (Problem(BY_OTHERS, Classes((5, 4, 4, 2)), temperature="1/2"), "groups"),
    "soft targets": (Problem(SOFT, Classes((4, 2, 2)), temperature="1/2"), "groups"),
    "soft targets too weak": (Problem(SOFT_TOO_WEAK, Classes((4, 2)), temperature="1/2"), "samples"),
    "mini-batches": (Problem(BATCHES, Classes((4, 4)), temperature="1/2"), "samples"),
    "two towers": (Problem(two_tower(3), Classes((2, 2, 2)), temperature="1/2"), "samples"),
    "two towers, cold": (Problem(two_tower(3), Classes((2, 2, 2)), temperature="1/50"), "samples"),
    "cross-entropy": (Problem(cross_entropy_of_labels([0, 0, 1, 1, 2, 2], 3), Classes((3, 2, 2, 2))), "samples"),
    "cross-entropy, ridge": (Problem(cross_entropy_of_labels([0, 0, 1], 2), Classes((3, 2)), constraint=Ridge("1/10")), "samples"),
}


@pytest.mark.parametrize("name", CASES)
def test_other_losses_have_a_tight_interval_at_the_level_that_applies(name):
    problem, level = CASES[name]
    found = certified(problem)
    assert found.level == level
    assert found.gap <= abs(found.lower) / (10**2 if "cold" in name else 10**20)
    if level == "samples":
        assert found.radius is None and "class level" in found.radius_reason


def contains(found, value):
    """The interval holds the value to 60 digits, of which the working precision leaves more."""
    lower, upper = (mpmath.mpf(x.numerator) / x.denominator for x in (found.lower, found.upper))
    slack = abs(value) * mpmath.mpf(10) ** -60
    return lower - slack <= value <= upper + slack


MINE = """
from sympy import exp, log
from scverify.symbolic.row import row_sum

def mine(s, c, q, tau, a):
    return log(row_sum(c[a] * exp(s[a] / tau))) - row_sum(q[a] * s[a] / tau)
"""


def test_spectral_contrast_of_pairs_by_hand():
    # a row is B_cc^2 - 2 B_cc for its one positive, and the squares of its negatives: collapsed pairs at right angles give -1 a row
    found = certified(Problem(spectral, Classes((2, 2, 2))))
    assert found.lower <= -6 <= found.upper


def test_two_towers_are_a_simplex_of_pairs():
    """Each row is log(sum of exp over the other tower) minus the pair: pairs coincide, and form a regular simplex."""
    with mpmath.workdps(120):
        for name, temperature in (("two towers", mpmath.mpf(1) / 2), ("two towers, cold", mpmath.mpf(1) / 50)):
            assert contains(certified(CASES[name][0]), 6 * mpmath.log(1 + 2 * mpmath.exp(mpmath.mpf(-3) / 2 / temperature)))


def test_cross_entropy_is_a_simplex_of_class_vectors():
    with mpmath.workdps(120):
        assert contains(certified(CASES["cross-entropy"][0]), 6 * mpmath.log(1 + 2 * mpmath.exp(mpmath.mpf(-3) / 2)))


def test_full_batches_are_supcon_and_smaller_ones_are_easier():
    full = disjoint_batches((0, 0, 1, 1), [(0, 1, 2, 3)])
    table, rule = (certified(Problem(loss, Classes((2, 2)), temperature="1/2")) for loss in (full, supcon))
    assert max(table.lower, rule.lower) <= min(table.upper, rule.upper)
    # the batches of the case do not interact: twice the optimum of one
    both = certified(CASES["mini-batches"][0])
    assert both.lower <= 2 * rule.upper and 2 * rule.lower <= both.upper


def test_a_loss_from_a_file_is_certified_like_its_twin(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    mine = certified(Problem(load_loss(f"{tmp_path / 'mine.py'}::mine"), Classes((5, 4, 3)), temperature="1/10"))
    twin = certified(Problem(supcon, Classes((5, 4, 3)), temperature="1/10"))
    assert (mine.lower, mine.upper) == (twin.lower, twin.upper)


def test_reduction_does_not_change_the_optimum():
    """The same loss with its coefficients by sample, which no level but that of samples accepts."""
    by_rule = Problem(supcon, Classes((3, 2)), temperature="1/3")
    level = sample_level(by_rule)
    c_table, q_table = (tuple((*row[:i], row[-1], *row[i + 1 : -1]) for i, row in enumerate(rows)) for rows in (level.c, level.q))
    by_sample = Problem(Loss("by sample", supcon.formula, SampleTable(level.weight, c_table, q_table)), Classes((3, 2)), temperature="1/3")
    large, small = certified(by_sample), certified(by_rule)
    assert (large.level, small.level) == ("samples", "groups")
    assert max(large.lower, small.lower) <= min(large.upper, small.upper)
    np.testing.assert_allclose(large.gram, small.gram[np.ix_(by_rule.classes.labels, by_rule.classes.labels)], atol=1e-9)


def test_a_loss_that_is_not_convex_is_refused():
    with pytest.raises(InputError, match=r"supcon_in, whose row formula is not known to be convex.*critical points") as refusal:
        optimum(Problem(supcon_in, Classes((3, 2)), constraint=Ball()))
    assert refusal.value.exit_code == 2


def test_an_objective_without_a_lower_bound_is_told():
    with pytest.raises(Undecided, match="unbounded below"):
        optimum(Problem(decoupled, Classes((5, 3, 3)), temperature="1/5", constraint=Ridge("1/10")))


def test_only_the_squared_radius_over_the_temperature_matters():
    placed = [("1/8", Sphere()), ("1/2", Sphere(2))]
    cold, wide = (certified(Problem(supcon, Classes((4, 3, 2)), temperature=t, constraint=sphere)) for t, sphere in placed)
    assert max(cold.lower, wide.lower) <= min(cold.upper, wide.upper)
    assert cold.gap < Fraction(1, 10**30)


_UNSCALED = sympy.log(row_sum(c[a] * sympy.exp(s[a] / tau))) - row_sum(q[a] * s[a] / tau)


def _own(name: str, expression: sympy.Expr) -> Loss:
    return Loss(name, RowFormula(name, expression), supcon_rule)


def test_twice_a_loss_keeps_its_groups_and_has_twice_its_optimum():
    once, twice = (optimum(Problem(loss, Classes((8,) * 8), temperature="1/10")) for loss in (supcon, _own("doubled", 2 * _UNSCALED)))
    assert twice.level == "groups" and twice.solver == "rank-one"
    assert abs(twice.lower - 2 * once.lower) < Fraction(1, 10**12)


def test_a_loss_in_bits_has_an_optimum():
    nats, bits = (optimum(Problem(loss, Classes((3, 3)), temperature="1/2")) for loss in (supcon, _own("bits", _UNSCALED / sympy.log(2))))
    assert float(bits.lower) == pytest.approx(float(nats.lower) / np.log(2), rel=1e-12)


def test_a_row_that_has_no_value_without_q_does_not_run_away():
    mean = CoefficientRule(sympy.Integer(1), sympy.Integer(0), 1 / (n_own - 1), sympy.Integer(1), sympy.Integer(0))
    lifted = sympy.log(row_sum(c[a] * sympy.exp(s[a] / tau))) + sympy.log(row_sum(q[a] * sympy.exp(-s[a] / tau)))
    found = optimum(Problem(Loss("lifted", RowFormula("lifted", lifted), mean), Classes((3, 3, 3)), temperature="1/2"))
    assert float(found.lower) == pytest.approx(-10.8741647769475, abs=1e-12)


def test_a_row_without_q_has_an_optimum():
    uniformity = _own("uniformity", sympy.log(row_sum(c[a] * sympy.exp(s[a] / tau))))
    found = optimum(Problem(uniformity, Classes((2, 2)), temperature="1/2"))
    # four unit vectors at similarities -1/3: 4 log(3 exp(-2/3))
    assert float(found.lower) == pytest.approx(4 * (np.log(3) - 2 / 3), rel=1e-12)


def test_a_formula_that_is_not_linear_in_its_coefficients_has_an_optimum_over_samples():
    """c is 0 or 1, so that c^2 is c: the loss is supcon, written so that its samples cannot be merged."""
    squared = sympy.log(row_sum(c[a] ** 2 * sympy.exp(s[a] / tau))) - row_sum(q[a] * s[a] / tau)
    found, merged = (optimum(Problem(loss, Classes((3, 3, 3)), temperature="1/2")) for loss in (_own("squared", squared), supcon))
    assert found.level == "samples" and merged.level == "groups"
    assert max(found.lower, merged.lower) <= min(found.upper, merged.upper) and found.gap < Fraction(1, 10**12)


def test_a_coefficient_in_an_exponent_has_an_optimum_over_samples():
    """Classes of two, q = 1 on the positive: the row log(e^(s/tau) + n - 2) is least at -1 for it, and does not see the others."""
    row = sympy.log(row_sum(sympy.exp(q[a] * s[a] / tau) * c[a]))
    found = optimum(Problem(_own("exponent", row), Classes((2, 2)), temperature="1/2"))
    assert float(found.lower) == pytest.approx(4 * np.log(np.exp(-2) + 2), rel=1e-12)


def test_a_formula_in_which_unseen_samples_count_is_refused_in_one_line():
    with pytest.raises(InputError, match="does not see") as error:
        optimum(Problem(_own("other", row_sum(sympy.exp(s[a])) + row_sum(c[a] * s[a])), Classes((3, 3, 3)), temperature="1/2"))
    assert "\n" not in str(error.value)


def test_an_exponential_of_a_whole_row_has_an_optimum_under_a_ridge():
    expression = sympy.exp(row_sum(c[a] * s[a] ** 2) / 5) - 3 * row_sum(q[a] * s[a] / tau)
    found = optimum(Problem(_own("square", expression), Classes((3, 4)), temperature="7/10", constraint=Ridge("1/10")))
    assert float(found.lower) == pytest.approx(-23.071981492959996, rel=1e-12)


def test_a_hypothesis_that_balls_leave_open_leads_to_the_sample_level():
    expression = row_sum(c[a] * sympy.log(1 + sympy.exp(s[a] / tau))) - 2 * row_sum(q[a] * s[a] / tau)
    problem = Problem(_own("logistic", expression), Classes((3, 1)), temperature="1/50", constraint=NonNegative(), singletons="ignore")
    found = optimum(problem)
    assert found.level == "samples" and float(found.lower) == pytest.approx(3 * np.log(2), rel=1e-12)


def test_mini_batches_on_a_ball_have_an_optimum():
    loss = disjoint_batches([0, 0, 0, 1, 1, 1, 1], [[0, 1, 2, 4, 6], [3, 5]])
    found = optimum(Problem(loss, Classes((3, 4)), temperature="1/50", constraint=Ball("3/2")))
    assert found.lower <= found.upper


def test_auto_falls_back_where_a_root_in_floats_has_no_more_digits():
    """Soft targets whose entropy is attained: S = 0, and the rank-one system is singular there."""
    sizes, soft = (6, 2, 2), Fraction(1, 100)
    targets = [[(1 - soft) / (size - 1) if y == z else soft / (10 - size) for z in range(3)] for y, size in enumerate(sizes)]
    found = optimum(Problem(soft_supcon(targets), Classes(sizes), temperature="1/5"))
    assert found.solver == "factorised"


def test_an_objective_without_a_bound_is_said_to_have_none_and_no_other_solver_is_advised():
    with pytest.raises(Undecided, match="unbounded below, with a certificate") as undecided:
        optimum(Problem(decoupled, Classes((2, 2)), temperature=1, constraint=Ridge("1/10")))
    assert "--solver" not in str(undecided.value)
