"""Compiled code and NumPy decide alike; a wrong rounding mode decides nothing; a disagreement ends the run."""

import contextlib

import numpy as np
import pytest

from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.directed import WrongRounding
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS, decision_of
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, random_boxes

pytest.importorskip("numba")
deciding = pytest.importorskip("scverify.kernel.landscapes.compiled_deciding")


@pytest.fixture
def some():
    problem, level, rows = of((2, 2), 3, "1/2")
    return rows, random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(4), 500, 0.1)


def decided_by(rows, boxes):
    return deciding.CompiledDecider(rows).first(boxes, STATEMENTS[EVERY_MINIMUM])


def test_a_wrong_rounding_mode_decides_nothing(some, monkeypatch):
    monkeypatch.setattr(deciding, "upward", contextlib.nullcontext)
    with pytest.raises(WrongRounding, match="does not round upward"):
        decided_by(*some)


def test_an_unknown_processor_decides_nothing(some, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    with pytest.raises(WrongRounding, match="abacus"):
        decided_by(*some)


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_compiled_code_and_numpy_decide_alike(sizes, d, tau):
    problem, level, rows = of(sizes, d, tau)
    rng = np.random.default_rng(3)
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 300, width)
        for number in deciding.COMPILED:
            granted = deciding.CompiledDecider(rows).first(boxes, (number,)) == number
            by_numpy = decision_of(number)(Enclosures(rows, boxes))
            # hints differ where there are any
            if number in (0, 1, 8, 9):
                assert (granted == by_numpy).mean() > 0.995
            middle = 0.5 * (boxes.low + boxes.high)
            at_middle = decision_of(number)(Enclosures(rows, Boxes(boxes.faces, middle, middle)))
            assert (at_middle | by_numpy)[granted].all()


def test_a_reason_that_numpy_contradicts_stops_the_run(some):
    rows, boxes = some
    wrong = deciding.CompiledDecider(rows)
    middle = 0.5 * (boxes.low + boxes.high)
    kept = np.flatnonzero(~decision_of(0)(Enclosures(rows, Boxes(boxes.faces, middle, middle))))
    wrong.sample = [(boxes[kept[:1]], 0)]
    with pytest.raises(deciding.Disagreement, match="is_copy"):
        wrong.agree()
    right = deciding.CompiledDecider(rows)
    granted = np.flatnonzero(deciding.CompiledDecider(rows).first(boxes, (1,)) == 1)
    right.sample = [(boxes[granted[:3]], 1)]
    right.agree()


def test_boxes_are_sampled(some, monkeypatch):
    rows, boxes = some
    monkeypatch.setattr(deciding, "SAMPLE", 5)
    decider = deciding.CompiledDecider(rows)
    decider.first(boxes, STATEMENTS[EVERY_MINIMUM])
    assert 10 < len(decider.sample) <= 100
    decider.agree()
    assert not decider.sample
