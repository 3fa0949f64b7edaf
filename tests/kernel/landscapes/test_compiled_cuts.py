"""Halving along the axis that compiled code hints at takes fewer boxes than halving widest sides, and leaves no side wide for ever."""

import numpy as np
import pytest

pytest.importorskip("numba")
from scverify.kernel.landscapes import compiled_cuts
from scverify.kernel.landscapes.boxes import taken
from scverify.kernel.landscapes.deciding import Decider, decider_of
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS
from tests.kernel.landscapes.instances import domain_of, of

REASONS = STATEMENTS[EVERY_MINIMUM]


def boxes_met(axes_of):
    """How many boxes the whole landscape of 2,2 in three dimensions takes; axes_of(decider, boxes): numbers and axes."""
    problem, level, rows = of((2, 2), 3, "1/2")
    decider, stack, count = decider_of(rows), [domain_of(problem, level, problem.tau)], 0
    while stack:
        batch = taken(stack, 2048)
        count += len(batch)
        found, axes = axes_of(decider, batch)
        if (found < 0).any():
            stack.append(batch[found < 0].halves(axes[found < 0]))
    return count


def test_fewer_boxes_are_met_than_where_widest_sides_are_halved():
    hinted = boxes_met(lambda decider, batch: decider.settled(batch, REASONS))
    widest = boxes_met(lambda decider, batch: Decider.settled(decider, batch, REASONS))
    assert hinted < 0.95 * widest


def test_no_side_that_is_narrow_against_the_widest_is_halved():
    def checked(decider, batch):
        found, axes = decider.settled(batch, REASONS)
        widths = batch.high - batch.low
        chosen = widths[axes, np.arange(len(batch))]
        assert (chosen >= compiled_cuts.SHARE * widths.max(axis=0)).all()
        seen.append((chosen < widths.max(axis=0)).mean())
        return found, axes

    seen = []
    boxes_met(checked)
    assert max(seen) > 0.1
