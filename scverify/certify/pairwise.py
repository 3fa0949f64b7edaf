"""The loss of given embeddings and its gradient in float64, with bounds of every rounding error (MATH 2).

Rows are log-sum-exp with coefficients by class size. The n x n similarities are met tile by tile, each pair of samples once: two passes,
one for the normalisers Z_i and one for the gradient, in O(n d + tile) memory; up to 4096 samples the first keeps its exponentials for the
second.

Errors, with u = 2^-53 and gamma_m = m u/(1 - m u) (Higham 2002, section 3.1; for any order of summation, fused or not):
a product of two vectors of length m is off by at most gamma_m |x||y|, a sum of m non-negative numbers by gamma_m times itself.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import exp, prod
from os import sched_getaffinity

import numpy as np
from flint import arb
from numpy.typing import NDArray

from scverify.certify.exponential import EXP_ERROR, exponential_for
from scverify.search.threads import one_blas_thread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# u of the error bounds: half the distance from 1 to the next float
UNIT = 2.0**-53
# exp is asked for down to exp(-2 rate): beyond, floats would lose the smallest shares altogether
LARGEST_RATE = 340
_TILE = 256  # a tile of similarities stays in the cache
_KEPT = 4096  # half of 4096^2 exponentials are 64 MiB
_UNDERFLOW = 1e-290  # far more than what products below the smallest normal float can lose


def gamma(m: int) -> float:
    """m u/(1 - m u), with a little more for its own rounding."""
    return m * UNIT / (1 - m * UNIT) * (1 + 8 * UNIT)


@dataclass(frozen=True)
class SizeCoefficients:
    """Coefficients of a log-sum-exp loss by distinct class size, q = 0 between classes: shapes (z,), and (z, z) for negative_c."""

    weight: Floats
    positive_c: Floats
    positive_q: Floats
    negative_c: Floats

    @property
    def constant(self) -> bool:
        """Whether every pair of samples has the same c."""
        return bool(np.ptp(np.concatenate([self.positive_c, self.negative_c.ravel()])) == 0)


@dataclass(frozen=True)
class Sample:
    """Embeddings on the unit sphere, class by class: unit (n, d), each sample's class (n,) and its class's place among the sizes (n,).

    drift: how far a row of `unit` may lie from the exact unit vector that it stands for.
    """

    unit: Floats
    label: Ints
    sort: Ints
    drift: float

    @classmethod
    def of(cls, embeddings: Floats, label: Ints, sort: Ints) -> Sample:
        """Embeddings (n, d), none of them 0, in the order of their labels, divided by their norms."""
        d = embeddings.shape[1]
        largest = np.abs(embeddings).max(axis=1, keepdims=True)
        scaled = embeddings / largest
        unit = scaled / np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
        # |x^ - x| <= (gamma_d/2 + 4u)|x|: the sum of squares, its root, two divisions
        return cls(np.ascontiguousarray(unit), label, sort, gamma(d) / 2 + 5 * UNIT)


@dataclass(frozen=True)
class Bounded:
    """The loss at unit embeddings in a ball, its gradient by them (n, d) in the order given, and a bound of each row's error (n,)."""

    value: arb
    gradient: Floats
    error: Floats


class _Pairs:
    """The weighted exponentials of all pairs of samples, tile by tile."""

    def __init__(self, sample: Sample, coefficients: SizeCoefficients, rate: float) -> None:
        self.sample, self.coefficients, self.rate = sample, coefficients, rate
        self.n = len(sample.unit)
        self.kept: dict[tuple[int, int], Floats] = {}
        self.tiles = [slice(i, min(i + _TILE, self.n)) for i in range(0, self.n, _TILE)]
        self.exponential = exponential_for(self.n)
        self.workers = min(len(sched_getaffinity(0)), len(self.tiles))

    def exponentials(self, mine: slice, theirs: slice) -> Floats:
        """exp((s_ij - 1) rate) for the samples of two tiles, 0 for a sample and itself."""
        if (kept := self.kept.pop((mine.start, theirs.start), None)) is not None:
            return kept
        x = self.sample.unit[mine] @ self.sample.unit[theirs].T
        x -= 1.0
        x *= self.rate
        self.exponential(x)
        if mine == theirs:
            np.fill_diagonal(x, 0.0)
        if self.n <= _KEPT:
            self.kept[mine.start, theirs.start] = x
        return x

    def c(self, mine: slice, theirs: slice) -> Floats | float:
        """The coefficients c of the anchors of one tile on the samples of another."""
        if self.coefficients.constant:
            return float(self.coefficients.positive_c[0])
        label, sort = self.sample.label, self.sample.sort
        same = label[mine, np.newaxis] == label[np.newaxis, theirs]
        negative = self.coefficients.negative_c[np.ix_(sort[mine], sort[theirs])]
        return np.where(same, self.coefficients.positive_c[sort[mine], np.newaxis], negative)

    def gathered(self, add: Callable[[slice, slice, Floats], None], shape: tuple[int, ...]) -> Floats:
        """The sum of what `add` adds to an array for every pair of tiles, each worker into one of its own."""

        def work(first: int) -> Floats:
            result = np.zeros(shape)
            for number in range(first, len(self.tiles), self.workers):
                for other in range(number, len(self.tiles)):
                    add(self.tiles[number], self.tiles[other], result)
            return result

        with one_blas_thread(), ThreadPoolExecutor(self.workers) as pool:
            parts = list(pool.map(work, range(self.workers)))
        total: Floats = np.sum(parts, axis=0)
        return total

    def normalisers(self) -> Floats:
        """Z_i = sum_{j != i} c_ij exp((s_ij - 1) rate), shape (n,)."""

        def add(mine: slice, theirs: slice, z: Floats) -> None:
            e = self.exponentials(mine, theirs)
            z[mine] += _sums(self.c(mine, theirs), e)
            if mine != theirs:
                z[theirs] += _sums(self.c(theirs, mine), e.T)

        return self.gathered(add, (self.n,))

    def pulls(self, share: Floats) -> Floats:
        """sum_j e_ij (c_ij share_i + c_ji share_j) (x_j, 1), shape (n, d + 1)."""
        columns = np.hstack([self.sample.unit, np.ones((self.n, 1))])

        def add(mine: slice, theirs: slice, pull: Floats) -> None:
            e = self.exponentials(mine, theirs)
            e *= self.c(mine, theirs) * share[mine, np.newaxis] + np.transpose(self.c(theirs, mine)) * share[np.newaxis, theirs]
            pull[mine] += e @ columns[theirs]
            if mine != theirs:
                pull[theirs] += e.T @ columns[mine]

        return self.gathered(add, columns.shape)


