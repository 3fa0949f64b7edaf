"""Exponentials stay in range at any temperature."""

import mpmath
import numpy as np
import pytest
from flint import arb

from scverify.symbolic.compiled import evaluators, mpmath_evaluators
from scverify.symbolic.losses import supcon
from tests.symbolic.instances import Row

as_balls = np.frompyfunc(arb, 1, 1)


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("kind", [np.asarray, as_balls], ids=["floats", "balls"])
def test_the_largest_entry_may_have_coefficient_zero(place, kind):
    similarities, c_row, q_row = np.array([-0.9, -0.7, -0.8]), np.array([3.0, 2.0, 1.0]), np.array([0.0, 1.0, 0.0])
    c_row[place], similarities[place] = 0, 1
    temperature = kind(1 / 2048).item() if kind is np.asarray else arb(1) / 2048
    value, slope = evaluators(supcon.formula).value_and_gradient(kind(similarities), kind(c_row), kind(q_row), temperature)
    assert float(value) == pytest.approx(np.log(2), rel=1e-9)
    assert [float(x) for x in slope] == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("temperature", [1 / 10, 1 / 20, 1 / 40, 1 / 300])
def test_a_tiny_loss_keeps_its_relative_accuracy(temperature):
    similarities = np.array([1, 0.999755859375, -1, -0.5, 0.25])
    c_row, q_row = np.array([0.0, 1, 1, 5, 2]), np.array([0.0, 1, 0, 0, 0])
    row = Row("supcon", similarities, c_row, q_row, temperature, similarities)
    with mpmath.workdps(400):
        expected = mpmath_evaluators(row.formula).value(*row.in_mpmath())
        found = mpmath.mpf(float(evaluators(row.formula).value(*row.arguments)))
        assert expected < 3e-3
        assert abs(found / expected - 1) < 1e-12
