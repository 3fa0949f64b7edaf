"""Arrays decide boxes; a reason holds on a box if it holds on its parts; Numba is an extra."""

import sys

import numpy as np

from scverify.kernel.landscapes import deciding
from scverify.kernel.landscapes.deciding import Decider, decider_of
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS, decision_of
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import of, random_boxes


def test_without_numba_numpy_decides(monkeypatch):
    problem, level, rows = of((2, 2), 3, "1/2")
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(4), 500, 0.1)
    found = decider_of(rows).first(boxes, STATEMENTS[EVERY_MINIMUM])
    monkeypatch.setitem(sys.modules, "scverify.kernel.landscapes.compiled_deciding", None)
    decider = decider_of(rows)
    assert type(decider) is Decider
    assert (decider.first(boxes, STATEMENTS[EVERY_MINIMUM]) == found).mean() > 0.95


def test_a_reason_holds_on_a_box_if_it_holds_on_its_parts(monkeypatch):
    problem, level, rows = of((2, 2), 3, "1/2")
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(5), 200, 0.8)
    test = decision_of(1)
    once = test(Enclosures(rows, boxes))
    proved = decider_of(rows).holds(boxes, 1, test)
    assert (proved | ~once).all() and proved.sum() > once.sum()
    monkeypatch.setattr(deciding, "HALVINGS", 0)
    assert (decider_of(rows).holds(boxes, 1, test) == once).mean() > 0.99
    assert not decider_of(rows).holds(boxes, 6, lambda at: at.nowhere).any()
