"""Compiled code gives the floats of the arrays, to the last bit."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.certify.compiled_exponential import exp_compiled
from scverify.certify.exponential import exp_nonpositive, exponential_for


def test_every_float_is_that_of_the_arrays():
    generator = np.random.default_rng(0)
    x = np.concatenate([-generator.uniform(0, largest, 20_000) for largest in (2.0**-10, 1.0, 40.0, 700.0)])
    x = np.concatenate([x, [0.0, -0.0, -700.0, -np.log(2) / 2, 2.0**-10, -1e-300, -5e-324], np.arange(-129_000, 0) * (np.log(2) / 128)])
    mine, theirs = x.copy(), x.copy()
    exp_compiled(mine)
    exp_nonpositive(theirs)
    assert np.array_equal(mine, theirs)


def test_what_is_no_number_stays_none_and_reads_no_other_memory():
    x = np.array([[np.nan, -np.inf], [-1e300, 1e300]])
    exp_compiled(x)
    assert np.isnan(x[0, 0])


def test_many_samples_take_it():
    assert exponential_for(10**6) is exp_compiled
