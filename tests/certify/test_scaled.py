"""Losses in other units: as fast as the loss without the factor, with as many digits as are asked for, and never under a ridge."""

import numpy as np
import pytest
import sympy

from scverify.certify.optimum import optimum
from scverify.certify.scaled import digits_without_factor, without_factor
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative, Ridge
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss, supcon, supcon_rule
from scverify.symbolic.row import RowFormula
from scverify.symbolic.symbols import a, c, row_sum, s

BITS = Loss("bits", RowFormula("bits", supcon.formula.expression / sympy.log(2)), supcon_rule)


def test_many_classes_in_bits_take_the_rank_one_form():
    problem = Problem(BITS, Classes.named("cifar100-lt"), temperature="1/10")
    found, nats = optimum(problem, digits=20), optimum(problem.replace(loss=supcon))
    assert found.solver == "rank-one" and found.gap < 1e-20 and not found.shortfall
    assert float(found.lower) == pytest.approx(float(nats.lower) / np.log(2), rel=1e-12)
    assert all(verify_data(data).word == "VERIFIED" for data in found.certificates.values())
    assert (found.rank, found.radius) == (nats.rank, optimum(problem.replace(loss=supcon), digits=found_digits(problem)).radius)


def found_digits(problem):
    """The digits of the loss without its factor that give twenty with it."""
    return digits_without_factor(problem, 20)


def test_signs_stay_and_a_ridge_has_no_factor():
    signed = Problem(BITS, (3, 2), temperature="1/2", constraint=NonNegative())
    assert verify_data(optimum(signed).certificate).word == "VERIFIED" and without_factor(signed).constraint == signed.constraint
    ridged = Problem(BITS, (3, 2), temperature="1/2", constraint=Ridge(1))
    assert without_factor(ridged) is None and verify_data(optimum(ridged).certificate).word == "VERIFIED"


def test_a_loss_without_a_factor_is_left_alone():
    assert without_factor(Problem(supcon, (3, 2))) is None
    unknown = sympy.log(row_sum(c[a])) * row_sum(s[a] * c[a])
    assert RowFormula("unknown", unknown).without_factor is None
    assert RowFormula("smaller", row_sum(c[a] * s[a]) * sympy.log(sympy.Rational(1, 2))).without_factor is None
