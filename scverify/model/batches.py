"""Named losses summed over mini-batches that may overlap: any list of batches, a block design, or all batches of a size (MATH 9, N10)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb

from scverify.errors import InputError
from scverify.model.exact import listed, whole
from scverify.model.labels import Labels
from scverify.model.nodes import NodeLoss, NodeRow
from scverify.model.units import RowKind, UnitLoss
from scverify.symbolic.losses import supcon_row

# the lines of the projective plane of order 2, by its points
FANO = ((0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5))
# every row is a line of the certificate; all batches of a size need none of their own
MOST_ROWS = 20_000
Batches = str | Sequence[Sequence[int]]


def mini_batches(batches: Batches, pairs: int | None = None, labels: Sequence[int] | None = None) -> UnitLoss | NodeLoss:
    """A contrastive loss summed over mini-batches, each seen by itself: of pairs (as clip), or of labelled samples (as supcon).

    batches: lists of pairs or samples, numbered from 0, in any overlap; or "all:B", every batch of B; or "fano", the seven lines of the
    Fano plane on seven pairs. Give pairs (their number) or labels (one per sample). A labelled sample needs a positive in its batch.

    >>> mini_batches("fano", pairs=7).anchors
    42
    """
    if (pairs is None) == (labels is None):
        given = "both pairs and labels" if pairs is not None else "neither pairs nor labels"
        raise InputError(given, "one of them", "say what the batches are made of")
    if pairs is not None:
        return _of_pairs(batches, whole(pairs, "pairs", 2))
    return _of_samples(batches, Labels.given(labels).of.tolist())


def _of_pairs(batches: Batches, pairs: int) -> UnitLoss | NodeLoss:
    if isinstance(batches, str) and batches != "fano":
        return _all_of_pairs(_size_of_all(batches, pairs), pairs)
    if batches == "fano" and pairs != len(FANO):
        raise InputError(f"the Fano plane on {pairs} pairs", f"{len(FANO)} pairs", "change --pairs, or list the batches")
    rows = []
    for batch in _checked(FANO if batches == "fano" else batches, pairs):
        if len(batch) < 2:
            raise InputError(f"batch {list(batch)}", "at least two pairs", "a pair alone has no negatives: drop the batch")
        for i in batch:
            others = {j + pairs: Fraction(1) for j in batch}
            rows.append(NodeRow(i, supcon_row, Fraction(1), others, {i + pairs: Fraction(1)}))
            rows.append(NodeRow(i + pairs, supcon_row, Fraction(1), {j: Fraction(1) for j in batch}, {i: Fraction(1)}))
    return NodeLoss("mini_batches", ("image", "text"), (0,) * pairs + (1,) * pairs, _few(rows), len(rows))


def _all_of_pairs(size: int, pairs: int) -> UnitLoss:
    """Every batch of `size` pairs: a row sees size - 1 other pairs, once for each choice of them."""
    rows = tuple(
        RowKind(kind, supcon_row, 1, {"own": {twin: 1}, "others": {twin: 1}}, {"own": {twin: 1}}, choice=size - 1)
        for kind, twin in (("image", "text"), ("text", "image"))
    )
    plural = f"pairs of image and text in all batches of {size}"
    return UnitLoss("mini_batches", plural, ("image", "text"), ((pairs, (1, 1)),), rows, 2 * pairs * comb(pairs - 1, size - 1))


def _of_samples(batches: Batches, labels: list[int]) -> NodeLoss:
    n = len(labels)
    if n < 2:
        raise InputError(f"{n} label(s)", "at least two samples", "give one label per sample")
    if isinstance(batches, str):
        raise InputError(f"batches {batches!r} of labelled samples", "a list of batches", "list the batches")
    rows = []
    for batch in _checked(batches, n):
        for i in batch:
            positives = [j for j in batch if j != i and labels[j] == labels[i]]
            if not positives:
                raise InputError(f"sample {i} without a positive in its batch {list(batch)}", "at least two samples of a class", "move it")
            others = {j: Fraction(1) for j in batch if j != i}
            rows.append(NodeRow(i, supcon_row, Fraction(1), others, dict.fromkeys(positives, Fraction(1, len(positives)))))
    return NodeLoss("mini_batches", ("sample",), (0,) * n, _few(rows), len(rows))


def _size_of_all(batches: str, pairs: int) -> int:
    head, _, size = batches.partition(":")
    if head != "all" or not size.isascii() or not size.isdigit() or len(size) > len(str(pairs)) or not 2 <= int(size) <= pairs:
        raise InputError(f"batches {batches!r}", f'a list of batches, "fano", or "all:B" with 2 <= B <= {pairs}', "correct the batches")
    return int(size)


def _checked(batches: Batches, n: int) -> list[tuple[int, ...]]:
    """Batches of different members of 0..n-1."""
    found = []
    for batch in listed(batches, "batches", "a list of lists of whole numbers", "list the members of each batch"):
        listing = listed(batch, "batch", "a list of whole numbers", "list the members of the batch")
        members = tuple(whole(i, "member of a batch", 0) for i in listing)
        if len(set(members)) != len(members) or (members and max(members) >= n):
            raise InputError(f"batch {list(members)}", f"different members of 0..{n - 1}", "correct the batch")
        found.append(members)
    if not any(found):
        raise InputError("no batches", "at least one batch", "list the batches")
    return found


def _few(rows: list[NodeRow]) -> tuple[NodeRow, ...]:
    if len(rows) > MOST_ROWS:
        raise InputError(f"batches with {len(rows)} rows", f"at most {MOST_ROWS}, or all batches of a size", "list fewer batches")
    return tuple(rows)
