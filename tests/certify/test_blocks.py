"""Blocks that rows know: rows of one anchor are put together, and their singular values are those of the similarities."""

import numpy as np
import pytest
from flint import arb

from scverify.certify.blocks import known_blocks
from scverify.certify.units import unit_optimum
from scverify.kernel.units.nearness import near_row
from scverify.model.batches import mini_batches
from scverify.model.units import UnitProblem


@pytest.mark.parametrize(("batches", "pairs", "width"), [("fano", 7, 7), ([(0, 1, 2), (2, 3, 4)], 5, 5), ([(0, 1), (2, 3)], 4, 2)])
def test_overlapping_batches_know_whole_rows(batches, pairs, width):
    found = unit_optimum(UnitProblem(mini_batches(batches, pairs=pairs), 1))
    level, entries = found.problem.level, found.certificate["witness"]["lower"]["rows"]
    near = [near_row(level, row, entry, arb("1e-12")) for row, entry in zip(level.rows, entries, strict=True)]
    blocks = known_blocks(level, near)
    assert max(len(block.columns) for block in blocks) == width
    gram = np.where(np.eye(2 * pairs), 1.0, found.others)
    for block in blocks:
        exact = gram[np.ix_(block.anchors, block.columns)]
        assert np.abs(block.values - (exact - exact.mean(axis=1, keepdims=True))).max() < 1e-6
        assert block.within(set()).table.size == 0 and block.error < 1e-2


def test_a_frame_spans_the_leading_directions():
    found = unit_optimum(UnitProblem(mini_batches("fano", pairs=7), 1))
    assert found.minimizers.rank == (6, 6)
    seen = found.minimizers.certificate["witness"]["seen"]
    assert len(seen["frame"]["rows"]) == len(seen["columns"]) == 7 and len(seen["frame"]["rows"][0]) == 6
