"""Reasons on nodes, against the searcher's derivatives at points of the boxes for which they are given."""

import numpy as np
import pytest

from scverify.certify.points import critical_points
from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.node_claims import NODE_REASONS
from scverify.kernel.landscapes.node_reasons import TESTS, node_decider, node_test_of
from scverify.kernel.landscapes.reasons import REASONS, decision_of
from tests.kernel.landscapes.node_instances import CASES, boxes_of, of, truth


def granted_at(name, reason):
    """The configurations of the boxes for which a reason is given, with gradient and Hessian."""
    for width in (0.4, 0.02):
        at, points = boxes_of(CASES[name], width, count=100)
        for place in np.flatnonzero(TESTS[reason](at))[:12]:
            yield truth(CASES[name], points[place])


@pytest.mark.parametrize("name", CASES)
def test_where_there_is_a_gradient_no_point_is_critical(name):
    found = [np.abs(gradient).max() for gradient, _ in granted_at(name, "has_gradient")]
    assert len(found) > 12 and min(found) > 1e-9


@pytest.mark.parametrize("name", CASES)
def test_where_curvature_is_negative_the_hessian_has_a_negative_eigenvalue(name):
    found = [np.linalg.eigvalsh((hessian + hessian.T) / 2)[0] for _, hessian in granted_at(name, "has_negative_curvature")]
    assert found and max(found) < 0


@pytest.mark.parametrize("name", CASES)
def test_a_bent_node_has_a_negative_trace(name):
    size = CASES[name].dim - 1
    found = [
        min(np.trace(hessian[i : i + size, i : i + size]) for i in range(0, len(hessian), size))
        for _, hessian in granted_at(name, "has_bent_sample")
    ]
    assert found and max(found) < 0


@pytest.mark.parametrize("name", ["clip", "sigmoid", "classes"])
def test_a_bent_node_is_bent_as_its_trace_says_at_a_point(name):
    at, points = boxes_of(CASES[name], 0.0, count=60)
    size = CASES[name].dim - 1
    for granted, h in zip(TESTS["has_bent_sample"](at), points, strict=True):
        hessian = truth(CASES[name], h)[1]
        least = min(np.trace(hessian[i : i + size, i : i + size]) for i in range(0, len(hessian), size))
        assert granted == (least < 0) or abs(least) < 1e-9


@pytest.mark.parametrize("name", ["clip", "sigmoid", "cross-entropy", "classes"])
def test_no_reason_leaves_out_a_spurious_minimum_or_says_that_a_critical_point_is_none(name):
    """A box around a found point, its columns turned into the gauge and its faces those of the largest components."""
    problem = CASES[name]
    rows, domain = of(problem)
    d = problem.dim
    for point in critical_points(problem, 24, 1).points:
        h = np.zeros((d, rows.n))
        h[: point.embeddings.shape[0]] = point.embeddings
        h = h / np.linalg.norm(h, axis=0)
        turn, _ = np.linalg.qr(h[:, :d])
        h = turn.T @ h
        h *= np.where(np.diag(h[:, :d]) < 0, -1.0, 1.0)[:, None]
        faces, middle = [], []
        for column in h.T:
            axis = int(np.argmax(np.abs(column)))
            faces.append(2 * axis + int(column[axis] < 0))
            middle += list(np.delete(column, axis) / abs(column[axis]))
        ends = [
            np.array([*(y + turn for y in middle), rate])[:, None]
            for turn, rate in ((-1e-7, domain.low[-1, 0]), (1e-7, domain.high[-1, 0]))
        ]
        boxes = Boxes(np.array(faces)[:, None], *ends)
        at = node_decider(rows).at(rows, boxes)
        assert not TESTS["has_gradient"](at)[0]
        if point.kind == "spurious minimum":
            assert not any(node_test_of(number)(at)[0] for number in NODE_REASONS if REASONS[number].name != "is_copy")


def test_reasons_that_suppose_rows_of_samples_are_never_given():
    at, _ = boxes_of(CASES["classes alike"], 0.01)
    for name in ("is_sided", "is_collapsing"):
        number = next(reason.number for reason in REASONS if reason.name == name)
        assert number not in NODE_REASONS and not decision_of(number)(at).any()
    assert all(node_test_of(number) is decision_of(number) for number in (0, 2, 3)) and node_test_of(1) is not decision_of(1)


def test_the_theorem_for_samples_would_be_wrong_where_rows_hold_their_own_similarity():
    """What a row holds of itself weakens its pull: left aside, boxes would be left out that hold critical points."""
    at, points = boxes_of(CASES["classes alike"], 0.0, count=40)
    blind = Enclosures(at.rows, at.boxes)
    assert not np.allclose(blind.p.low.sum(axis=1), at.p.low.sum(axis=1))
    assert np.isfinite(points).all()
