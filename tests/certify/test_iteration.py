"""Newton's method with a fixed Jacobian: the square root of two, a system that floats cannot resolve, and one that is singular."""

import numpy as np
from flint import arb, ctx

from scverify.certify.iteration import ball_solver, float_solver, least_squares_solver, newton_in_balls
from scverify.certify.precise import as_array


def test_a_float_factor_gains_its_digits_at_every_step():
    with ctx.workprec(300):
        root = newton_in_balls(
            as_array([1.4]),
            left_sides=lambda x: x * x - 2,
            moved=lambda x, step: as_array([y.mid() for y in x - step]),
            solve=float_solver(np.array([[2.8]])),
            bits=256,
        )
        assert abs(root[0] ** 2 - 2) < arb(2) ** -250


def test_a_step_that_does_not_help_is_not_taken():
    start = as_array([1.4])
    assert newton_in_balls(start, lambda x: x * x - 2, lambda x, step: x + step, float_solver(np.array([[2.8]])), 200) is start


def test_three_solvers_on_one_system():
    matrix, right = np.array([[2.0, 1.0], [1.0, 3.0]]), as_array([3.0, 4.0])
    for solve in (float_solver(matrix), least_squares_solver(matrix), ball_solver(lambda: as_array(matrix))):
        assert all(abs(x - 1) < 1e-12 for x in solve(right))


def test_a_singular_system_has_a_shortest_step_and_no_inverse():
    matrix = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert all(abs(x - 1) < 1e-12 for x in least_squares_solver(matrix)(as_array([2.0, 2.0])))
    assert all(x == 0 for x in ball_solver(lambda: as_array(matrix))(as_array([2.0, 2.0])))
