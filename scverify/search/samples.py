"""Value, gradient and Hessian product in the embeddings of all samples, fast where coefficients depend on classes alone (MATH 2).

Rows are taken in blocks of anchors of one class, small enough for the cache; no n x n array is kept. The embeddings stand twice in a row,
so that every block sees its own class first and one vector of coefficients serves all its rows. The anchor's own similarity plays no part:
its place takes the similarity to the first sample of the class, and the first column, which is then free, is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scverify.model.constraints import Ridge, norm_constraint
from scverify.model.problem import Problem
from scverify.model.reduction import class_coefficients, sample_level
from scverify.search.threads import blas_threads_for
from scverify.symbolic.compiled import Evaluators, evaluators
from scverify.symbolic.losses import SampleTable

Floats = NDArray[np.float64]
_BLOCK_ENTRIES = 1 << 18


@dataclass(frozen=True)
class _Block:
    """Anchors start..stop-1, which see the n samples from `first` on, cyclically; own (b,): each anchor's place there, None for tables."""

    start: int
    stop: int
    first: int
    own: NDArray[np.int64] | None
    weight: Floats
    c: Floats
    q: Floats

    def seen(self, similarities: Floats) -> Floats:
        """The similarities (b, n) without the anchors' own ones, in place: (b, n-1); a table keeps them all."""
        if self.own is None:
            return similarities
        similarities[np.arange(len(self.own)), self.own] = similarities[:, 0]
        return similarities[:, 1:]

    def add_pulled(self, slopes: Floats, embeddings: _Twice, gradient: Floats) -> None:
        """Add the embeddings times (D + D') to the gradient (d, 2n), where the rows of the block stand in D."""
        mine, n = slice(self.start, self.stop), embeddings.n
        weighted = embeddings.columns[:, mine] * self.weight
        if self.own is None:
            gradient[:, mine] += (slopes @ embeddings.rows[:n]).T * self.weight
            gradient[:, :n] += weighted @ slopes
            return
        later = np.flatnonzero(self.own)
        first = np.zeros(len(self.own))
        first[later] = slopes[later, self.own[later] - 1]
        slopes[later, self.own[later] - 1] = 0.0
        seen = slice(self.first + 1, self.first + n)
        pulled = slopes @ embeddings.rows[seen] + first[:, None] * embeddings.rows[self.first]
        gradient[:, mine] += pulled.T * self.weight
        gradient[:, seen] += weighted @ slopes
        gradient[:, self.first] += weighted @ first


@dataclass(frozen=True)
class _Twice:
    """Embeddings twice in a row: columns (d, 2n) and rows (2n, d), each contiguous."""

    n: int
    columns: Floats
    rows: Floats

    @classmethod
    def of(cls, embeddings: Floats) -> _Twice:
        columns = np.concatenate([embeddings, embeddings], axis=1)
        return cls(embeddings.shape[1], columns, np.ascontiguousarray(columns.T))

    def products(self, block: _Block, other: _Twice, room: Floats | None = None) -> Floats:
        """The inner products (b, n) of a block's anchors here with what it sees of the other, written into `room` where it is given."""
        out = None if room is None else room[: block.stop - block.start]
        return np.matmul(self.rows[block.start : block.stop], other.columns[:, block.first : block.first + self.n], out=out)


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
        twice = _Twice.of(embeddings)
        gradient, room = np.zeros_like(twice.columns), np.empty((_block_length(twice.n), twice.n))
        total = 0.5 * self.ridge * float((embeddings**2).sum())
        with blas_threads_for(twice.n):
            for block in self._blocks():
                rows = block.seen(twice.products(block, twice, room))
                loss, slopes = self.formula.value_and_gradient(rows, block.c, block.q, self.tau)
                total += float(block.weight @ loss)
                block.add_pulled(slopes, twice, gradient)
        return total, gradient[:, : twice.n] + gradient[:, twice.n :] + self.ridge * embeddings

    def hessian_product(self, embeddings: Floats, change: Floats) -> Floats:
        """The derivative (d, n) of the gradient at H along a change of H (d, n)."""
        twice, moved = _Twice.of(embeddings), _Twice.of(change)
        product = np.zeros_like(twice.columns)
        with blas_threads_for(twice.n):
            for block in self._blocks():
                rows = block.seen(twice.products(block, twice))
                rows_change = block.seen(moved.products(block, twice) + twice.products(block, moved))
                slopes = self.formula.value_and_gradient(rows, block.c, block.q, self.tau)[1]
                block.add_pulled(slopes, moved, product)
                bent = self.formula.hessian_product(rows, block.c, block.q, self.tau, rows_change)
                block.add_pulled(bent, twice, product)
        return product[:, : twice.n] + product[:, twice.n :] + self.ridge * change

    def _blocks(self) -> Iterator[_Block]:
        if self.by_sample:
            weight, c, q = self.table
            for rows in _pieces(0, len(weight), len(weight)):
                yield _Block(rows.start, rows.stop, 0, None, weight[rows], c[rows], q[rows])
            return
        first = 0
        for own, size in enumerate(self.problem.classes.sizes):
            weight_own, c_own, q_own = self._class_row(own)
            for rows in _pieces(first, size if weight_own else 0, self.problem.classes.n):
                places = np.arange(rows.start, rows.stop) - first
                yield _Block(rows.start, rows.stop, first, places, np.full(len(places), weight_own), c_own, q_own)
            first += size

    def _class_row(self, own: int) -> tuple[float, Floats, Floats]:
        """Weight of an anchor of class `own`, and its coefficients (n-1,): for its class first, then for the next classes in turn."""
        turn = np.roll(np.arange(self.problem.classes.k), -own)
        counts = np.array(self.problem.classes.sizes)[turn]
        counts[0] -= 1
        weight, c, q = self.table
        return float(weight[own]), np.repeat(c[own, turn], counts), np.repeat(q[own, turn], counts)


def _class_tables(problem: Problem) -> tuple[Floats, Floats, Floats]:
    of, k = class_coefficients(problem), problem.classes.k
    c, q = (np.array([[float(entry(own, other)) for other in range(k)] for own in range(k)]) for entry in (of.c, of.q))
    return np.array([float(of.weight(own)) for own in range(k)]), c, q


def _sample_tables(problem: Problem) -> tuple[Floats, Floats, Floats]:
    weight, c, q = sample_level(problem).float_arrays()
    for array in (c, q):
        np.fill_diagonal(array, array[:, -1])
    return weight, c[:, :-1], q[:, :-1]


def _block_length(n: int) -> int:
    """How many rows of length n fit into the cache."""
    return max(1, _BLOCK_ENTRIES // n)


def _pieces(first: int, count: int, n: int) -> Iterator[slice]:
    """first .. first+count-1 in pieces of almost equal length, each a block of rows of length n."""
    pieces = -(-count // _block_length(n))
    for piece in range(pieces):
        yield slice(first + piece * count // pieces, first + (piece + 1) * count // pieces)
