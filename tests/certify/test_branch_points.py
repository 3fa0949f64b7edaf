"""Points of a branch in floats: where its certificate says that the curve runs, and where it turns."""

from fractions import Fraction

import numpy as np
import pytest

import scverify as sv
from scverify.certify.branch_points import MOST_TUBES, branch_points, fold_points
from scverify.certify.threshold import threshold


@pytest.fixture(scope="module")
def branch():
    found = threshold(sv.Problem(sv.supcon, (3, 2), dim=2), tau=("1103/10000", "1104/10000"), starts=15)
    return found.followed[0].branch


def slope(tau, embeddings):
    """The norm of the loss's gradient on the spheres, by differences of a loop over anchors (3, 2 samples)."""
    labels = np.array([0, 0, 0, 1, 1])

    def loss(h):
        h = h / np.linalg.norm(h, axis=0)
        logits = h.T @ h / float(tau)
        return sum(
            np.log(sum(np.exp(logits[i, a]) for a in range(5) if a != i))
            - np.mean([logits[i, j] for j in range(5) if j != i and labels[j] == labels[i]])
            for i in range(5)
        )

    step = 1e-6
    changes = [step * np.eye(10)[k].reshape(2, 5) for k in range(10)]
    return np.linalg.norm([(loss(embeddings + e) - loss(embeddings - e)) / (2 * step) for e in changes])


def test_every_point_is_critical_at_its_temperature(branch):
    points = list(branch_points(branch.certificate))
    taus = [tau for tau, _ in points]
    assert taus == sorted(taus) and len(points) <= MOST_TUBES + 1
    assert abs(taus[0] - branch.lower) < 1e-15 and abs(taus[-1] - branch.upper) < 1e-15
    for tau, embeddings in points[::2]:
        assert embeddings.shape == (2, 5) and slope(tau, embeddings) < 1e-2
    assert slope(points[0][0], np.roll(points[0][1], 1, axis=1)) > 1


def test_the_curve_turns_between_its_ends(branch):
    points = list(fold_points(branch.certificate))
    taus = [float(tau) for tau, _ in points]
    assert 0 < int(np.argmax(taus)) < len(taus) - 1
    assert max(taus) <= float(branch.fold.upper) + 1e-12
    top = points[int(np.argmax(taus))]
    assert slope(*top) < 1e-3 and isinstance(top[0], Fraction)
