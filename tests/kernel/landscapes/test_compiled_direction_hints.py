"""The direction that compiled code finds has the second derivative that it says, near the least one."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled, compiled_direction_hints
from tests.kernel.landscapes.instances import domain_of, of, points_of, random_boxes, truth


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
        bend = compiled_direction_hints.negative_direction(thin(x), thin(s), thin(p), weight, kappa, v, room, -1.0)
        moved = x.T @ v + v.T @ x
        spread = [kappa * (p[i] @ moved[i] ** 2 - (p[i] @ moved[i]) ** 2) for i in range(5)]
        assert np.sum(s * (v.T @ v)) + sum(spread) == pytest.approx(bend, abs=1e-9)
        least = np.linalg.eigvalsh(hessian)[0]
        assert bend >= least * (v * v).sum() - 1e-9
        if least < -0.05:
            negative += 1
            assert bend < 0.25 * least * (v * v).sum()
    assert negative > 10
