"""Decimals for people: rounded outward, with as many places as an interval deserves."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from itertools import takewhile

_PLACES_WHEN_EXACT = 20
_PLACES_TO_KEEP = 4


def enclosure(lower: Fraction, upper: Fraction) -> tuple[str, str]:
    """The interval [lower, upper] as decimals with equal places: exact where both end soon enough, otherwise rounded outward."""
    width = upper - lower
    enough = _places(width) if width > 0 else _PLACES_WHEN_EXACT
    exact = max(_places_of(lower), _places_of(upper))
    places = int(exact) if exact <= enough + _PLACES_TO_KEEP else enough
    scale = 10**places
    return _fixed(math.floor(lower * scale), places), _fixed(math.ceil(upper * scale), places)


def agreeing(low: str, high: str) -> str:
    """The leading digits that two decimals of equal places share; empty where they share none."""
    if len(low) != len(high):
        return ""
    shared = "".join(digit for digit, _ in takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=True)))
    return shared if any(map(str.isdigit, shared)) else ""


def at_most(value: Fraction) -> str:
    """A bound from above with two significant digits, such as 3.1e-15."""
    above = Context(prec=2, rounding=ROUND_CEILING).divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{above:.1e}" if above else "0"


def at_least(value: Fraction, digits: int = 12) -> str:
    """A bound from below with so many significant digits, such as 13.2386036054."""
    return str(Context(prec=digits, rounding=ROUND_FLOOR).divide(Decimal(value.numerator), Decimal(value.denominator)))


def rounded_up(value: Fraction, digits: int = 12) -> str:
    """A bound from above with so many significant digits."""
    return str(Context(prec=digits, rounding=ROUND_CEILING).divide(Decimal(value.numerator), Decimal(value.denominator)))


def _places(width: Fraction) -> int:
    """Places with which an interval of this positive width spans ten units or more."""
    return max(1, math.ceil((width.denominator.bit_length() - width.numerator.bit_length() + 1) * math.log10(2)) + 1)


def _places_of(value: Fraction) -> float:
    """Places after which the decimal of a rational ends; infinite where it does not."""
    twos = (value.denominator & -value.denominator).bit_length() - 1
    rest, fives = value.denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(1, twos, fives) if rest == 1 else math.inf


def _fixed(units: int, places: int) -> str:
    whole, part = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{part:0{places}d}"
