"""Blocks of anchors of one class: what they see, and what their slopes add to the gradient (MATH 2).

The embeddings stand twice in a row, so that every block sees its own class first and one vector of coefficients serves all its rows. The
anchor's own similarity plays no part: its place takes the similarity to the first sample of the class, which has no place of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Twice:
    """Embeddings twice in a row: columns (d, 2n)."""

    n: int
    columns: Floats

    @classmethod
    def of(cls, embeddings: Floats) -> Twice:
        """The embeddings (d, n), repeated."""
        return cls(embeddings.shape[1], np.concatenate([embeddings, embeddings], axis=1))


@dataclass(frozen=True)
class Block:
    """Anchors start..stop-1 of n samples, which they see from `first` on, cyclically.

    own (b,): each anchor's number in its class, or None where rows are those of a table, with all n samples in their order.
    """

    start: int
    stop: int
    first: int
    n: int
    own: NDArray[np.int64] | None
    weight: Floats
    c: Floats
    q: Floats

    @property
    def seen(self) -> slice:
        """The columns of what the anchors see in embeddings that stand twice in a row."""
        return slice(self.first + (self.own is not None), self.first + self.n)

    def place(self, sample: int) -> int:
        """Where the anchors see a sample."""
        return (sample - self.first) % self.n - (self.own is not None)

    def hides_first(self, other: Block) -> bool:
        """Whether the other block begins with the sample that has no place of its own here."""
        return self.own is not None and self.first == other.first == other.start

    def products(self, anchors: Twice, others: Twice, room: Floats) -> Floats:
        """Inner products (b, n-1) of the anchors with what they see of the others ((b, n) for tables), in the memory of `room`.

        The rows are contiguous: NumPy takes half as long again over rows that are not.
        """
        mine = anchors.columns[:, self.start : self.stop]
        rows: Floats = np.matmul(mine.T, others.columns[:, self.seen], out=self.rows_in(room))
        self.put_first(rows, mine, others)
        return rows

    def rows_in(self, room: Floats) -> Floats:
        """Memory for the rows, (b, n-1) or (b, n), taken from the front of `room`."""
        shape = self.stop - self.start, self.seen.stop - self.seen.start
        return room[: shape[0] * shape[1]].reshape(shape)

    def put_first(self, rows: Floats, mine: Floats, others: Twice) -> None:
        """Put the inner products with the first sample of the class at the anchors' own places."""
        if self.own is not None:
            hidden = self.hides_first(self)
            rows[self._own_places(hidden)] = mine[:, hidden:].T @ others.columns[:, self.first]

    def add_pulled(self, slopes: Floats, embeddings: Twice, gradient: Floats) -> None:
        """Add the embeddings times (D + D') to the gradient (d, 2n), where the rows of the block stand in D; the slopes are changed."""
        mine = slice(self.start, self.stop)
        self.add_first(slopes, embeddings, gradient)
        gradient[:, mine] += embeddings.columns[:, self.seen] @ slopes.T
        gradient[:, self.seen] += embeddings.columns[:, mine] @ slopes

    def add_first(self, slopes: Floats, embeddings: Twice, gradient: Floats) -> None:
        """The part of `add_pulled` by the first sample of the class: its slopes are taken from the anchors' own places, which become 0."""
        if self.own is None:
            return
        hidden = self.hides_first(self)
        own, anchors = self._own_places(hidden), slice(self.start + hidden, self.stop)
        by_first = slopes[own]
        slopes[own] = 0.0
        gradient[:, anchors] += embeddings.columns[:, self.first, np.newaxis] * by_first
        gradient[:, self.first] += embeddings.columns[:, anchors] @ by_first

    def _own_places(self, hidden: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        assert self.own is not None
        return np.arange(hidden, len(self.own)), self.own[hidden:] - 1


def products_in_pairs(blocks: Sequence[Block], embeddings: Twice, room: Floats) -> list[Floats]:
    """`Block.products` of the embeddings for all blocks, where these hold all samples: half of the products, and their mirror."""
    done: list[Floats] = []
    for block in blocks:
        mine, begin = embeddings.columns[:, block.start : block.stop], block.start + block.hides_first(block)
        rows = block.rows_in(room[block.start * block.n :])
        np.matmul(mine.T, embeddings.columns[:, begin : block.n], out=rows[:, block.place(begin) : block.place(block.n - 1) + 1])
        for other, theirs in zip(blocks, done, strict=False):
            hidden = block.hides_first(other)
            place, back = block.place(other.start + hidden), other.place(block.start)
            rows[:, place : place + other.stop - other.start - hidden] = theirs[hidden:, back : back + block.stop - block.start].T
        done.append(rows)
    for block, rows in zip(blocks, done, strict=True):
        block.put_first(rows, embeddings.columns[:, block.start : block.stop], embeddings)
    return done


def add_pulled_in_pairs(blocks: Sequence[Block], slopes: Sequence[Floats], embeddings: Twice, gradient: Floats) -> None:
    """Add the embeddings times (D + D') to the gradient (d, n), where the blocks hold all rows of D; the slopes are changed.

    The upper half of D + D' is made over the slopes, each block with those that follow it: two products of n^2 d/2 instead of n^2 d.
    """
    for block, own_slopes in zip(blocks, slopes, strict=True):
        block.add_first(own_slopes, embeddings, gradient)
    room = np.empty_like(gradient)
    for number, block in enumerate(blocks):
        hidden = block.hides_first(block)
        mine, seen, later = slice(block.start, block.stop), slice(block.start + hidden, block.n), slice(block.stop, block.n)
        sums = slopes[number][:, block.place(seen.start) : block.place(block.n - 1) + 1]
        if hidden:  # no column of the sums is the first sample's, so its row does not come back from them
            gradient[:, seen.start : block.stop] += embeddings.columns[:, block.start, np.newaxis] * sums[0, : block.stop - seen.start]
        for other, theirs in zip(blocks[number:], slopes[number:], strict=True):
            _add_transposed(sums, seen.start, block, other, theirs)
        gradient[:, mine] += embeddings.columns[:, seen] @ sums.T
        gradient[:, later] += np.matmul(embeddings.columns[:, mine], sums[:, later.start - seen.start :], out=room[:, later])


def _add_transposed(sums: Floats, begin: int, block: Block, other: Block, slopes: Floats) -> None:
    """Add the other block's slopes by the anchors of `block` to the sums, whose rows they are and whose columns start at `begin`."""
    hidden = other.hides_first(block)
    place, start = other.place(block.start + hidden), max(other.start, begin)
    back = slopes[start - other.start :, place : place + block.stop - block.start - hidden]
    sums[hidden:, start - begin : other.stop - begin] += back.T
