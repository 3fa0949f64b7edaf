"""Intervals in float64, many at once: every operation is rounded outward, exp has a proved error bound.

Of NumPy the kernel trusts only what IEEE 754 fixes to the last bit, entry by entry: +, -, *, / and sqrt
round to nearest, so the exact result lies within `slack` of the computed one. Sums are taken term by term: no reduction, no matrix
product, no function of a mathematical library decides anything. Functions that return plain floats give hints; they prove nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

# exp(x) = 2^k exp(r), r = x - k ln 2, |r| <= 0.36. LN2_HIGH has 33 significant bits, so k LN2_HIGH is exact for |k| < 2^20;
# |ln 2 - LN2_HIGH - LN2_LOW| < 2^-85. See `exp` for the error bound.
LN2_HIGH = 0.6931471804855391
LN2_LOW = float.fromhex("0x1.473de6af278edp-34")
DEGREE = 13
EXP_RELATIVE_ERROR = 2.0**-46
EXP_RANGE = 700.0
# of its Taylor polynomial, each rounded to nearest once
COEFFICIENTS = np.array([1.0 / factorial(i) for i in range(DEGREE + 1)])

# 4 u, and more than what is lost beneath the normal numbers: see `slack`
RELATIVE = 2.0**-51
TINY = 2.0**-1000


def slack(x: Floats) -> Floats:
    """More than the error of a result rounded to nearest.

    With u = 2^-53 an operation errs by at most u |x| + 2^-1075. `x - slack(x)` is computed with at most u (|x| + slack) further error,
    and slack itself with a relative error of at most 2 u; 4 u |x| + TINY covers all three. An infinite x gives nan or stays infinite on
    its outer side.
    """
    result: Floats = np.abs(x)
    result *= RELATIVE
    result += TINY
    return result


def down(x: Floats) -> Floats:
    """A float below the exact result that was rounded to x, entry by entry."""
    return x - slack(x)


def up(x: Floats) -> Floats:
    """A float above the exact result that was rounded to x, entry by entry."""
    return x + slack(x)


@dataclass(frozen=True, eq=False)
class Intervals:
    """An array of closed intervals [low, high]; an end that is nan satisfies no comparison and so decides nothing."""

    low: Floats
    high: Floats

    # NumPy arrays leave operators with Intervals to Intervals
    __array_ufunc__ = None

    @classmethod
    def exact(cls, values: Any) -> Intervals:
        """Intervals of width zero at float64 values."""
        array = np.asarray(values, dtype=np.float64)
        return cls(array, array)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.low.shape

    def __getitem__(self, key: Any) -> Intervals:
        return Intervals(self.low[key], self.high[key])

    def __neg__(self) -> Intervals:
        return Intervals(-self.high, -self.low)

    def __add__(self, other: Intervals | Floats | float) -> Intervals:
        other = _as_intervals(other)
        return Intervals(down(self.low + other.low), up(self.high + other.high))

    def __sub__(self, other: Intervals | Floats | float) -> Intervals:
        other = _as_intervals(other)
        return Intervals(down(self.low - other.high), up(self.high - other.low))

    def __mul__(self, other: Intervals | Floats | float) -> Intervals:
        if not isinstance(other, Intervals):  # an exact factor: two products instead of four
            one, two = self.low * other, self.high * other
            return Intervals(down(np.minimum(one, two)), up(np.maximum(one, two)))
        ends = (self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high)
        return Intervals(down(_least(ends)), up(_greatest(ends)))

    def __truediv__(self, other: Intervals) -> Intervals:
        """The quotient by positive intervals; nan where the divisor is not positive."""
        with np.errstate(divide="ignore", invalid="ignore"):
            low = np.where(other.low > 0, other.low, np.nan)
            ends = (self.low / low, self.low / other.high, self.high / low, self.high / other.high)
        return Intervals(down(_least(ends)), up(_greatest(ends)))

    def times_difference(self, x: Floats, y: Floats) -> Intervals:
        """self * (x - y) for exact floats.

        The difference errs by at most u of itself, so the product by less than 3 u of itself, within `slack`.
        """
        return self * (x - y)

    def square(self) -> Intervals:
        """x * x, never negative."""
        low, high = np.abs(self.low), np.abs(self.high)
        crosses = (self.low <= 0) & (self.high >= 0)
        least, most = np.minimum(low, high), np.maximum(low, high)
        return Intervals(np.where(crosses, 0.0, np.maximum(down(least * least), 0.0)), up(most * most))

    def sqrt(self) -> Intervals:
        """The square root of intervals that are not negative; nan elsewhere."""
        with np.errstate(invalid="ignore"):
            return Intervals(np.maximum(down(np.sqrt(self.low)), 0.0), up(np.sqrt(self.high)))

    def exp(self) -> Intervals:
        """The exponential; beyond +-EXP_RANGE an end becomes 0, infinite, or the value at -EXP_RANGE.

        With u = 2^-53: k LN2_HIGH is exact, so the computed r differs from x - k ln 2 by less than 0.36 u (first difference) + 2 |k
        LN2_LOW| u + 0.36 u (second) + |k| 2^-85 < u. Horner's scheme with coefficients rounded once errs by at most g Sum |r|^i/i!, g =
        28 u/(1 - 28 u) (Higham, Accuracy and Stability, 2002, 5.1); Taylor's remainder is below 0.36^14/14! e^0.36 < 2^-56. Relative to
        e^r >= e^-0.36 all this is below (1 + 28 * 2.06 + 0.2) u < 2^-47; EXP_RELATIVE_ERROR is twice that, for 1 - e against 1/(1 + e).
        2^k scales exactly.
        """
        low, high = _plain_exp(self.low), _plain_exp(self.high)
        least = down(low * (1 - EXP_RELATIVE_ERROR))
        most = up(high * (1 + EXP_RELATIVE_ERROR))
        return Intervals(np.where(self.low < -EXP_RANGE, 0.0, least), np.where(self.high > EXP_RANGE, np.inf, most))

    def meet(self, other: Intervals) -> Intervals:
        """The part common to two enclosures of the same numbers."""
        return Intervals(np.maximum(self.low, other.low), np.minimum(self.high, other.high))

    def swapped(self) -> Intervals:
        """The first two axes exchanged."""
        return Intervals(self.low.swapaxes(0, 1), self.high.swapaxes(0, 1))

    def hull(self, other: Intervals) -> Intervals:
        """The least intervals around both."""
        return Intervals(np.minimum(self.low, other.low), np.maximum(self.high, other.high))

    def clipped(self, least: float, most: float) -> Intervals:
        """The part within [least, most], where the exact values are known to lie."""
        return Intervals(np.clip(self.low, least, most), np.clip(self.high, least, most))

    def magnitude(self) -> Floats:
        """The largest |x|, a float for each interval."""
        return np.maximum(-self.low, self.high)

    def middle(self) -> Floats:
        """A float inside each interval: a hint, and exact as a float."""
        return 0.5 * (self.low + self.high)

    def radius(self, centre: Floats) -> Floats:
        """Some r with [low, high] inside [centre - r, centre + r]."""
        return up(np.maximum(centre - self.low, self.high - centre))

    def has_no_zero(self) -> Mask:
        """Where zero lies outside, proved."""
        return (self.low > 0) | (self.high < 0)


def stacked(parts: Sequence[Intervals]) -> Intervals:
    """Intervals of one shape along a new first axis."""
    return Intervals(np.stack([part.low for part in parts]), np.stack([part.high for part in parts]))


def chosen(mask: Mask, yes: Intervals, no: Intervals) -> Intervals:
    """`yes` where the mask holds, `no` elsewhere."""
    return Intervals(np.where(mask, yes.low, no.low), np.where(mask, yes.high, no.high))


def summed(parts: Intervals) -> Intervals:
    """The sum along the first axis, which is not empty, term by term."""
    result = parts[0]
    for part in range(1, parts.shape[0]):
        result = result + parts[part]
    return result


def _as_intervals(value: Intervals | Floats | float) -> Intervals:
    return value if isinstance(value, Intervals) else Intervals.exact(value)


def _least(ends: tuple[Floats, ...]) -> Floats:
    return np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3]))


def _greatest(ends: tuple[Floats, ...]) -> Floats:
    return np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3]))


def _plain_exp(x: Floats) -> Floats:
    """exp within the relative error of `exp` for |x| <= EXP_RANGE, its value at the nearer end of that range beyond; nan of nan."""
    bounded = np.clip(x, -EXP_RANGE, EXP_RANGE)
    k = np.rint(bounded * (1 / 0.6931471805599453))
    r = (bounded - k * LN2_HIGH) - k * LN2_LOW
    result = np.full_like(r, 1.0 / factorial(DEGREE))
    for i in range(DEGREE - 1, -1, -1):
        result *= r
        result += 1.0 / factorial(i)
    with np.errstate(invalid="ignore"):
        exponent = np.nan_to_num(k).astype(np.int64)
    power: Floats = ((exponent + 1023) << 52).view(np.float64)
    return result * power


def float_total(arrays: Sequence[Floats] | Floats) -> Floats:
    """The plain float sum of several arrays, one after the other."""
    result = arrays[0]
    for array in arrays[1:]:
        result = result + array
    return result


def largest(arrays: Sequence[Floats] | Floats) -> Floats:
    """The largest float in each place of several arrays."""
    result = arrays[0]
    for array in arrays[1:]:
        result = np.maximum(result, array)
    return result


def joined(arrays: Sequence[Any]) -> Any:
    """Arrays side by side along their last axis."""
    return np.concatenate(arrays, axis=-1)


def floats(rows: Sequence[Any]) -> Floats:
    """Nested sequences of floats as an array."""
    return np.array(rows, dtype=np.float64)


def integers(rows: Sequence[Any] | bytes) -> Integers:
    """Nested sequences of small integers, or bytes, as an array."""
    return np.frombuffer(rows, dtype=np.uint8).astype(np.int64) if isinstance(rows, bytes) else np.array(rows, dtype=np.int64)


def numbered(count: int) -> Integers:
    """The numbers from 0 on."""
    return np.arange(count)


def stacked_rows(arrays: Sequence[Any]) -> Any:
    """Arrays one above the other, along their first axis."""
    return np.concatenate(arrays, axis=0)


def mixed(counts: Sequence[int]) -> list[Integers]:
    """All products of ranges, the first running slowest: for each range its number in each of them."""
    return [places.ravel() for places in np.indices(counts)]
