"""Exact numbers from what a user writes: nothing is rounded on the way in."""

from __future__ import annotations

import math
import numbers
import re
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scverify.errors import InexactInput, InputError

_WRITTEN = re.compile(r"[+-]?(\d+/\d+|\d+\.?\d*([eE][+-]?\d{1,4})?|\.\d+([eE][+-]?\d{1,4})?)")

# no measured or chosen number is longer, and Python refuses to read 4,300 digits
_LONGEST = 1000
Rational = int | str | float | Fraction | Decimal
# Decimal("1e999999") is finite and would fill the memory as a fraction
MOST_EXPONENT = 9999


def exact_rational(value: Rational, name: str = "number") -> Fraction:
    """The exact rational a user means: "1/20", "0.05" (the decimal itself), an int, a Fraction, a Decimal, or a float.

    A float is taken at its exact binary value, with a warning (InexactInput) where that is not the decimal that was written.

    Raises InputError for anything that is not a finite number.
    """
    allowed = 'a rational such as 37/100, "1/20", 2 or 0.05'
    if isinstance(value, str):
        text = value.strip()
        if len(text) <= _LONGEST and _WRITTEN.fullmatch(text) and not re.search(r"/0+$", text):
            return Fraction(text)
    elif isinstance(value, bool):
        pass
    elif isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MOST_EXPONENT:
        return Fraction(value)
    elif isinstance(value, numbers.Real) and math.isfinite(value):
        return _of_float(float(value), name)
    raise InputError(f"{name} {value!r}", allowed, f"write {name} as an exact finite number")


def _of_float(value: float, name: str) -> Fraction:
    """The exact binary value of a float, with an InexactInput where its shortest decimal is another number."""
    exact, written = Fraction(value), Fraction(repr(value))
    if exact != written:
        message = f'{name} {value!r} is taken at its exact binary value {exact}; for {value!r} itself write "{written}"'
        warnings.warn(InexactInput(message), stacklevel=4)
    return exact


# beyond these a float search has nothing to hold on to, and e^(1/tau) needs a million digits
LEAST, MOST = Fraction(1, 10**6), Fraction(10**6)
MOST_COUNT = 10**9


def positive(value: Rational, name: str, most: Fraction | int = MOST) -> Fraction:
    """A rational above zero and of a size that can be computed with, 1e-6..most; raises InputError otherwise."""
    number = exact_rational(value, name)
    if number <= 0:
        raise InputError(f"{name} {value}", f"{name} > 0", f"choose a positive {name}")
    if not LEAST <= number <= most:
        raise InputError(f"{name} {value}", f"10^-6 to 10^{len(str(most)) - 1}", f"rescale the problem, or choose a milder {name}")
    return number


def moderate(value: Rational, name: str) -> Fraction:
    """A rational of a size that can be computed with, at most 10^6 from 0; raises InputError otherwise."""
    number = exact_rational(value, name)
    if abs(number) > MOST:
        raise InputError(f"{name} {value}", "-10^6 to 10^6", f"rescale the problem, or choose a milder {name}")
    return number


def whole(value: object, name: str, least: int, most: int = MOST_COUNT) -> int:
    """An integer from `least` to `most`; raises InputError otherwise."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not least <= int(value) <= most:
        raise InputError(f"{name} {value!r}", f"a whole number of at least {least}, at most {most}", f"correct {name}")
    return int(value)


def listed(values: object, name: str, allowed: str, remedy: str) -> list[Any]:
    """The entries of what can be gone through and is no text; raises InputError for anything else."""
    try:
        if not isinstance(values, str | bytes):
            return [*values]  # type: ignore[misc]
    except TypeError:
        pass
    raise InputError(f"{name} {values!r}", allowed, remedy)


def seconds(value: object, name: str) -> float:
    """A time above zero, at most 10^6 seconds; raises InputError otherwise."""
    try:
        found = math.nan if isinstance(value, bool) or not isinstance(value, numbers.Real) else float(value)
    except OverflowError:
        found = math.inf
    if not 0 < found <= float(MOST):
        raise InputError(f"{name} {value!r}", "a number of seconds above 0, at most 10^6", f"correct {name}")
    return found