def _sums(c: Floats | float, e: Floats) -> Floats:
    """sum_j c_ij e_ij of each row."""
    sums: Floats = c * e.sum(axis=1) if isinstance(c, float) else np.einsum("ij,ij->i", c, e)
    return sums


def bounded_loss(sample: Sample, coefficients: SizeCoefficients, rate: float) -> Bounded:
    """L = sum_i w_i (log sum_j c_ij exp(rate s_ij) - rate sum_j q_ij s_ij) and its gradient by the unit vectors, with bounds of all errors.

    `rate` and the coefficients may be off by a factor of 1 +- u each: the exact ones are meant.
    """
    unit, sort, n, d = sample.unit, sample.sort, *sample.unit.shape
    weight, q = coefficients.weight[sort], coefficients.positive_q[sort]
    anchors = weight > 0
    pairs = _Pairs(sample, coefficients, rate)
    z = pairs.normalisers()
    # |s^ - s| <= gamma_d (1 + drift)^2 + 2 drift + drift^2; the exponent adds a rounded difference, a product and the rate's own error
    similarity = 2 * sample.drift + gamma(d) * (1 + 4 * sample.drift) + sample.drift**2
    exponent = rate * (similarity + 8 * UNIT) * (1 + 8 * UNIT)
    share = (1 + EXP_ERROR) * (1 + gamma(8)) * exp(exponent) - 1
    whole = (1 + share) * (1 + gamma(n + pairs.workers)) - 1
    sums, masses = _class_sums(sample)
    sum_error = masses * (sample.drift + gamma(n) * (1 + sample.drift))
    value = _value(sample, weight, q, z, whole, rate, sums, sum_error)
    gradient = pairs.pulls(np.divide(rate * weight, z, out=np.zeros(n), where=anchors))
    mass = gradient[:, -1]
    pull = 2 * rate * weight * q
    result = gradient[:, :-1] - pull[:, np.newaxis] * (sums[sample.label] - unit)
    # each weight is off by share and whole, the sum over n samples by gamma_n, each sample by its drift; the last line's roundings
    error = mass * ((1 + share) * (1 + 2 * whole) * (1 + gamma(2 * n)) * (1 + sample.drift) - 1)
    error += pull * (sum_error[sample.label] + sample.drift) + 16 * UNIT * (mass + pull * (masses[sample.label] + 1))
    return Bounded(value=value, gradient=result, error=error * (1 + gamma(16)) + _UNDERFLOW)


def _class_sums(sample: Sample) -> tuple[Floats, Floats]:
    """The sum of each class's unit vectors (k, d), and how many there are (k,)."""
    starts = np.flatnonzero(np.diff(sample.label, prepend=-1))
    return np.add.reduceat(sample.unit, starts, axis=0), np.bincount(sample.label).astype(np.float64)


def _value(sample: Sample, weight: Floats, q: Floats, z: Floats, error: float, rate: float, sums: Floats, sum_error: Floats) -> arb:
    """sum_i w_i (rate + log Z_i) - sum over classes of w q rate (|sum of its vectors|^2 - n_c), each number a ball around its float."""
    own, relative = arb(rate) * _ball(1.0, 2 * UNIT), 2 * UNIT
    total = arb(0)
    for w in np.unique(weight[weight > 0]).tolist():
        normalisers = z[weight == w].tolist()
        product = prod((_ball(x, x * error) for x in normalisers), start=arb(1))
        total += _ball(w, relative * w) * (len(normalisers) * own + product.log())
    starts = np.flatnonzero(np.diff(sample.label, prepend=-1))
    for first, vector, off, count in zip(starts.tolist(), sums, sum_error.tolist(), np.bincount(sample.label).tolist(), strict=True):
        factor = _ball(float(weight[first]), relative * float(weight[first])) * _ball(float(q[first]), relative * float(q[first]))
        length = float(np.sqrt(vector @ vector)) * (1 + gamma(len(vector) + 4))
        square = sum((arb(x) * arb(x) for x in vector.tolist()), arb(0)) + arb(0, 2 * length * off + off * off)
        total -= factor * own * (square - count)
    return total


def _ball(middle: float, radius: float) -> arb:
    return arb(middle, radius * (1 + 4 * UNIT))
