"""Numbers known to lie between two rationals, and their comparisons: TRUE, FALSE or UNKNOWN, never a tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import NoReturn

from scverify.certify.claims import Data
from scverify.conjecture.truth import Trust, Truth, all_of, exact, weakest
from scverify.errors import must_be
from scverify.model.exact import Rational, exact_rational

# digits in a sentence; the ends stand in the record
_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Enclosure:
    """A real number in [lower, upper]: what it is, the trust it rests on, and the certificates that say so.

    + - * and abs() are exact; < <= > >= and `equals` give a Truth. == is refused: it would compare descriptions, not numbers.

    >>> first, second = Enclosure(Fraction(1), Fraction(2), "a"), Enclosure(Fraction(3), Fraction(4), "b")
    >>> (first < second).value, (first < first).value
    (True, None)
    """

    lower: Fraction
    upper: Fraction
    name: str
    trust: Trust = "ball"
    certificates: tuple[Data, ...] = ()

    def __repr__(self) -> str:
        return f"<Enclosure: {self} ({self.trust})>"

    @classmethod
    def of(cls, value: Enclosure | Rational) -> Enclosure:
        """An enclosure as it is, or the exact rational."""
        if isinstance(value, Enclosure):
            return value
        number = exact_rational(value, "number")
        return cls(number, number, str(number), "symbolic")

    @property
    def middle(self) -> float:
        """A float inside or near it; infinite where no float is as large."""
        exact = (self.lower + self.upper) / 2
        try:
            return float(exact)
        except OverflowError:
            return inf if exact > 0 else -inf

    def __str__(self) -> str:
        return self.name if self.name == str(self.lower) else f"{self.name} ≈ {self.middle:.{_SHOWN}g}"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("== on an enclosure: write a.equals(b), which is a Truth, or all_equal([...])")

    def __hash__(self) -> NoReturn:
        raise TypeError("an enclosure has no hash: it is not a single number")

    def _with(self, lower: Fraction, upper: Fraction, name: str, other: Enclosure | None = None) -> Enclosure:
        parts = (self,) if other is None else (self, other)
        certificates = tuple(data for part in parts for data in part.certificates)
        return Enclosure(lower, upper, name, weakest(*(part.trust for part in parts)), certificates)

    def __add__(self, other: Enclosure | Rational) -> Enclosure:
        right = Enclosure.of(other)
        return self._with(self.lower + right.lower, self.upper + right.upper, f"{self.name} + {right.name}", right)

    def __neg__(self) -> Enclosure:
        return self._with(-self.upper, -self.lower, f"-({self.name})")

    def __sub__(self, other: Enclosure | Rational) -> Enclosure:
        right = Enclosure.of(other)
        return self._with(self.lower - right.upper, self.upper - right.lower, f"{self.name} - ({right.name})", right)

    def __mul__(self, other: Enclosure | Rational) -> Enclosure:
        right = Enclosure.of(other)
        ends = [x * y for x in (self.lower, self.upper) for y in (right.lower, right.upper)]
        return self._with(min(ends), max(ends), f"({self.name})·({right.name})", right)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Rational) -> Enclosure:
        return Enclosure.of(other) - self

    def __abs__(self) -> Enclosure:
        low = Fraction(0) if self.lower <= 0 <= self.upper else min(abs(self.lower), abs(self.upper))
        return self._with(low, max(abs(self.lower), abs(self.upper)), f"|{self.name}|")

    def __le__(self, other: Enclosure | Rational) -> Truth:
        return _compared(self, Enclosure.of(other), strict=False)

    def __lt__(self, other: Enclosure | Rational) -> Truth:
        return _compared(self, Enclosure.of(other), strict=True)

    def __ge__(self, other: Enclosure | Rational) -> Truth:
        return _compared(Enclosure.of(other), self, strict=False)

    def __gt__(self, other: Enclosure | Rational) -> Truth:
        return _compared(Enclosure.of(other), self, strict=True)

    def equals(self, other: Enclosure | Rational) -> Truth:
        """Whether both are the same number; TRUE only where both are exact."""
        right = Enclosure.of(other)
        return (self <= right) & (right <= self)


def _compared(left: Enclosure, right: Enclosure, strict: bool) -> Truth:
    """left < right, or left <= right."""
    if left.upper < right.lower or (not strict and left.upper == right.lower):
        value: bool | None = True
    elif left.lower > right.upper or (strict and left.lower == right.upper):
        value = False
    else:
        value = None
    sign = {True: "<" if strict else "<=", False: ">=" if strict else ">", None: "not decided against"}[value]
    certificates = {str(data["digest"]): data for data in (*left.certificates, *right.certificates)}
    evidence, trust = f"{left} {sign} {right}", weakest(left.trust, right.trust)
    return Truth(value, (evidence,), trust, tuple(certificates.values()), right.middle - left.middle)


def all_equal(values: Sequence[Enclosure | Rational]) -> Truth:
    """Whether all are the same number: FALSE where two enclosures are apart, TRUE only where all are exact.

    >>> two = Enclosure(Fraction(2), Fraction(2), "two", "ball")
    >>> all_equal([two, two]).value
    True
    """
    must_be(values, Iterable, "values", "a list of numbers or enclosures")
    enclosures = [Enclosure.of(value) for value in values]
    if len(enclosures) < 2:
        return exact(True, f"{len(enclosures)} numbers")
    return all_of(first.equals(second) for first, second in pairwise(enclosures))
