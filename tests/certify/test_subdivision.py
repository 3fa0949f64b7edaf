"""Subdivisions: every box is counted once, trees are taken up as they were left, and damaged ones are refused."""

import time

import numpy as np
import pytest

from scverify.certify import subdivision
from scverify.certify.listing import _begun
from scverify.certify.subdivision import effort, narrowest
from scverify.errors import InputError
from scverify.kernel.landscapes.boxes import Boxes
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

PROBLEM = Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2")


def grown(until=float("inf"), steps=None):
    """A subdivision for all critical points, grown to the end or for some steps."""
    found, seen = _begun(PROBLEM, None), []
    for _ in found.grow(1, until, seen.append):
        if steps is not None and len(seen) >= steps:
            break
    return found, seen


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(subdivision, "TRUNK", 100)
    monkeypatch.setattr(subdivision, "SLICE", 50)


def test_a_complete_subdivision_settles_all_of_the_domain():
    found, seen = grown()
    assert found.complete and len(found.trees) > 1
    assert seen[-1].open == 0 and seen[-1].settled == pytest.approx(1) and seen[-1].boxes == found.boxes
    settled = found.reasons_given
    for reason in found.reasons:
        name = subdivision.REASONS[reason].name
        assert sum(map(len, found.leaves_with(reason))) == settled[name]
    assert sum(settled.values()) > 0 and sum(settled.values()) < found.boxes


def test_no_time_leaves_all_of_the_domain_open():
    found, seen = grown(until=time.monotonic() - 1)
    assert not found.complete and seen == [] and found.boxes == 0 and found.progress.settled == 0


def test_trees_are_taken_up_as_they_were_left():
    left, _ = grown(steps=2)
    assert not left.complete
    again = _begun(PROBLEM, left.packed())
    assert again.packed() == left.packed() and again.progress.open == left.progress.open
    assert again.progress.settled == pytest.approx(left.progress.settled)
    assert not again.complete
    for _ in again.grow(1, float("inf"), lambda progress: None):
        pass
    assert again.packed() == grown()[0].packed()


@pytest.mark.parametrize("damage", [lambda trees: [], lambda trees: "trees", lambda trees: [{}], lambda trees: [trees[0] | {"boxes": 1}]])
def test_damaged_trees_are_refused(damage):
    with pytest.raises(InputError):
        _begun(PROBLEM, damage(grown(steps=2)[0].packed()))


def test_the_narrowest_box_is_the_one_whose_widest_side_is_least():
    low = np.zeros((3, 3))
    high = np.array([[1.0, 0.25, 0.125], [0.125, 0.25, 0.5], [9.0, 9.0, 9.0]])
    boxes = Boxes(np.zeros((2, 3), dtype=np.int64), low, high)
    batches = [boxes[:1], boxes[1:]]
    assert narrowest(batches).high[:, 0].tolist() == [0.25, 0.25, 9.0]


@pytest.mark.parametrize(("jobs", "budget", "named"), [(0, None, "jobs"), (1.5, None, "jobs"), (1, -1, "budget"), (1, "soon", "budget")])
def test_efforts_of_no_sense_are_refused(jobs, budget, named):
    assert effort(2, None) == (2, None) and effort(None, 5)[0] >= 1
    with pytest.raises(InputError, match=named):
        effort(jobs, budget)
