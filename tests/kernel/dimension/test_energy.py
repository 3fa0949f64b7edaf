"""The energy of pairs: interpolants below the exponential, Gegenbauer coefficients, and configurations at which the bound is attained."""

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import Rejected
from scverify.kernel.dimension.collapse import ClassProblem
from scverify.kernel.dimension.energy import check_energy, gegenbauer, interpolant, least_energy


def pair_energy(points, rate):
    cosines = points @ points.T
    values = np.exp(rate * (cosines - 1))
    return values.sum() - np.trace(values)


SHARP = [
    (4, 2, ["0"], True, np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])),
    (6, 3, ["0"], True, np.vstack([np.eye(3), -np.eye(3)])),
    (3, 2, ["-1/2"], False, np.array([[1, 0], [-0.5, np.sqrt(3) / 2], [-0.5, -np.sqrt(3) / 2]])),
]


@pytest.mark.parametrize(("k", "dim", "nodes", "antipode", "points"), SHARP)
@pytest.mark.parametrize("rate", [1, 7, 20])
def test_the_bound_is_attained_at_sharp_configurations(k, dim, nodes, antipode, points, rate):
    with ctx.workprec(128):
        bound = least_energy(k, dim, fmpq(rate), [fmpq(*map(int, (t + "/1").split("/")[:2])) for t in nodes], antipode)
    assert float(bound) == pytest.approx(pair_energy(points, rate), rel=1e-12)


@given(st.integers(2, 4), st.integers(2, 7), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_configuration_has_a_lower_energy(dim, k, rate, seed):
    draws = np.random.default_rng(seed)
    points = draws.standard_normal((k, dim))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    nodes = [fmpq(int(x), 100) for x in sorted(set(draws.integers(-95, 95, 2).tolist()))]
    with ctx.workprec(128):
        try:
            bound = least_energy(k, dim, fmpq(rate), nodes, bool(seed % 2))
        except Rejected:
            return
    assert float(bound) <= pair_energy(points, rate) * (1 + 1e-12)


@given(st.integers(1, 30), st.lists(st.integers(-95, 95), min_size=1, max_size=3, unique=True), st.booleans())
def test_the_interpolant_lies_below(rate, places, antipode):
    with ctx.workprec(256):
        form = interpolant(fmpq(rate), [fmpq(x, 100) for x in sorted(places)], antipode)
        for t in np.linspace(-1, 1, 21):
            value, factor = arb(0), arb(1)
            for point, coefficient in zip(*form, strict=True):
                value += coefficient * factor
                factor *= arb(float(t)) - point
            assert not value > (arb(rate) * (arb(float(t)) - 1)).exp()


def test_the_coefficients_are_those_of_the_polynomials():
    """h(t) by its Gegenbauer coefficients is h(t) by Newton's form; in the plane P_j is Chebyshev's polynomial."""
    with ctx.workprec(128):
        form = interpolant(fmpq(3), [fmpq(-1, 3), fmpq(1, 2)], True)
        coefficients = gegenbauer(form, 2)
        for angle in (0.3, 1.1, 2.9):
            by_angles = sum(float(h) * np.cos(j * angle) for j, h in enumerate(coefficients))
            value, factor = 0.0, 1.0
            for point, coefficient in zip(*form, strict=True):
                value += float(coefficient) * factor
                factor *= np.cos(angle) - float(point)
            assert by_angles == pytest.approx(value)


CLASSES = ClassProblem(2, fmpq(20), [4], [fmpq(3)], [fmpq(0)], [fmpq(2)], [[fmpq(3)]])


@pytest.mark.parametrize("nodes", [[], ["1"], ["-1"], ["0", "0"], ["1/2", "0"], ["0"] * 21])
def test_nodes_that_are_none_are_refused(nodes):
    with ctx.workprec(128), pytest.raises(Rejected, match="nodes"):
        check_energy(CLASSES, nodes, True, fmpq(9))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"multiplicity": [2, 2]}, "equal classes"),
        ({"dim": 1}, "two dimensions"),
        ({"own": [fmpq(0)]}, "not positive"),
        ({"weight": [fmpq(0)]}, "not positive"),
        ({"other": [[fmpq(0)]]}, "not positive"),
    ],
)
def test_other_class_problems_are_refused(changes, why):
    with pytest.raises(Rejected, match=why):
        check_energy(CLASSES._replace(**changes), ["0"], True, fmpq(9))
