"""Losses on views and points: closed forms, and plain loops over the vectors that attain the optimum and over random ones."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.model.nodes import NodeLoss, NodeRow
from scverify.model.units import UnitProblem
from scverify.model.views import dhel, infonce, ntxent, uniformity
from scverify.symbolic.losses import supcon_row
from tests.oracles import written_out

TAUS = st.sampled_from(["1/5", "1/2", "1", "7/5"])


def share(m, tau):
    """e^{(b - 1)/tau} at the similarity b = -1/(m - 1) of a simplex."""
    return math.exp(-m / ((m - 1) * tau))


@given(images=st.integers(2, 40), views=st.integers(2, 4), tau=TAUS)
def test_ntxent_is_a_simplex_of_images(images, views, tau):
    found, t = unit_optimum(UnitProblem(ntxent(images, views), tau)), float(eval(tau))
    exact = images * views * math.log1p((images - 1) * views * share(images, t))
    assert float(found.lower) == pytest.approx(exact, rel=1e-13) and found.gap <= found.upper / 10**12
    assert verify_data(found.certificate).word == "VERIFIED"


def test_thousands_of_images():
    found = unit_optimum(UnitProblem(ntxent(4096), "1/2"))
    assert float(found.lower) == pytest.approx(8192 * math.log1p(2 * 4095 * share(4096, 0.5)), rel=1e-13)
    assert found.rank == 4095 and infonce is ntxent


@given(pairs=st.integers(2, 40), tau=TAUS)
def test_dhel_is_a_simplex_of_pairs(pairs, tau):
    found, t = unit_optimum(UnitProblem(dhel(pairs), tau)), float(eval(tau))
    exact = 2 * pairs * (math.log(pairs - 1) - 1 / ((pairs - 1) * t) - 1 / t)
    assert float(found.lower) == pytest.approx(exact, rel=1e-12, abs=1e-12)


@given(samples=st.integers(2, 40), tau=TAUS)
def test_uniformity_is_a_simplex_of_samples(samples, tau):
    found, t = unit_optimum(UnitProblem(uniformity(samples), tau)), float(eval(tau))
    exact = math.log(samples * (samples - 1)) - 1 / ((samples - 1) * t)
    assert float(found.lower) == pytest.approx(exact, rel=1e-12, abs=1e-12)
    assert verify_data(found.certificate).word == "VERIFIED"


def repeated(found, copies):
    """Vectors of the samples, and the unit of each."""
    units = [(p, vectors[0]) for p, (_, vectors) in enumerate(written_out.configuration(found)) for _ in range(copies)]
    return np.array([x for _, x in units]), [p for p, _ in units]


@settings(max_examples=6)
@given(images=st.integers(2, 4), views=st.integers(2, 3), tau=TAUS, seed=st.integers(0, 2**32 - 1))
def test_plain_loops_agree_at_the_optimum_and_lie_above_it_elsewhere(images, views, tau, seed):
    t, generator = float(eval(tau)), np.random.default_rng(seed)
    found = unit_optimum(UnitProblem(ntxent(images, views), tau))
    assert written_out.ntxent(*repeated(found, views), t) == pytest.approx(float(found.upper), rel=1e-9)
    image = np.repeat(np.arange(images), views)
    assert written_out.ntxent(written_out.on_spheres(generator, len(image)), image, t) >= float(found.lower) * (1 - 1e-12)

    found = unit_optimum(UnitProblem(dhel(images), tau))
    first, second = zip(*(vectors for _, vectors in written_out.configuration(found)), strict=True)
    assert written_out.dhel(first, second, t) == pytest.approx(float(found.upper), rel=1e-9, abs=1e-9)
    assert written_out.dhel(*(written_out.on_spheres(generator, images) for _ in range(2)), t) >= float(found.lower) - 1e-9

    found = unit_optimum(UnitProblem(uniformity(images), tau))
    assert written_out.uniformity(repeated(found, 1)[0], t) == pytest.approx(float(found.upper), rel=1e-9, abs=1e-9)
    assert written_out.uniformity(written_out.on_spheres(generator, images), t) >= float(found.lower) - 1e-9


def test_one_positive_at_a_time_is_a_row_for_each_positive():
    """The same loss with every row stated: anchor i and positive p see p and the views of other images."""
    views, n, rows = 3, 9, []
    for i in range(n):
        for p in range(n):
            if p // views == i // views and p != i:
                seen = {j: Fraction(1) for j in range(n) if j == p or j // views != i // views}
                rows.append(NodeRow(i, supcon_row, Fraction(1, views - 1), seen, {p: Fraction(1)}))
    stated = unit_optimum(UnitProblem(NodeLoss("stated", ("view",), (0,) * n, tuple(rows), n), "1/2"))
    merged = unit_optimum(UnitProblem(ntxent(3, views), "1/2"))
    assert stated.lower <= merged.upper and merged.lower <= stated.upper and stated.gap <= stated.upper / 10**9


@pytest.mark.parametrize("make", [lambda: ntxent(1), lambda: ntxent(3, 1), lambda: dhel(1), lambda: uniformity(1), lambda: ntxent("4")])
def test_wrong_numbers_are_refused(make):
    with pytest.raises(InputError):
        make()
