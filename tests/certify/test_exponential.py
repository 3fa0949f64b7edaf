"""The exponential keeps the bound of its error, compiled or not."""

import sys

import numpy as np
import pytest
from flint import arb, ctx

from scverify.certify.exponential import EXP_ERROR, LOG2_HIGH, LOG2_LOW, exp_nonpositive, exponential_for

BITS = 200
UNIT = 2.0**-53


def exact_exp(x: float) -> arb:
    with ctx.workprec(BITS):
        return arb(x).exp()


@pytest.mark.parametrize("largest", [2.0**-10, 1.0, 40.0, 700.0])
def test_the_exponential_keeps_its_bound(largest):
    generator = np.random.default_rng(int(largest))
    x = np.concatenate([-generator.uniform(0, largest, 3000), [0.0, -largest, -np.log(2) / 2, 2.0**-10, -1e-300, -5e-324]])
    computed = x.copy()
    exp_nonpositive(computed)
    with ctx.workprec(BITS):
        worst = max(abs(arb(y) / exact_exp(z) - 1).upper() for y, z in zip(computed.tolist(), x.tolist(), strict=True))
    assert worst < 6 * UNIT < EXP_ERROR
    assert worst > UNIT / 8  # a float is rounded: a bound of nothing would be too good


def test_the_two_parts_of_the_logarithm_of_two_are_what_the_bound_supposes():
    with ctx.workprec(BITS):
        assert abs(arb(2).log() - arb(LOG2_HIGH) - arb(LOG2_LOW)) < 2.0**-92
    assert int(LOG2_HIGH * 2.0**36) == LOG2_HIGH * 2.0**36


def test_few_samples_and_a_missing_numba_take_the_arrays(monkeypatch):
    assert exponential_for(100) is exp_nonpositive
    monkeypatch.setitem(sys.modules, "scverify.certify.compiled_exponential", None)
    assert exponential_for(10**6) is exp_nonpositive
