"""Enclosures in compiled code hold what they should of random boxes, at every temperature, and refuse exponents that are no number."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled, compiled_deciding, compiled_enclosures
from scverify.kernel.landscapes.directed import upward
from scverify.kernel.landscapes.enclosures import UNSHIFTED, Enclosures
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, random_boxes

NAN = float("nan")


def enclosed(rows, boxes):
    """h, G, outcomes, p, D, 2 S of the first box, and whether its rows can be used."""
    instance, d = compiled_deciding.instance_of(rows), rows.d
    h, gram, e, p, slope, s = compiled.enclosures.py_func(rows.n, d)
    with upward():
        compiled_enclosures.vectors(boxes.faces, boxes.low, boxes.high, 0, h, -1.0)
        compiled_enclosures.similarities(instance.pairs, h, gram, -1.0)
        rate = (-boxes.low[-1, 0], boxes.high[-1, 0])
        fine = compiled_enclosures.outcomes(instance.place, gram, rate, instance.rows[1], instance.series, e, -1.0)
        fine = fine and compiled_enclosures.slopes_of(instance.rows, e, p, slope, -1.0)
        compiled_enclosures.second_slopes(instance.place, gram, slope, s, -1.0)
    return h, gram, p, slope, s, fine


@pytest.mark.parametrize(("sizes", "d", "tau"), [*CASES[:3], ((3, 2), 3, "1/1000")])
def test_compiled_enclosures_and_those_of_numpy_meet_closely(sizes, d, tau):
    problem, level, rows = of(sizes, d, tau)
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(6), 30, 0.05)
    for place in range(len(boxes)):
        box = boxes[slice(place, place + 1)]
        h, gram, p, _, s, fine = enclosed(rows, box)
        at = Enclosures(rows, box)
        assert fine and (at.boxes.rate.high[0] > UNSHIFTED) == (tau == "1/1000")
        for found, known in ((h, at.h), (gram, at.gram), (p, at.full_p), (s, at.twice_s)):
            low, high = known.low[..., 0], known.high[..., 0]
            slack = 1e-9 * (1 + np.abs(low) + np.abs(high))
            assert (np.abs(-found[..., 0] - low) <= slack).all() and (np.abs(found[..., 1] - high) <= slack).all()


def test_similarities_that_are_no_numbers_give_no_outcomes():
    _, _, rows = of((2, 2), 3, "1/2")
    instance = compiled_deciding.instance_of(rows)
    for place, end in ((0, 0), (0, 1), (5, 1)):
        gram = np.ones((6, 2))
        gram[place, end] = NAN
        for rate in ((-2.0, 2.0), (-1000.0, 1000.0)):
            assert not compiled_enclosures.outcomes(
                instance.place, gram, rate, instance.rows[1], instance.series, np.zeros((4, 4, 2)), -1.0
            )
