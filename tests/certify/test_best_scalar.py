"""Free scalars: values against closed forms and written-out losses, and the intervals in which they lie at every minimiser."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy, siglip
from scverify.model.units import UnitProblem
from tests.certify.test_units import closed_clip


def simplex_of_sigmoids(pairs, inverse, bias):
    """The loss of siglip at a simplex of pairs."""
    return pairs * mpmath.log1p(mpmath.exp(-inverse - bias)) + pairs * (pairs - 1) * mpmath.log1p(mpmath.exp(bias - inverse / (pairs - 1)))


@pytest.mark.parametrize(("pairs", "tau"), [(2, "1"), (5, "1"), (5, "1/4"), (40, "1/10")])
def test_the_best_bias_of_siglip_is_that_of_the_simplex(pairs, tau):
    found = unit_optimum(UnitProblem(siglip(pairs, "free"), tau))
    with mpmath.workdps(50):
        inverse = 1 / mpmath.mpf(Fraction(tau).numerator) * Fraction(tau).denominator
        best = mpmath.findroot(lambda b: mpmath.diff(lambda x: simplex_of_sigmoids(pairs, inverse, x), b), -1)
        value = simplex_of_sigmoids(pairs, inverse, best)
        assert float(found.lower) - 1e-12 <= value <= float(found.upper) + 1e-12
        assert float(found.scalars["bias"].least) <= best <= float(found.scalars["bias"].most)
    assert found.gap <= found.upper / 10**12 and found.rank == pairs - 1
    assert found.scalars["bias"].most - found.scalars["bias"].least < Fraction(1, 10**6)
    assert verify_data(found.scalars["bias"].certificate).word == "VERIFIED"


def test_a_bias_at_the_end_of_its_interval():
    """The best bias of 5 pairs at tau = 1 is -1.46."""
    found = unit_optimum(UnitProblem(siglip(5, "free:-1,3"), 1))
    assert found.scalars["bias"].least == -1 and found.scalars["bias"].most < Fraction(-999, 1000)
    fixed = unit_optimum(UnitProblem(siglip(5, -1), 1))
    assert fixed.lower <= found.upper and found.lower <= fixed.upper


def test_the_coldest_temperature_is_best_for_clip():
    found = unit_optimum(UnitProblem(clip(4), "free:1/3,2"))
    assert found.lower <= closed_clip(4, Fraction(1, 3)) <= found.upper and found.gap <= found.upper / 10**12
    assert found.scalars["inverse_temperature"].most == 3 and "1/3" in str(found.problem)


def test_a_temperature_inside_its_interval():
    """With the bias of -1 held, a temperature of 5 pairs is best where the value rises on both sides."""
    found = unit_optimum(UnitProblem(siglip(5, -1), "free:1/20,20"))
    within = found.scalars["inverse_temperature"]
    if Fraction(1, 20) < within.least and within.most < 20:
        beside = [unit_optimum(UnitProblem(siglip(5, -1), 1 / t)).lower for t in (within.least * 9 / 10, within.most * 11 / 10)]
        assert min(beside) > found.upper


def test_ridged_biases_of_cross_entropy():
    """Balanced classes need no bias; two sizes have two, of mean 0: adding a number to all of them changes only the ridge."""
    even = unit_optimum(UnitProblem(cross_entropy((4, 4, 4), bias="ridge:1/2"), 1, Ridge("1/2")))
    without = unit_optimum(UnitProblem(cross_entropy((4, 4, 4)), 1, Ridge("1/2")))
    assert even.lower <= without.upper and without.lower <= even.upper
    assert even.scalars["bias0"].least < 0 < even.scalars["bias0"].most
    found = unit_optimum(UnitProblem(cross_entropy((9, 3, 3), bias="ridge:1/2"), 1, Ridge("1/2")))
    large, small = found.scalars["bias0"], found.scalars["bias1"]
    assert large.least + 2 * small.least < 0 < large.most + 2 * small.most and small.most < 0 < large.least


@given(seed=st.integers(0, 2**32 - 1), bias=st.fractions(-5, 5, max_denominator=10), tau=st.fractions("1/4", 1, max_denominator=8))
def test_no_configuration_and_no_scalar_lies_below_the_lower_bound(seed, bias, tau):
    lower = float(_free().lower)
    generator = np.random.default_rng(seed)
    images, texts = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in generator.standard_normal((2, 4, 3)))
    logits = images @ texts.T / float(tau) + float(bias)
    signs = 2 * np.eye(4) - 1
    assert np.logaddexp(0, -signs * logits).sum() >= lower


_FOUND = {}


def _free():
    if not _FOUND:
        _FOUND[0] = unit_optimum(UnitProblem(siglip(4, "free"), "free:1/4,1"))
    return _FOUND[0]
