"""Listed points: a box is listed where its only critical point is a listed one, up to rotation and interchangeable samples."""

import numpy as np
import pytest
from flint import arb, ctx

from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.lists import Listed, _in_gauge
from scverify.kernel.landscapes.reasons import LISTED
from scverify.kernel.landscapes.rows import domain_of, rows_of
from scverify.kernel.landscapes.trees import leaves, unpacked
from scverify.kernel.problem import read_problem
from tests.kernel.kept import kept, level_in


@pytest.fixture(scope="module")
def listed():
    """Rows, the listed boxes of the kept certificate, and the list."""
    data = kept("list-landscape-rank-2")
    problem, level = read_problem(data["claim"]["problem"]), level_in(data)
    rows = rows_of(problem, level, [])
    [tree] = data["witness"]["trees"]
    walk = leaves(domain_of(problem, level, problem.tau), unpacked(tree))
    boxes = [batch[codes == LISTED] for batch, codes in walk if (codes == LISTED).any()]
    with ctx.workprec(192):
        return rows, boxes, Listed(level, data["claim"]["points"], data["witness"]["points"])


def test_every_listed_box_holds_a_listed_point(listed):
    rows, boxes, test = listed
    assert boxes
    with ctx.workprec(192):
        assert all(test(Enclosures(rows, batch)).all() for batch in boxes)


def test_a_point_taken_off_the_list_is_missed(listed):
    rows, boxes, test = listed
    for place in range(len(test.points)):
        shorter = object.__new__(Listed)
        shorter.level, shorter.group = test.level, test.group
        shorter.points = test.points[:place] + test.points[place + 1 :]
        with ctx.workprec(192):
            assert not all(shorter(Enclosures(rows, batch)).all() for batch in boxes)


def test_a_wide_box_is_not_called_listed(listed):
    rows, boxes, test = listed
    first = boxes[0][slice(0, 1)]
    wide = Boxes(first.faces, first.low - 0.3 * (first.high > first.low), first.high + 0.3 * (first.high > first.low))
    with ctx.workprec(192):
        assert not test(Enclosures(rows, wide)).any()


def test_a_rotation_into_the_gauge(listed):
    _, _, test = listed
    point = test.points[0]
    h = np.array([[float(arb(x).mid()) for x in row] for row in point.embeddings])
    for angle in (0.3, 2.0, -1.1):
        turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ h
        found = _in_gauge([[arb(float(x)) for x in row] for row in turned], point)
        assert np.allclose([[float(x.mid()) for x in row] for row in found], h, atol=1e-9)
    flat = [[arb(1)] * 4, [arb(0, 1)] * 4]
    assert _in_gauge(flat, point) is None and not test._is_at(point, flat)


def test_a_list_is_of_points_of_full_rank_with_a_proof_each():
    data = kept("list-landscape-rank-2")
    with pytest.raises(Rejected, match="differ in number"):
        Listed(level_in(data), data["claim"]["points"], data["witness"]["points"][:-1])
    data["claim"]["problem"]["dim"] = 3
    with ctx.workprec(192), pytest.raises(Rejected, match="full rank"):
        Listed(level_in(data), data["claim"]["points"], data["witness"]["points"])
