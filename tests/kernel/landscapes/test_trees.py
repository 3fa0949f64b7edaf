"""Trees of boxes: a walk meets every box once, whole or shared out, and what is packed is unpacked only as far as it says."""

import base64
import zlib

import numpy as np
import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.landscapes.boxes import share, whole_domain
from scverify.kernel.landscapes.reasons import SPLIT
from scverify.kernel.landscapes.trees import leaves, unpacked

ROOTS = whole_domain(3, 2, (1.0, 2.0))


def grown(roots, depth, seed=0):
    """The numbers of a tree that halves random boxes, and the volumes of its leaves."""
    draws, numbers, stack, volumes = np.random.default_rng(seed), bytearray(), [roots], []
    while stack:
        boxes = stack.pop()
        codes = np.where(draws.random(len(boxes)) < 0.4 * (len(numbers) < depth), SPLIT + draws.integers(1, len(boxes.low), len(boxes)), 1)
        numbers += codes.astype(np.uint8).tobytes()
        volumes.append(volume(boxes[codes < SPLIT]))
        if (codes >= SPLIT).any():
            stack.append(boxes[codes >= SPLIT].halves(codes[codes >= SPLIT] - SPLIT))
    return bytes(numbers), sum(volumes)


def volume(boxes):
    widths = boxes.high - boxes.low
    return float(np.where(widths > 0, widths, 1.0).prod(axis=0).sum())


def test_a_walk_meets_every_leaf_once_and_loses_no_volume():
    numbers, expected = grown(ROOTS, 400)
    found = list(leaves(ROOTS, numbers))
    assert sum(len(boxes) for boxes, _ in found) == sum(number < SPLIT for number in numbers)
    assert all((codes == 1).all() for _, codes in found)
    assert sum(volume(boxes) for boxes, _ in found) == pytest.approx(expected, rel=1e-12)


def test_an_unfinished_tree_leaves_open_what_it_did_not_meet():
    numbers, _ = grown(ROOTS, 400)
    left = []
    begun = list(leaves(ROOTS, numbers[: len(ROOTS)], left))
    rest = sum(map(len, left))
    assert rest == 2 * sum(number >= SPLIT for number in numbers[: len(ROOTS)])
    assert sum(len(share(left, place, 3)) for place in range(3)) == rest
    assert sum(len(boxes) for boxes, _ in begun) + rest // 2 == len(ROOTS)


@pytest.mark.parametrize(
    ("change", "reason"), [(lambda n: n[:-1], "left out"), (lambda n: n + b"\x01", "more numbers"), (lambda n: b"\xff" + n[1:], "an axis")]
)
def test_a_tree_that_does_not_fit_its_boxes(change, reason):
    with pytest.raises(Rejected, match=reason):
        list(leaves(ROOTS, change(grown(ROOTS, 400)[0])))


def test_no_more_is_unpacked_than_is_stated():
    packed = base64.b64encode(zlib.compress(bytes(100))).decode()
    assert unpacked({"boxes": 100, "tree": packed}) == bytes(100)
    for boxes in (99, 101, 0):
        with pytest.raises(Rejected, match=f"has not the {boxes} boxes"):
            unpacked({"boxes": boxes, "tree": packed})
    for tree in ("?", base64.b64encode(b"x").decode(), 1):
        with pytest.raises(Rejected):
            unpacked({"boxes": 1, "tree": tree})
