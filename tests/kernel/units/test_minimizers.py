"""Claims about every minimiser in words, and the block that rows see."""

from flint import arb

from scverify.kernel.units.minimizers import is_apart, minimizers_said, seen_block
from scverify.kernel.units.nearness import near_row
from scverify.model.named import clip
from scverify.model.units import UnitProblem

ROWS = [{"form": "gibbs", "bits": 2, "row": [0, 2, 0, 2]}, {"form": "gibbs", "bits": 2, "row": [2, 0, 2, 0]}]


def test_the_block_of_images_and_texts():
    level = UnitProblem(clip(3), 1).level
    near = [near_row(level, row, entry, arb("1e-20")) for row, entry in zip(level.rows, ROWS, strict=True)]
    block = seen_block(level, near, 0, 1)
    # the own text is seen twice as likely as another one: both differ, and three pairs spread in two dimensions
    assert block.spread_rank == 2 and not block.absolute and block.error < 1e-8
    assert is_apart(level, near, 0)
    far = [near_row(level, row, entry, arb("1e-2")) for row, entry in zip(level.rows, ROWS, strict=True)]
    assert not is_apart(level, far, 0)


def test_words():
    claim = {"problem": UnitProblem(clip(3), 1).data, "rank": [2, 2], "merged": [], "apart": [0], "radius": "1/1000", "outcomes": "abc"}
    words = minimizers_said(claim)
    assert "every minimiser over Gram matrices of the nodes, copies coinciding, has rank 2" in words and "do not coincide" in words
    assert "a rank from 1 to 2" in minimizers_said({**claim, "rank": [1, 2]})
