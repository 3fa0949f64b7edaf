"""Compiled hints of directions find what they look for; they decide nothing."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled
from scverify.kernel.landscapes import compiled_direction_hints as hints
from tests.kernel.landscapes.instances import domain_of, of, points_of, random_boxes, truth


def test_a_pole_lies_on_the_side_of_every_point():
    h = np.random.default_rng(1).normal(size=(3, 4))
    h[0] = np.abs(h[0]) + 0.5
    pole, sides = np.zeros(3), np.array([1.0, 1.0, -1.0, -1.0])
    hints.pole_of(sides, np.stack([-h * sides, h * sides], axis=-1), pole, -1.0)
    assert (pole @ h > 0).all()


def test_a_factorisation_solves_its_system():
    a = np.random.default_rng(2).normal(size=(6, 6))
    a = a + a.T + 12 * np.eye(6)
    y, table = np.arange(1.0, 7.0), np.triu(a)
    expected = np.linalg.solve(a, y)
    hints.factor(table, -1.0)
    quotient = hints.solve(table, y, np.zeros(6), -1.0)
    np.testing.assert_allclose(y, expected / np.linalg.norm(expected), rtol=1e-12)
    assert quotient == pytest.approx(y @ a @ y, rel=1e-12)


def thin(values):
    """Floats as bounds (-low, high)."""
    return np.stack([-values, values], axis=-1)


def test_a_direction_has_the_least_second_derivative_that_is_said():
    rng = np.random.default_rng(0)
    problem, level, rows = of((3, 2), 3, "1")
    boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 30, 0.1)
    h, rate = points_of(boxes, rng, 3)
    weight = np.stack([-rows.weight.low, rows.weight.high], axis=-1)
    negative = 0
    for place in range(len(boxes)):
        x, kappa = h[:, :, place], rate[place]
        _, p, _, s, hessian = truth(level, x, kappa)
        (v, *_), room = compiled.directions.py_func(5, 3)
        bend = hints.negative_direction(thin(x), thin(s), thin(p), weight, kappa, v, room, -1.0)
        moved = x.T @ v + v.T @ x
        spread = [kappa * (p[i] @ moved[i] ** 2 - (p[i] @ moved[i]) ** 2) for i in range(5)]
        assert np.sum(s * (v.T @ v)) + sum(spread) == pytest.approx(bend, abs=1e-9)
        least = np.linalg.eigvalsh(hessian)[0]
        assert bend >= least * (v * v).sum() - 1e-9
        if least < -0.05:
            negative += 1
            assert bend < 0.25 * least * (v * v).sum()
    assert negative > 10
