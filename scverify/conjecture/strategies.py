"""Domains of a conjecture: what an instance is drawn from, simplest values first. Hypothesis draws and shrinks along that order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Constraint, Ridge, Sphere
from scverify.model.exact import Rational, positive, whole

# a shorter counterexample is sought among them one by one
_MOST_LISTED = 4000
# the simplest rational of each of so many equal parts of a logarithmic scale is listed
_CELLS = 16
# fractions of larger denominators read no better than decimals
_FINEST = 1000
IntegerRange = int | tuple[int, int]


@dataclass(frozen=True)
class Domain:
    """Values to draw from. listed: values in order of simplicity, scanned for smaller counterexamples; complete: there are no others."""

    strategy: SearchStrategy[Any]
    listed: tuple[Any, ...]
    complete: bool
    said: str


def classes(k: IntegerRange = (2, 3), size: IntegerRange = (2, 6)) -> Domain:
    """Class sizes with k and every size in the given ranges (both ends included), largest class first, fewest samples first.

    The first 4000 are listed; where these are all, the domain may be run through completely. The order of the classes is left out, as a
    loss whose coefficients follow a rule does not depend on it. Raises InputError for an empty range.
    """
    k_low, k_high = _range(k, "k", 2)
    low, high = _range(size, "size", 1)
    found = list(islice(_class_sizes(k_low, k_high, low, high), _MOST_LISTED + 1))
    listed, complete = tuple(map(Classes, found[:_MOST_LISTED])), len(found) <= _MOST_LISTED
    drawn = st.lists(st.integers(low, high), min_size=k_low, max_size=k_high).map(lambda sizes: Classes(sorted(sizes, reverse=True)))
    return Domain(st.sampled_from(listed) if complete else drawn, listed, complete, f"k in {k_low}..{k_high}, sizes in {low}..{high}")


def _class_sizes(k_low: int, k_high: int, low: int, high: int) -> Iterator[tuple[int, ...]]:
    """All tuples of class sizes, largest class first: fewest samples first, then fewest classes."""
    for n in range(k_low * low, k_high * high + 1):
        for k in range(k_low, k_high + 1):
            yield from sorted(
                tuple(low + more for more in (*parts, *[0] * (k - len(parts)))) for parts in _partitions(n - k * low, k, high - low)
            )


def _partitions(total: int, most: int, largest: int) -> Iterator[tuple[int, ...]]:
    """The ways to write a number as a sum of at most `most` positive numbers up to `largest`, largest first."""
    if total == 0:
        yield ()
    elif most > 0:
        for first in range(max(1, -(-total // most)), min(largest, total) + 1):
            for rest in _partitions(total - first, most - 1, first):
                yield (first, *rest)


def rationals(lower: Rational, upper: Rational) -> Domain:
    """Rationals in [lower, upper], both > 0; half of the draws are the ends and the simplest ones on a logarithmic scale.

    The listed ones are those; a shorter denominator is simpler. Raises InputError where lower > upper.
    """
    low, high = positive(lower, "lower end"), positive(upper, "upper end")
    if low > high:
        raise InputError(f"rationals from {low} to {high}", "lower <= upper", "swap the ends")
    ratio = float(high / low)
    inner = (Fraction(float(low) * ratio ** (i / _CELLS)) for i in range(1, _CELLS))
    ends = sorted({low, high, *(x for x in inner if low < x < high)})  # a rounded one may lie outside a very short range
    cells = {_simplest(a, b) for a, b in pairwise(ends)} | {low, high}
    listed = tuple(sorted(cells, key=simplicity))
    strategy = st.one_of(st.sampled_from(listed), st.fractions(low, high, max_denominator=max(_FINEST, low.denominator, high.denominator)))
    return Domain(strategy, listed, low == high, f"rationals in [{low}, {high}]")


def constraints(*given: Constraint) -> Domain:
    """These constraints, the first one simplest; without any: the unit sphere, the unit ball and a ridge of weight 1/10."""
    return finite(given or (Sphere(), Ball(), Ridge("1/10")))


def dims(least: int = 1, most: int = 1) -> Callable[[Classes], range]:
    """Dimensions from k + least to k + most for k classes (least may be negative; never below 1)."""
    if least > most:
        raise InputError(f"dims from k + {least} to k + {most}", "least <= most", "swap them")
    return lambda classes: range(max(1, classes.k + least), max(1, classes.k + most) + 1)


def finite(values: Iterable[Any]) -> Domain:
    """Exactly these values, the first one simplest. Raises InputError where there are none."""
    listed = tuple(values)
    if not listed:
        raise InputError("an empty domain", "at least one value", "add a value")
    return Domain(st.sampled_from(listed), listed, True, ", ".join(str(value) for value in listed[:6]) + (", …" if len(listed) > 6 else ""))


def some(values: Iterable[Any]) -> Domain:
    """These values out of more: whatever holds at all of them is not thereby proved. Raises InputError where there are none."""
    domain = finite(values)
    return replace(domain, complete=False, said=f"such as {domain.said}")


def as_domain(given: Any, convert: Callable[[Any], Any] = lambda value: value) -> Domain:
    """A domain from what a user may give: a Domain, a Hypothesis strategy, a list, tuple or range of values, or one value."""
    if isinstance(given, Domain):
        return given
    if isinstance(given, SearchStrategy):
        return Domain(given.map(convert), (), False, "a Hypothesis strategy")
    return finite(map(convert, given if isinstance(given, list | tuple | range) else [given]))


def simplicity(value: Fraction) -> tuple[int, int]:
    """Order of rationals: shorter denominators first, then shorter numerators."""
    return value.denominator, abs(value.numerator)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The rational of least denominator in [low, high], 0 < low <= high (Stern-Brocot)."""
    whole_part = math.ceil(low)
    if whole_part <= high:
        return Fraction(whole_part)
    floor = math.floor(low)
    return floor + 1 / _simplest(1 / (high - floor), 1 / (low - floor))


def _range(given: IntegerRange, name: str, least: int) -> tuple[int, int]:
    low, high = given if isinstance(given, tuple) else (given, given)
    whole(low, f"least {name}", least)
    return low, whole(high, f"largest {name}", low)
