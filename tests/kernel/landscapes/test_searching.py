"""A search by arrays finds for each box the first reason that holds, as if each were tried alone on all boxes."""

import numpy as np

from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS, decision_of
from scverify.kernel.landscapes.rows import domain_of
from scverify.kernel.landscapes.searching import first_by_arrays, kept
from tests.kernel.landscapes.instances import of, random_boxes


def some():
    problem, level, rows = of((2, 2), 3, "1/2")
    return rows, random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(5), 300, 0.3)


def test_the_first_reason_that_holds_is_found():
    rows, boxes = some()
    expected = np.full(len(boxes), -1)
    for number in reversed(STATEMENTS[EVERY_MINIMUM]):
        expected[decision_of(number)(Enclosures(rows, boxes))] = number
    found = first_by_arrays(Enclosures(rows, boxes), STATEMENTS[EVERY_MINIMUM], decision_of)
    assert np.array_equal(found, expected) and len(set(found.tolist())) > 1


def test_what_is_known_of_boxes_is_kept_for_some_of_them():
    rows, boxes = some()
    mask = np.random.default_rng(6).random(len(boxes)) < 0.5
    at = Enclosures(rows, boxes)
    _ = at.slopes, at.twice_s, at.congruent
    fresh = Enclosures(rows, boxes[mask])
    some_of_it = kept(at, mask)
    assert {"slopes", "twice_s", "congruent"} <= set(vars(some_of_it))
    assert np.array_equal(some_of_it.twice_s.low, fresh.twice_s.low) and np.array_equal(some_of_it.congruent, fresh.congruent)
