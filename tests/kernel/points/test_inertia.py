"""Signs of eigenvalues: of matrices made with a known signature, zeros on the diagonal among them, and at proved critical points."""

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import Unresolved
from scverify.kernel.points.inertia import SINGLE, _by_pivots, _complement, inertia, normal_inertia, plane_inertia
from scverify.kernel.points.orbit import prove_orbit
from tests.kernel.kept import kept, points_in
from tests.kernel.points.test_orbit import NAMES


def balls(matrix, radius=0.0):
    return [[arb(x, radius) for x in row] for row in matrix.tolist()]


def unimodular(size, generator):
    """An integer matrix of determinant +-1: congruence with it keeps the signature."""
    lower = np.tril(generator.integers(-2, 3, (size, size)), -1) + np.eye(size, dtype=int)
    upper = np.triu(generator.integers(-2, 3, (size, size)), 1) + np.eye(size, dtype=int)
    return (lower @ upper)[generator.permutation(size)]


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_a_signature_survives_congruence(negative, positive, hyperbolic, seed):
    generator = np.random.default_rng(seed)
    size = negative + positive + 2 * hyperbolic
    core = np.zeros((size, size), dtype=int)
    for i in range(negative + positive):
        core[i, i] = generator.integers(1, 10) * (-1 if i < negative else 1)
    for i in range(negative + positive, size, 2):
        core[i, i + 1] = core[i + 1, i] = generator.integers(1, 10)
    turn = unimodular(size, generator)
    with ctx.workprec(200):
        assert inertia(balls(core)) == (negative + hyperbolic, positive + hyperbolic)
        assert inertia(balls(turn @ core @ turn.T)) == (negative + hyperbolic, positive + hyperbolic)


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_a_zero_diagonal(size, seed):
    draws = np.random.default_rng(seed).integers(-9, 10, (size, size))
    matrix = draws + draws.T
    np.fill_diagonal(matrix, 0)
    values = np.linalg.eigvalsh(matrix.astype(float))
    if abs(values).min() > 1e-3:
        assert inertia(balls(matrix)) == ((values < 0).sum(), (values > 0).sum())


@pytest.mark.parametrize("matrix", [[[0]], [[1, 1], [1, 1]], [[0, 0], [0, 3]], [[1, 2, 3], [2, 4, 6], [3, 6, 1]]], ids=str)
def test_singular_matrices_are_unresolved(matrix):
    with pytest.raises(Unresolved, match="cannot be distinguished from zero"):
        inertia(balls(np.array(matrix)))


def test_balls_too_wide_are_unresolved_and_narrow_ones_are_not():
    matrix = np.array([[2.0, 1.0], [1.0, -1.0]])
    assert inertia(balls(matrix, 1e-3)) == (1, 1)
    with pytest.raises(Unresolved):
        inertia(balls(matrix, 2.0))
    # the determinant 1e-6 is lost in the radius
    with pytest.raises(Unresolved):
        inertia(balls(np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6]]), 1e-5))
    assert inertia(balls(np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6]]))) == (0, 2)


@pytest.mark.parametrize("size", [2, 4])
def test_a_pivot_of_order_two_needs_a_determinant_that_is_negative_for_certain(size):
    """With diagonal entries of 1/2 ± 9/20 and 1 beside them every determinant is negative; with 5 ± 5 some are not."""
    matrix = np.kron(np.eye(size // 2, dtype=int), np.array([[0, 1], [1, 0]]))
    for centre, radius, good in (("0.5", "0.45", True), ("5", "5", False)):
        table = [[arb(centre, radius) if i == j else arb(int(x)) for j, x in enumerate(row)] for i, row in enumerate(matrix)]
        if good:
            assert inertia(table) == (size // 2, size // 2)
        else:
            with pytest.raises(Unresolved):
                inertia(table)


def test_every_matrix_of_the_enclosure_has_the_signature():
    generator = np.random.default_rng(7)
    for _ in range(50):
        draws = generator.standard_normal((5, 5))
        centre = draws + draws.T
        try:
            found = inertia(balls(centre, 0.05))
        except Unresolved:
            continue
        noise = generator.uniform(-0.05, 0.05, (5, 5))
        values = np.linalg.eigvalsh(centre + np.triu(noise) + np.triu(noise, 1).T)
        assert found == ((values < 0).sum(), (values > 0).sum())


def test_the_empty_matrix():
    assert inertia([]) == (0, 0)


@pytest.mark.parametrize("size", [SINGLE + 1, 30])
def test_blocks_find_what_single_pivots_find(size):
    generator = np.random.default_rng(size)
    for _ in range(4):
        draws = generator.standard_normal((size, size))
        matrix = draws + draws.T
        values = np.linalg.eigvalsh(matrix)
        assert inertia(balls(matrix)) == _by_pivots(balls(matrix)) == ((values < 0).sum(), (values > 0).sum())


def test_a_singular_leading_block_is_left_to_single_pivots():
    size = 15
    matrix = np.zeros((2 * size, 2 * size))
    matrix[:size, size:] = matrix[size:, :size] = np.random.default_rng(0).standard_normal((size, size)) + 5 * np.eye(size)
    with pytest.raises(Unresolved):
        _complement(balls(matrix), size)
    assert inertia(balls(matrix)) == (size, size)
    with pytest.raises(Unresolved):
        inertia(balls(np.ones((size, size))))


def test_a_leading_block_of_uncertain_sign_decides_nothing():
    """Every matrix of the enclosure must be nonsingular: with an entry of 0 ± 1/10 the block holds singular ones."""
    size = SINGLE + 2
    matrix = balls(np.eye(size))
    matrix[0][0] = arb(0, 0.1)
    with pytest.raises(Unresolved):
        inertia(matrix)


@pytest.mark.parametrize("name", NAMES)
def test_saddles_alone_have_a_direction_of_negative_curvature(name):
    data = kept(name)
    with ctx.workprec(data["precision"]):
        level = points_in(data)
        orbit = prove_orbit(level, data["claim"], data["witness"])
        normal = normal_inertia(orbit)[0] if orbit.layout.r < level.dim else 0
        assert (plane_inertia(orbit)[0] + normal > 0) == ("saddle" in name)
