"""From balls to the exact numbers of a certificate: integers over a power of two, rationals in decimal places."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from scverify.kernel.certificate import MAX_BITS, Unresolved


def fraction(value: fmpq) -> Fraction:
    """The same rational in Python's own type."""
    return Fraction(int(value.p), int(value.q))


def text(value: Fraction) -> str:
    """A rational as certificates write it: "-3" or "37/100"."""
    return str(value)


def scaled(value: arb, bits: int) -> int:
    """The integer nearest to value * 2^bits (value's midpoint)."""
    return scaled_integers([value], bits)[0]


def scaled_integers(values: Iterable[arb], bits: int) -> list[int]:
    """`scaled` of each value; raises Unresolved where one is not finite, as slopes at a bad point may be."""
    result = []
    for value in values:
        if not value.is_finite():
            raise Unresolved("a value is not finite at this precision")
        mantissa, exponent = value.mid().man_exp()
        shift = int(exponent) + bits
        if shift > MAX_BITS:
            raise Unresolved("a value is too large for a certificate")
        if -shift > int(abs(mantissa)).bit_length() + 1:
            result.append(0)
            continue
        result.append(int(mantissa << shift if shift >= 0 else ((mantissa >> (-shift - 1)) + 1) >> 1))
    return result


def matrix(rows: Iterable[Iterable[arb]], bits: int) -> dict[str, Any]:
    """A matrix of balls as the certificate's {"bits": b, "rows": [[integers]]}, each entry rounded to nearest."""
    return {"bits": bits, "rows": [scaled_integers(row, bits) for row in rows]}


def probabilities(rows: Iterable[Iterable[arb]], bits: int) -> dict[str, Any]:
    """Rows of probabilities as integers that sum to 2^bits exactly; the largest entry takes up the rounding."""
    table = []
    for row in rows:
        entries = [max(0, x) for x in scaled_integers(row, bits)]
        largest = max(range(len(entries)), key=entries.__getitem__)
        entries[largest] += (1 << bits) - sum(entries)
        table.append(entries)
    return {"bits": bits, "rows": table}


def below(value: arb, places: int) -> Fraction:
    """The largest multiple of 10^-places that the ball does not reach down to."""
    return Fraction(_floor(value.lower(), places), 10**places)


def above(value: arb, places: int) -> Fraction:
    """The smallest multiple of 10^-places above the whole ball."""
    return Fraction(-_floor(-value.upper(), places), 10**places)


def places_for(width: arb) -> int:
    """Decimal places with which rounding adds less than a hundredth to an interval of this width."""
    if not width > 0:
        return ctx.dps
    return max(3, 3 - int((width.log() / arb(10).log()).lower().floor().unique_fmpz() or 0))


def _floor(value: arb, places: int) -> int:
    mantissa, exponent = value.man_exp()
    exact = fmpq(mantissa) * fmpq(fmpz(2)) ** int(exponent) * fmpz(10) ** places
    return int(exact.floor())
