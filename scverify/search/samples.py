"""Value, gradient and Hessian product in the embeddings of all samples, fast where coefficients depend on classes alone (MATH 2).

Rows are taken in blocks (see ``blocks``), small enough for the cache. Where blocks are large and all their slopes take little memory, the
slopes are kept until all are there, because D + D' then costs one product instead of two.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scverify.kernel.level import Coefficients
from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.search.blocks import Block, Floats, Twice, add_pulled_in_pairs, products_in_pairs
from scverify.search.threads import blas_threads_for
from scverify.symbolic.compiled import Evaluators, evaluators
from scverify.symbolic.losses import SampleTable

_BLOCK_ENTRIES, _PAIRED_ENTRIES, _PAIRED_LENGTH = 1 << 19, 1 << 22, 64


class _Memory(threading.local):
    """One array of floats a thread, kept between calls: fresh memory costs more than the arithmetic on it."""

    def __init__(self) -> None:
        self._floats = np.empty(0)

    def floats(self, size: int) -> Floats:
        if self._floats.size < size:
            self._floats = np.empty(size)
        return self._floats[:size]


_MEMORY = _Memory()


@dataclass(frozen=True)
class SampleObjective:
    """The loss L(H'H) with its ridge term, as a function of H (d, n), one column a sample in the order of the problem's labels.

    table: weight, c and q by class, (k,) and twice (k, k), or by sample, (n,) and twice (n, n).
    """

    problem: Problem
    formula: Evaluators
    tau: float
    ridge: float
    by_sample: bool
    table: tuple[Floats, Floats, Floats]

    @classmethod
    def of(cls, problem: Problem) -> SampleObjective:
        """The objective of a problem in float64."""
        norm = norm_constraint(problem.constraint)
        ridge = float(norm.weight) if isinstance(norm, Ridge) else 0.0
        by_sample = isinstance(problem.loss.coefficients, SampleTable)
        table = _sample_tables(problem) if by_sample else _class_tables(problem)
        return cls(problem, evaluators(problem.loss.formula), float(problem.temperature), ridge, by_sample, table)

    def value(self, embeddings: Floats) -> float:
        """L at H (d, n)."""
        return self.value_and_gradient(embeddings)[0]

    def value_and_gradient(self, embeddings: Floats) -> tuple[float, Floats]:
        """L and its gradient by H, (d, n): 2 H grad L(G)."""
        twice, kept = Twice.of(embeddings), self._kept
        with blas_threads_for(twice.n):
            paired = _may_pair(kept, twice.n)
            value, gradient = self._in_pairs(kept, twice) if paired else self._one_by_one(kept or self._blocks(), twice)
        return value + 0.5 * self.ridge * float((embeddings**2).sum()), gradient + self.ridge * embeddings

    def _one_by_one(self, blocks: Iterable[Block], twice: Twice) -> tuple[float, Floats]:
        room, gradient, value = _MEMORY.floats(_BLOCK_ENTRIES + twice.n), np.zeros_like(twice.columns), 0.0
        for block in blocks:
            loss, slopes = self._weighted_rows(block, block.products(twice, twice, room))
            block.add_pulled(slopes, twice, gradient)
            value += loss
        return value, gradient[:, : twice.n] + gradient[:, twice.n :]

    def _in_pairs(self, blocks: Sequence[Block], twice: Twice) -> tuple[float, Floats]:
        room, gradient = _MEMORY.floats(twice.n**2), np.zeros_like(twice.columns[:, : twice.n])
        products = products_in_pairs(blocks, twice, room)
        rows = [self._weighted_rows(block, rows) for block, rows in zip(blocks, products, strict=True)]
        add_pulled_in_pairs(blocks, [slopes for _, slopes in rows], twice, gradient)
        return sum(loss for loss, _ in rows), gradient

    def _weighted_rows(self, block: Block, rows: Floats) -> tuple[float, Floats]:
        """The loss of a block at its rows, and the derivatives by what its anchors see, written over them."""
        loss, slopes = self.formula.value_and_gradient(rows, block.c, block.q, self.tau, into=rows)
        if not np.all(block.weight == 1):
            slopes *= block.weight[:, np.newaxis]
        return float(block.weight @ loss), slopes

    def hessian_product(self, embeddings: Floats, change: Floats) -> Floats:
        """The derivative (d, n) of the gradient at H along a change of H (d, n)."""
        twice, moved, n = Twice.of(embeddings), Twice.of(change), embeddings.shape[1]
        product = np.zeros_like(twice.columns)
        rooms = np.empty((3, _BLOCK_ENTRIES + n))
        with blas_threads_for(n):
            for block in self._blocks():
                rows = block.products(twice, twice, rooms[0])
                rows_change = block.products(moved, twice, rooms[1]) + block.products(twice, moved, rooms[2])
                weight = block.weight[:, np.newaxis]
                slopes = self.formula.value_and_gradient(rows, block.c, block.q, self.tau)[1]
                block.add_pulled(weight * slopes, moved, product)
                bent = self.formula.hessian_product(rows, block.c, block.q, self.tau, rows_change)
                block.add_pulled(weight * bent, twice, product)
        return product[:, :n] + product[:, n:] + self.ridge * change

    @cached_property
    def _kept(self) -> list[Block]:
        """All blocks where the samples are few; else none, because their coefficients would fill the memory."""
        return list(self._blocks()) if self.problem.classes.n**2 <= _PAIRED_ENTRIES else []

    def _blocks(self) -> Iterator[Block]:
        """The anchors of positive weight, in order."""
        return self._tabled() if self.by_sample else self._by_class()

    def _tabled(self) -> Iterator[Block]:
        weight, c, q = self.table
        for rows in _pieces(0, len(weight), len(weight)):
            yield Block(rows.start, rows.stop, 0, len(weight), None, weight[rows], c[rows], q[rows])

    def _by_class(self) -> Iterator[Block]:
        first = 0
        for own, size in enumerate(self.problem.classes.sizes):
            weight_own, c_own, q_own = self._class_row(own)
            for rows in _pieces(first, size if weight_own else 0, self.problem.classes.n):
                places = np.arange(rows.start, rows.stop) - first
                yield Block(rows.start, rows.stop, first, self.problem.classes.n, places, np.full(len(places), weight_own), c_own, q_own)
            first += size

    def _class_row(self, own: int) -> tuple[float, Floats, Floats]:
        """Weight of an anchor of class `own`, and its coefficients (n-1,): for its class first, then for the next classes in turn."""
        turn = np.roll(np.arange(self.problem.classes.k), -own)
        counts = np.array(self.problem.classes.sizes)[turn]
        counts[0] -= 1
        weight, c, q = self.table
        return float(weight[own]), np.repeat(c[own, turn], counts), np.repeat(q[own, turn], counts)


def _class_tables(problem: Problem) -> tuple[Floats, Floats, Floats]:
    of, k = Coefficients(problem.stated), problem.classes.k
    c, q = (np.array([[float(of.entry(name, own, other)) for other in range(k)] for own in range(k)]) for name in "cq")
    return np.array([float(of.weight(own)) for own in range(k)]), c, q


def _sample_tables(problem: Problem) -> tuple[Floats, Floats, Floats]:
    weight, c, q = sample_level(problem).float_arrays()
    for array in (c, q):
        np.fill_diagonal(array, array[:, -1])
    return weight, c[:, :-1], q[:, :-1]


def _may_pair(blocks: list[Block], n: int) -> bool:
    """Whether the blocks are few and large, and every sample is an anchor in one of them."""
    return n >= _PAIRED_LENGTH * len(blocks) and sum(block.stop - block.start for block in blocks) == n


def _block_length(n: int) -> int:
    """How many rows of length n fit into the cache."""
    return max(1, _BLOCK_ENTRIES // n)


def _pieces(first: int, count: int, n: int) -> Iterator[slice]:
    """first .. first+count-1 in pieces of almost equal length, each a block of rows of length n."""
    pieces = -(-count // _block_length(n))
    for piece in range(pieces):
        yield slice(first + piece * count // pieces, first + (piece + 1) * count // pieces)
