"""Coq's own integer arithmetic, mirrored: what proofs/coq/Exponential.v computes, and the tables that makers of its certificates share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from flint import arb

from scverify.certify.dyadics import scaled
from scverify.errors import Undecided

BITS = 88  # about 26 digits: the relative gap below with room, in integers that Coq multiplies fast
MOST_BITS = 4 * BITS  # doubled twice, for optima near 0
RELATIVE_GAP = Fraction(1, 10**12)  # what the documentation promises of an exported optimum, where its own gap is as small
GUARD = 64  # bits of balls beyond those of the tables
REDUCED_BITS = 6  # arguments are halved below 2^-6, where the series is short
DOUBLINGS = 12  # bits that the squarings after the series lose
IntegerTable = list[list[int]]
BallTable = list[list[arb]]


@dataclass(frozen=True)
class FixedPoint:
    """Integers over 2^bits, and how `exp_below` of proofs/coq/Exponential.v works: halvings and half the number of Taylor terms."""

    bits: int
    halvings: int

    @property
    def scale(self) -> int:
        """The denominator of every table."""
        return 1 << self.bits

    @property
    def half_terms(self) -> int:
        """Half the number of Taylor terms."""
        return half_terms(self.bits)

    def exp_below(self, num: int, den: int) -> int:
        """`exp_below` of proofs/coq/Exponential.v, step for step."""
        x = num * self.scale // (den << self.halvings)
        if 2 * abs(x) > self.scale:
            return 0
        value = self.scale
        for i in range(2 * self.half_terms + 1, 0, -1):
            value = self.scale + x * value // (i * self.scale)
        value = max(0, value - 2)
        for _ in range(self.halvings):
            value = value * value // self.scale
        return value

    def exp_above(self, num: int, den: int) -> int:
        """An integer E with exp(num/den) <= E/scale, by exp_below(-num, den) * E >= scale^2; raises Undecided."""
        below = self.exp_below(-num, den)
        if below <= 0:
            raise Undecided(f"no upper bound of an exponential with {self.bits} bits")
        return -(-self.scale * self.scale // below)

    def log_above(self, value: int, coefficient: int) -> int:
        """An integer u, nearly the least, with value <= coefficient * exp_below(u / scale)."""
        if value == 0:
            return 0
        least = scaled((arb(value) / (coefficient * self.scale)).log(), self.bits)
        slack = 1 << (self.halvings + 3)
        while value > coefficient * self.exp_below(least + slack, self.scale):
            slack *= 2
            if slack > self.scale << 20:
                raise Undecided(f"no upper bound of a logarithm with {self.bits} bits")
        return least + slack

    def probabilities(self, row: list[arb]) -> list[int]:
        """Integers >= 0 that sum to the scale; the largest takes up the rounding."""
        entries = [max(0, scaled(x, self.bits)) for x in row]
        entries[entries.index(max(entries))] += self.scale - sum(entries)
        return entries

    def integers(self, rows: BallTable) -> IntegerTable:
        """Each entry rounded to nearest."""
        return [[scaled(x, self.bits) for x in row] for row in rows]


def fixed_point(bits: int, largest: int) -> FixedPoint:
    """Arithmetic whose exponents are at most `largest` in magnitude."""
    return FixedPoint(bits=bits, halvings=(largest + 1).bit_length() + REDUCED_BITS)


def half_terms(bits: int) -> int:
    """Half the number of Taylor terms that leave an error below 2^-(bits + DOUBLINGS) at arguments below 2^-REDUCED_BITS."""
    half = 1
    while (factorial(2 * half + 2) << REDUCED_BITS * (2 * half + 2)).bit_length() <= bits + DOUBLINGS:
        half += 1
    return half


def pivoted_cholesky(matrix: BallTable, bits: int) -> BallTable:
    """The columns C, as rows of k entries, with matrix = C C^T up to about 2^-bits of its largest entry (balls, midpoints only)."""
    k = len(matrix)
    rest = [row[:] for row in matrix]
    least = max(abs(float(rest[c][c])) for c in range(k)) * arb(2) ** -bits
    rows: BallTable = [[] for _ in range(k)]
    for _ in range(k):
        pivot = max(range(k), key=lambda c: float(rest[c][c]))
        if not rest[pivot][pivot] > least:
            break
        root = rest[pivot][pivot].sqrt()
        column = [(rest[c][pivot] / root).mid() for c in range(k)]
        for c in range(k):
            rows[c].append(column[c])
            rest[c] = [(x - column[c] * y).mid() for x, y in zip(rest[c], column, strict=True)]
    return rows if rows[0] else [[arb(0)] for _ in range(k)]


def inner_product(left: list[int], right: list[int]) -> int:
    """The inner product of two rows of integers."""
    return sum(x * y for x, y in zip(left, right, strict=True))


def decimal_places(width: Fraction) -> int:
    """Decimal places with which rounding adds less than a hundredth to an interval of this width."""
    return max(3, len(str(int(1 / width))) + 2) if width > 0 else 40
