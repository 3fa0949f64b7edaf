"""Minimisers apart, where a side of the nodes can be turned: they are written out, and have the value."""

import numpy as np
import pytest

from scverify.certify.units import unit_optimum
from scverify.kernel.verify import verify_data
from scverify.model.batches import mini_batches
from scverify.model.constraints import Ball, Ridge
from scverify.model.named import clip
from scverify.model.units import UnitProblem
from tests.oracles import written_out

ONE_SHARED = UnitProblem(mini_batches([(0, 1, 2, 3), (3, 4, 5, 6)], pairs=7), 1)


def turned(points, side, shared):
    """The points with one side turned about the span of the shared ones: its leading direction meets that of the other side, up or down."""
    n, d = points.shape
    middle = np.linalg.svd(points[shared], full_matrices=False)
    basis = middle[2][middle[1] > 1e-5] if shared else np.zeros((0, d))
    outside = points - points @ basis.T @ basis
    rest = [i for i in range(n) if i not in side and i not in shared]
    leading = [np.linalg.svd(outside[part])[2][0] for part in (side, rest)]
    for sign in (1, -1):
        found = np.concatenate([points, np.zeros((n, d))], axis=1)
        along = outside[side] @ leading[0]
        found[side, :d] = points[side] - outside[side] + sign * np.outer(along, leading[1])
        found[side, d:] = outside[side] - np.outer(along, leading[0])
        yield found


@pytest.mark.parametrize(
    "batches",
    [[(0, 1), (2, 3)], [(0, 1, 2, 3), (3, 4, 5, 6)], [(0, 1, 2, 3), (3, 4, 5, 6), (6, 7, 8, 9)]],
)
def test_turned_points_have_the_value_and_lie_as_far_apart_as_is_claimed(batches):
    pairs = 1 + max(map(max, batches))
    found = unit_optimum(UnitProblem(mini_batches(batches, pairs=pairs), 1))
    witness = found.several.certificate["witness"]
    points = np.array([vectors[0] for _, vectors in written_out.configuration(found)])
    one, other = turned(points, witness["first"], witness["shared"])
    for each in (one, other):
        assert written_out.clip(each[:pairs], each[pairs:], batches, 1) == pytest.approx(float(found.upper), rel=1e-8)
    assert np.linalg.norm(one @ one.T - other @ other.T) >= found.several.distance > 1
    assert verify_data(found.several.certificate).word == "VERIFIED" and "apart" in str(found)


def test_samples_of_labels_share_one_of_two_batches():
    labels = [0, 0, 1, 1, 2, 2, 3, 3, 3, 0, 0, 1, 1, 2, 2]
    found = unit_optimum(UnitProblem(mini_batches([range(8), range(7, 15)], labels=labels), "1/2"))
    assert found.several.distance > 3 and found.several.certificate["witness"]["shared"] == [7]


@pytest.mark.parametrize(
    "problem",
    [
        UnitProblem(clip(4), 1),
        UnitProblem(mini_batches("fano", pairs=7), 1),
        UnitProblem(mini_batches([(0, 1), (2, 3)], pairs=4), 1, Ridge("1/5")),
    ],
)
def test_where_no_side_can_be_turned_none_are_shown(problem):
    assert unit_optimum(problem).several is None


def test_in_a_ball_a_side_may_be_too_short_to_tell():
    assert unit_optimum(UnitProblem(mini_batches([(0, 1), (2, 3)], pairs=4), 1, Ball())).several is None
