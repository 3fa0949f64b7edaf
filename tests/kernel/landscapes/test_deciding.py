"""Compiled code and NumPy decide alike; a disagreement ends the run."""

import numpy as np
import pytest

from scverify.kernel.landscapes import deciding
from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.deciding import Decider, Disagreement
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.reasons import COMPILED, EVERY_MINIMUM, STATEMENTS, decision_of
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, random_boxes

pytest.importorskip("numba")


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_compiled_code_and_numpy_decide_alike(sizes, d, tau):
    problem, level, rows = of(sizes, d, tau)
    rng = np.random.default_rng(3)
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 300, width)
        for number in COMPILED:
            granted = Decider(rows).first(boxes, (number,)) == number
            by_numpy = decision_of(number)(Enclosures(rows, boxes))
            # hints differ where there are any
            if number in (0, 1, 8, 9):
                assert (granted == by_numpy).mean() > 0.995
            middle = 0.5 * (boxes.low + boxes.high)
            at_middle = decision_of(number)(Enclosures(rows, Boxes(boxes.faces, middle, middle)))
            assert (at_middle | by_numpy)[granted].all()


def decided_by(rows, boxes):
    return Decider(rows).first(boxes, STATEMENTS[EVERY_MINIMUM])


@pytest.fixture
def some():
    problem, level, rows = of((2, 2), 3, "1/2")
    return rows, random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(4), 500, 0.1)


def test_a_reason_that_numpy_contradicts_stops_the_run(some):
    rows, boxes = some
    wrong = Decider(rows)
    middle = 0.5 * (boxes.low + boxes.high)
    kept = np.flatnonzero(~decision_of(0)(Enclosures(rows, Boxes(boxes.faces, middle, middle))))
    wrong.sample = [(boxes[kept[:1]], 0)]
    with pytest.raises(Disagreement, match="is_copy"):
        wrong.agree()
    right = Decider(rows)
    granted = np.flatnonzero(Decider(rows).first(boxes, (1,)) == 1)
    right.sample = [(boxes[granted[:3]], 1)]
    right.agree()


def test_boxes_are_sampled(some, monkeypatch):
    rows, boxes = some
    monkeypatch.setattr(deciding, "SAMPLE", 5)
    decider = Decider(rows)
    decider.first(boxes, STATEMENTS[EVERY_MINIMUM])
    assert 10 < len(decider.sample) <= 100
    decider.agree()
    assert not decider.sample


def test_without_numba_numpy_decides(some, monkeypatch):
    rows, boxes = some
    found = decided_by(rows, boxes)
    monkeypatch.setattr(deciding, "_compiled", None)
    assert (decided_by(rows, boxes) == found).mean() > 0.95


def test_a_reason_holds_on_a_box_if_it_holds_on_its_parts(monkeypatch):
    problem, level, rows = of((2, 2), 3, "1/2")
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(5), 200, 0.8)
    test = decision_of(1)
    once = test(Enclosures(rows, boxes))
    proved = Decider(rows).holds(boxes, 1, test)
    assert (proved | ~once).all() and proved.sum() > once.sum()
    monkeypatch.setattr(deciding, "HALVINGS", 0)
    assert (Decider(rows).holds(boxes, 1, test) == once).mean() > 0.99
    assert not Decider(rows).holds(boxes, 6, lambda at: at.nowhere).any()
