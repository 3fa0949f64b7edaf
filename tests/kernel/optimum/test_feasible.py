"""The feasible point of a witness: the similarities of its classes, vector by vector, and norms that the constraint allows."""

import numpy as np
import pytest
from flint import arb, fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.optimum.feasible import feasible_point, upper_bound
from tests.kernel.kept import kept, level_in

GROUPS = [[0], [1, 2]]
MEANS, SPREAD = [[3, 1], [-2, 0]], [[0], [2]]
WITNESS = {"means": {"bits": 1, "rows": MEANS}, "spread": {"bits": 2, "rows": SPREAD}}


def level(name):
    return level_in(kept(name), "groups", GROUPS)


def vectors(nonnegative):
    """The three classes: the means, and beside the second a pair of opposite (with H >= 0: orthogonal) vectors of squared norm 1/2."""
    half = np.sqrt(0.5)
    private = [(half, 0), (0, half)] if nonnegative else [(half, 0), (-half, 0)]
    return np.array([[1.5, 0.5, 0, 0], *((-1, 0, *part) for part in private)])


@pytest.mark.parametrize(("name", "scaled"), [("sphere", True), ("ball", True), ("ridge", False)])
def test_similarities_are_those_of_the_vectors(name, scaled):
    point = feasible_point(level(name), WITNESS)
    v = vectors(False)
    if scaled:
        v = v / np.linalg.norm(v, axis=1, keepdims=True)
    gram = v @ v.T
    expected = [[gram[0, 0], gram[0, 1], gram[0, 0]], [gram[0, 1], gram[1, 2], gram[1, 1]]]
    # a node of one class has no similarity to itself; its coefficient there is 0
    found = [[float(x.mid()) for x in row] for row in point.rows]
    assert np.allclose(np.array(found)[[0, 0, 1, 1, 1], [1, 2, 0, 1, 2]], np.array(expected)[[0, 0, 1, 1, 1], [1, 2, 0, 1, 2]])


def test_with_signs_the_private_parts_are_orthogonal():
    witness = {**WITNESS, "means": {"bits": 1, "rows": [[3, 1], [2, 0]]}}
    point = feasible_point(level("nonnegative"), witness)
    assert point.rows[1][1].overlaps(1 / arb("1.5"))
    with pytest.raises(Rejected, match="negative coordinate"):
        feasible_point(level("nonnegative"), WITNESS)


def test_on_the_sphere_norms_are_exact_and_inside_the_ball_they_are_kept():
    assert [row[-1] for row in feasible_point(level("sphere"), WITNESS).rows] == [1, 1]
    inside = {"means": {"bits": 2, "rows": [[2], [-1]]}, "spread": {"bits": 2, "rows": [[0], [1]]}}
    assert [row[-1] for row in feasible_point(level("ball"), inside).rows] == [arb(fmpq(1, 4)), arb(fmpq(5, 16))]


def test_dimensions_are_counted():
    small = level_in(kept("mean"), "groups", GROUPS)
    with pytest.raises(Rejected, match="uses 3 dimensions, the claim has 2"):
        feasible_point(small, WITNESS)


def test_the_loss_at_the_point_is_that_of_its_classes():
    """By hand: the sum of n_c log((n_c - 1) + sum n_c' exp(2 (B_cc' - 1))) at unit vectors."""
    v = vectors(False)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    gram, sizes = v @ v.T, np.array([3, 2, 2])
    off = ~np.eye(3, dtype=bool)
    value = sum(n * np.log(n - 1 + (sizes * np.exp(2 * (gram[c] - 1)))[off[c]].sum()) for c, n in enumerate(sizes))
    problem = level("sphere")
    assert float(upper_bound(problem, feasible_point(problem, WITNESS)).mid()) == pytest.approx(value, rel=1e-12)
