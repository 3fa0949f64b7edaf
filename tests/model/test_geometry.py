"""Frames, rotations with a rigorous residual, and measures of collapse."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.errors import InputError
from scverify.model.geometry import class_geometry, gram, orthogonal_frame, procrustes, simplex_etf

shapes = st.tuples(st.integers(1, 5), st.integers(1, 8), st.integers(0, 2**32 - 1))


@pytest.mark.parametrize("k", [2, 3, 10, 50])
def test_simplex_etf(k):
    frame = simplex_etf(k)
    assert frame.shape == (k - 1, k)
    np.testing.assert_allclose(gram(frame), np.eye(k) * k / (k - 1) - 1 / (k - 1), atol=1e-13)


def test_orthogonal_frame():
    assert (orthogonal_frame(4) == np.eye(4)).all()
    for k in (0, 2.5):
        with pytest.raises(InputError):
            orthogonal_frame(k)
    with pytest.raises(InputError, match="at least 2"):
        simplex_etf(1)


def nearest_rotation_residual(rotation, first, second):
    """|Q H1 - H2|_F in 60 digits for the exactly orthogonal factor Q of the float rotation (Newton's iteration for the polar factor)."""
    with mpmath.workdps(60):
        q = mpmath.matrix(rotation.tolist())
        for _ in range(6):
            q = (q + (q**-1).T) / 2
        left = q * mpmath.matrix(first.tolist()) - mpmath.matrix(second.tolist())
        assert mpmath.norm(q.T * q - mpmath.eye(len(rotation)), mpmath.inf) < mpmath.mpf(10) ** -50
        return mpmath.sqrt(sum(x * x for x in left))


@given(shapes, st.sampled_from([0.0, 1e-9, 1.0]))
def test_the_residual_of_procrustes_holds_for_an_exactly_orthogonal_matrix(shape, noise):
    d, n, seed = shape
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((d, n))
    turn, _ = np.linalg.qr(rng.standard_normal((d, d)))
    second = turn @ first + noise * rng.standard_normal((d, n))
    found = procrustes(first, second)
    exact = nearest_rotation_residual(found.rotation, first, second)
    assert exact <= found.residual
    # and it is not lax: what the float product leaves, and rounding
    assert found.residual <= float(exact) + 1e-13 * (1 + np.linalg.norm(first))
    assert found.residual <= np.linalg.norm(turn @ first - second) + 1e-13 * (1 + np.linalg.norm(first))


def test_procrustes_tells_reflections_and_other_shapes_apart():
    simplex = simplex_etf(3)
    mirrored = np.diag([1.0, -1.0]) @ simplex
    assert procrustes(simplex, mirrored).residual < 1e-14
    assert procrustes(simplex, 1.5 * simplex).residual == pytest.approx(0.5 * np.sqrt(3))
    with pytest.raises(InputError, match="one shape"):
        procrustes(simplex, orthogonal_frame(3))


def test_the_geometry_of_classes_that_have_collapsed_to_the_optimum():
    labels = np.repeat(np.arange(4), 3)
    found = class_geometry(simplex_etf(4).T[labels], labels, simplex_etf(4).T @ simplex_etf(4))
    assert found.sizes.tolist() == [3] * 4
    for zero in (*found.within, found.variability, found.equinorm, found.equiangle, found.distance):
        assert abs(zero) < 1e-12


def test_the_geometry_of_classes_tells_what_differs():
    labels = np.array([0, 0, 1, 1])
    points = np.array([[1.0, 0], [0, 1], [-1, 0], [-1, 0]])
    found = class_geometry(points, labels, np.array([[1.0, -1], [-1, 1]]))
    assert found.within.tolist() == [0.5, 0.0]
    assert found.difference[0, 1] == pytest.approx(1 - 1 / np.sqrt(2))
    assert found.variability > 0 and found.equinorm < 1e-12


def test_procrustes_refuses_what_is_not_finite():
    broken = np.array([[1.0, np.nan]])
    for pair in ((broken, np.ones((1, 2))), (np.ones((1, 2)), np.array([[1.0, np.inf]]))):
        with pytest.raises(InputError, match="NaN or infinite"):
            procrustes(*pair)


def test_measures_class_by_class():
    """Two classes: one collapsed at (1, 0), the other two points at +-60 degrees around (-1, 0)."""
    points = np.array([[1.0, 0], [1, 0], [-0.5, 3**0.5 / 2], [-0.5, -(3**0.5) / 2]])
    found = class_geometry(points, np.array([0, 0, 1, 1]), np.array([[1.0, -1], [-1, 1]]), np.array([[2.0, 0], [-3, 0]]))
    # means (1, 0) and (-1/2, 0), centred at +-3/4; variance of the second class 3/4
    assert found.spread == pytest.approx([0, 0.75 / 0.5625])
    assert found.norms == pytest.approx([1, 1]) and found.own == pytest.approx([1, 1])
    assert found.alignment == pytest.approx([1, 1])
    assert found.duality == pytest.approx(np.linalg.norm(np.array([2, -3]) / 13**0.5 - np.array([1, -1]) / 2**0.5))
    assert found.aligned == pytest.approx(0)
    assert found.plane.shape == (4, 2) and found.drawn.tolist() == [0, 0, 1, 1]


def test_a_rotation_costs_nothing_and_a_wrong_shape_does():
    labels = np.repeat(np.arange(3), 2)
    turned = simplex_etf(3).T[labels] @ np.linalg.qr(np.random.default_rng(0).standard_normal((2, 2)))[0]
    optimum = simplex_etf(3).T @ simplex_etf(3)
    assert class_geometry(turned, labels, optimum).aligned == pytest.approx(0, abs=1e-7)
    far = class_geometry(np.eye(3)[labels], labels, optimum).aligned
    # of I and the simplex, whose factors commute: sum of (1 - sqrt(eigenvalue))^2 over 3
    assert far == pytest.approx(((1 - 1.5**0.5) ** 2 * 2 + 1) ** 0.5 / 3**0.5)


def test_samples_nearest_to_another_mean_are_counted():
    angles = np.array([0.0, 0.0, 0.7, 3.0, 3.0, 3.0])
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert class_geometry(points, np.array([0, 0, 1, 1, 1, 1]), np.eye(2)).own == pytest.approx([1, 0.75])
