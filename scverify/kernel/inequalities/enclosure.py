"""Intervals with exact ends: rationals stay rationals, and zero stays zero, where a midpoint and a radius would lose both.

Used for scalar inequalities, which touch zero at rational points. Undefined results (logarithms of what may be negative, division
by what may be 0) are sticky: whatever is made of them is undefined, and nothing is ever proved of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

# from here on exact arithmetic would be slower than balls
_MOST_BITS = 4096


@dataclass(frozen=True)
class ExactInterval:
    """All reals between two exact ends; `exact` where it is one rational. Ends that are not finite: undefined."""

    lower: arb
    upper: arb
    exact: fmpq | None = None

    @classmethod
    def of(cls, value: int | fmpq) -> ExactInterval:
        """One rational; as an interval where it has so many bits that exact arithmetic would be slow."""
        rational = fmpq(value)
        ball = arb(rational)
        slow = rational.height_bits() > _MOST_BITS
        return cls(ball.lower(), ball.upper(), None if slow else rational)

    @classmethod
    def between(cls, least: fmpq, most: fmpq) -> ExactInterval:
        """The interval [least, most] of rationals."""
        return cls.of(least) if least == most else _hull(arb(least), arb(most))

    @property
    def defined(self) -> bool:
        """Whether there are finite ends."""
        return bool(self.lower.is_finite())

    def __add__(self, other: Any) -> ExactInterval:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        x, y = self, _lifted(other)
        if x.exact is not None and y.exact is not None:
            return ExactInterval.of(x.exact + y.exact)
        return _hull(x.lower + y.lower, x.upper + y.upper)

    def __mul__(self, other: Any) -> ExactInterval:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        x, y = self, _lifted(other)
        if x.exact is not None and y.exact is not None:
            return ExactInterval.of(x.exact * y.exact)
        if x.lower >= 0 and y.lower >= 0:
            return _hull(x.lower * y.lower, x.upper * y.upper)
        return _hull(*(u * v for u in (x.lower, x.upper) for v in (y.lower, y.upper)))

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other: ExactInterval) -> ExactInterval:
        return self + -1 * other

    def __rtruediv__(self, other: int) -> ExactInterval:
        if self.exact is not None:
            return UNDEFINED if self.exact == 0 else ExactInterval.of(other / self.exact)
        if self.lower > 0 or self.upper < 0:
            return _hull(1 / self.lower, 1 / self.upper) * other
        return UNDEFINED

    def __abs__(self) -> ExactInterval:
        if self.exact is not None:
            return ExactInterval.of(abs(self.exact))
        if self.lower >= 0 or not self.defined:
            return self
        negated = -1 * self
        return negated if self.upper <= 0 else ExactInterval(arb(0), max(self.upper, negated.upper))

    def power(self, n: int) -> ExactInterval:
        """The n-th power, n an integer: that of the magnitude where n is even."""
        if n <= 0:
            return 1 / self.power(-n) if n else 1 + 0 * self
        if self.exact is not None:
            return ExactInterval.of(self.exact**n)
        base = abs(self) if n % 2 == 0 else self
        return _hull(*(_times(end, n) for end in (base.lower, base.upper)))

    def sign(self) -> ExactInterval:
        """Every slope that the magnitude may have: 1 or -1 where all numbers have one sign or are 0, [-1, 1] at 0 and where signs differ.

        On a box where g >= 0 the magnitude of g is g itself, to its very edge.
        """
        if not self.defined:
            return self
        if self.exact != 0 and (self.lower >= 0 or self.upper <= 0):
            return ExactInterval.of(1 if self.lower >= 0 else -1)
        return ExactInterval(arb(-1), arb(1))

    def exp(self) -> ExactInterval:
        """The exponential."""
        if self.exact == 0:
            return ExactInterval.of(1)
        return _hull(self.lower.exp(), self.upper.exp())

    def log(self) -> ExactInterval:
        """The natural logarithm, of positive numbers."""
        if self.exact == 1:
            return ExactInterval.of(0)
        return _hull(self.lower.log(), self.upper.log()) if self.lower > 0 else UNDEFINED

    def sqrt(self) -> ExactInterval:
        """The square root, of numbers that are not negative."""
        return self.root(2)

    def root(self, n: int) -> ExactInterval:
        """The n-th root, n >= 2, of numbers that are not negative."""
        if self.exact is not None and self.exact >= 0:
            parts = [part.root(n) for part in (self.exact.p, self.exact.q)]
            if fmpq(*parts) ** n == self.exact:
                return ExactInterval.of(fmpq(*parts))
        return _hull(*(_root(end, n) for end in (self.lower, self.upper))) if self.lower >= 0 else UNDEFINED


_NUMBERS = (ExactInterval, int, fmpq)
UNDEFINED = ExactInterval(arb("nan"), arb("nan"))


def _lifted(value: ExactInterval | int | fmpq) -> ExactInterval:
    return value if isinstance(value, ExactInterval) else ExactInterval.of(value)


def _hull(*values: arb) -> ExactInterval:
    """The least interval with exact ends around balls; undefined if one of them is not finite."""
    if not all(value.is_finite() for value in values):
        return UNDEFINED
    return ExactInterval(min(value.lower() for value in values), max(value.upper() for value in values))


def _times(end: arb, n: int) -> arb:
    result = arb(1)
    for _ in range(n):
        result = result * end
    return result


def _root(end: arb, n: int) -> arb:
    return end if end == 0 else end.root(n)
