"""The direction of a hint is near the lowest eigenvector: a hint decides nothing, but a poor one settles no box."""

import numpy as np
import pytest

from scverify.kernel.landscapes.node_hints import lowest_direction
from tests.kernel.landscapes.node_instances import CASES, boxes_of, truth


@pytest.mark.parametrize("name", ["clip", "sigmoid", "cross-entropy", "classes"])
def test_a_direction_is_near_the_lowest_of_the_hessian(name):
    at, points = boxes_of(CASES[name], 0.0, count=10)
    found, near = lowest_direction(at), 0
    for place, h in enumerate(points):
        _, hessian = truth(CASES[name], h)
        d, n = h.shape
        u = found[:, :, place] - h * (h * found[:, :, place]).sum(axis=0)
        frames = np.zeros((d * n, (d - 1) * n))
        for i in range(n):
            frames[i::n, i * (d - 1) : (i + 1) * (d - 1)] = np.linalg.svd(h[:, i : i + 1])[0][:, 1:]
        y = frames.T @ u.ravel()
        hessian = (hessian + hessian.T) / 2
        values = np.linalg.eigvalsh(hessian)
        near += y @ hessian @ y / (y @ y) < values[0] + 0.1 * (values[-1] - values[0])
    assert near >= 8
