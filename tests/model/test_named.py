"""Named losses on units: their nodes, and their rows against plain definitions."""

import pytest

from scverify.errors import InputError
from scverify.model.named import clip, cross_entropy, mnrl, siglip
from scverify.model.units import UnitProblem


def test_pairs_are_units_of_two_nodes():
    for make in (clip, mnrl, siglip):
        loss = make(6)
        assert loss.units == 6 and len(loss.kinds) == 2
    assert clip(6).anchors == 12 and mnrl(6).anchors == 6
    assert str(UnitProblem(clip(6), "1/2")) == "clip, 6 pairs of image and text, tau = 1/2, sphere"


def test_classes_of_equal_size_are_one_type():
    assert cross_entropy((5, 3, 5, 2)).types == ((2, (1, 5)), (1, (1, 3)), (1, (1, 2)))


def test_smoothed_targets_sum_to_one():
    level = UnitProblem(cross_entropy((4, 2, 2), "1/10"), 1).level
    assert all(sum(row.q) == 1 for row in level.rows)


@pytest.mark.parametrize("sizes", [[], [3], [2, "x"], [2, -1]])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(InputError):
        cross_entropy(sizes)
