"""Lower bounds of a dimension: nodes found from the best point, bounds that the kernel verifies, and none where it knows none."""

import numpy as np
import pytest

from scverify import Ball, Classes, Problem
from scverify.certify.dimension.lower import better_lower

SQUARE = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])


def test_a_square_at_low_temperature_is_bounded_within_a_millionth():
    problem = Problem("supcon", Classes((3, 3, 3, 3)), dim=2, temperature="1/20")
    lower, name, proof = better_lower(problem, SQUARE @ SQUARE.T)
    exact = 12 * np.log(2 + 3 * (2 * np.exp(-20.0) + np.exp(-40.0)))
    assert name == "energy of pairs" and proof["witness"]["antipode"] is True
    assert 0 <= exact - float(lower) < 1e-12 * exact


def test_a_pentagon_has_two_nodes():
    angles = 2 * np.pi * np.arange(5) / 5
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    problem = Problem("supcon", Classes.balanced(5, 2), dim=2, temperature="1/20")
    lower, _, proof = better_lower(problem, points @ points.T)
    y = 2 * (2 * np.exp(-20 * (1 - np.cos(angles[1]))) + 2 * np.exp(-20 * (1 - np.cos(angles[2]))))
    assert len(proof["witness"]["nodes"]) == 2
    assert 0 <= 1 - float(lower) / (10 * np.log1p(y)) < 1e-4


def test_signs_in_one_dimension():
    problem = Problem("supcon", Classes((3, 2)), dim=1, temperature="1/2")
    lower, name, _ = better_lower(problem, np.array([[1.0, -1.0], [-1.0, 1.0]]))
    exact = 3 * np.log(2 + 2 * np.exp(-4)) + 2 * np.log(1 + 3 * np.exp(-4))
    assert name == "all signs" and float(lower) == pytest.approx(exact)


@pytest.mark.parametrize(
    "problem",
    [
        Problem("supcon", Classes((3, 3, 2, 2)), dim=2, temperature="1/20"),
        Problem("supcon", Classes((3, 3, 3, 3)), dim=2, temperature="1/20", constraint=Ball()),
        Problem("supcon", Classes((3, 3, 3, 3)), dim=2, temperature="1/500"),
    ],
)
def test_nothing_where_nothing_is_known(problem):
    assert better_lower(problem, SQUARE @ SQUARE.T) is None
