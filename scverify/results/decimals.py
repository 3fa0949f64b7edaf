"""Decimals for people: rounded outward, with as many places as an interval deserves."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

# places of a number without an error; those that may be added to write a short one exactly; digits in any case
_PLACES_WHEN_EXACT = 20
_PLACES_TO_KEEP = 4
_MOST_DIGITS = 60
# a number with more zeros behind its point is written with an exponent
_SCIENTIFIC = 6
# a radius from here on, 10^-3, has no exponent
_PLAIN_RADIUS = -3


def enclosure(lower: Fraction, upper: Fraction, asked: int = 0) -> tuple[str, str]:
    """The interval [lower, upper] as decimals with equal places: exact where both end soon enough, otherwise rounded outward.

    At most 60 digits, or the places that were asked for: an interval may be relatively as narrow as 10^-1000, and a certificate has it
    whole. Ends below 10^-6 are written with an exponent.
    """
    largest = max(abs(lower), abs(upper))
    if largest and _exponent(largest) < -_SCIENTIFIC:
        unit = Fraction(10) ** _exponent(largest)
        digits = Fraction(1, 10**_MOST_DIGITS)
        low, high = enclosure(lower / unit // digits * digits, -(-upper / unit // digits) * digits)
        power = f"e{_exponent(largest)}"
        return low + power if lower else "0", high + power if upper else "0"
    width = upper - lower
    enough = _places(width) if width > 0 else _PLACES_WHEN_EXACT
    exact = max(_places_of(lower), _places_of(upper))
    places = int(exact) if exact <= enough + _PLACES_TO_KEEP else enough
    if largest:
        places = min(places, max(1, _MOST_DIGITS - 1 - _exponent(largest), asked + 1))
    scale = 10**places
    return _fixed(math.floor(lower * scale), places), _fixed(math.ceil(upper * scale), places)


def scientific_above(value: Fraction) -> str:
    """A bound from above with two significant digits, such as 3.1e-15."""
    above = Context(prec=2, rounding=ROUND_CEILING).divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{above:.1e}" if above else "0"


def rounded_down(value: Fraction, digits: int = 12) -> str:
    """A bound from below with so many significant digits, such as 13.2386036054."""
    return str(Context(prec=digits, rounding=ROUND_FLOOR).divide(Decimal(value.numerator), Decimal(value.denominator)))


def rounded_up(value: Fraction, digits: int = 12) -> str:
    """A bound from above with so many significant digits."""
    return str(Context(prec=digits, rounding=ROUND_CEILING).divide(Decimal(value.numerator), Decimal(value.denominator)))


def settled(lower: Fraction, upper: Fraction) -> str:
    """A number known to lie in [lower, upper]: its middle with the digits that are settled, and how far off it can be.

    >>> settled(Fraction("-120.00001"), Fraction("-119.99999")), settled(Fraction("119.1"), Fraction("121.5"))
    ('-120.0000 ± 1.0e-5', '120 ± 2')
    """
    middle, radius = (lower + upper) / 2, (upper - lower) / 2
    if radius == 0 and _places_of(middle) <= _MOST_DIGITS:
        return _plain_or_scientific(middle, int(_places_of(middle)))
    if radius == 0:
        radius = abs(middle) / 10**_MOST_DIGITS
    if abs(middle) <= radius:
        return f"between {_bound(lower, ROUND_FLOOR)} and {_bound(upper, ROUND_CEILING)}"
    if _exponent(radius) >= _PLAIN_RADIUS:
        return _both_plain(middle, radius)
    digits = min(_exponent(middle) - _exponent(radius), _MOST_DIGITS)
    shown = _rounded(middle, _exponent(middle) - digits + 1)
    return f"{_plain_or_scientific(shown, max(1, digits - 1 - _exponent(middle)))} ± {scientific_above(radius + abs(middle - shown))}"


def _both_plain(middle: Fraction, radius: Fraction) -> str:
    """A number and how far off it can be, both to the radius's first digit."""
    place = _exponent(radius)
    unit = Fraction(10) ** place
    shown = _rounded(middle, place)
    off = math.ceil((radius + abs(middle - shown)) / unit) * unit
    return " ± ".join(_fixed(int(x / unit), -place) if place < 0 else str(x) for x in (shown, off))


def shortened(decimal: str) -> str:
    """A decimal too long to read, its middle left out."""
    return decimal if len(decimal) <= _MOST_DIGITS + 20 else f"{decimal[:_MOST_DIGITS]}…{decimal[-12:]}"


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


def _bound(value: Fraction, rounding: str) -> str:
    return f"{Context(prec=2, rounding=rounding).divide(Decimal(value.numerator), Decimal(value.denominator)):.1e}" if value else "0"


def _exponent(value: Fraction) -> int:
    """floor(log10 |value|)."""
    size = abs(value)
    guess = math.floor((size.numerator.bit_length() - size.denominator.bit_length()) * math.log10(2)) - 1
    while size >= Fraction(10) ** (guess + 1):
        guess += 1
    return guess


def _rounded(value: Fraction, exponent: int) -> Fraction:
    """The nearest multiple of 10^exponent."""
    unit = Fraction(10) ** exponent
    return round(value / unit) * unit


def _plain_or_scientific(value: Fraction, places: int) -> str:
    """An exact decimal with so many places, or with an exponent where it would begin with many zeros."""
    exponent = _exponent(value) if value else 0
    if exponent >= -_SCIENTIFIC:
        return _fixed(int(value * 10**places), places)
    digits = max(1, places + exponent)
    return f"{_fixed(int(value / Fraction(10) ** exponent * 10**digits), digits)}e{exponent}"
