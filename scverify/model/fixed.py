"""Nodes of a kind that are fixed, such as the weight vectors of a frozen classifier: their similarities are given (MATH 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scverify.errors import InputError
from scverify.model.exact import Rational, exact_rational

SIMPLEX = "simplex"
_ALLOWED = 'a number, "simplex", or a square table of numbers'


@dataclass(frozen=True)
class Fixed:
    """Fixed nodes: squared norms `own`, similarities to those of other units `others`; in any dimension that holds them.

    own: a number, or one per unit type (per node, for a loss on nodes). others: a number, a symmetric table of them by type (node), or
    "simplex" for -own/(units - 1). The block has to be positive semidefinite; the checker decides that. Raises InputError for anything
    else.

    >>> Fixed(own=1, others=0).others
    Fraction(0, 1)
    """

    own: Fraction | tuple[Fraction, ...]
    others: Fraction | str | tuple[tuple[Fraction, ...], ...]

    def __init__(self, own: Rational | Sequence[Rational] = 1, others: Rational | Sequence[Sequence[Rational]] = SIMPLEX) -> None:
        """A simplex of unit vectors by default."""
        squares = _numbers(own, "own") if _is_list(own) else exact_rational(own, "own")  # type: ignore[arg-type]
        object.__setattr__(self, "own", squares)
        object.__setattr__(self, "others", _similarities(others))
        if self.others == SIMPLEX and isinstance(self.own, tuple):
            raise InputError("a simplex with a list of squared norms", "one squared norm for all", "give one, or a table of similarities")

    def __str__(self) -> str:
        shown = [str(x) if isinstance(x, str | Fraction) else "table" for x in (self.own, self.others)]
        return f"fixed:{shown[1]}" + ("" if shown[0] == "1" else f":{shown[0]}")

    def block(self, multiplicity: Sequence[int]) -> dict[str, Any]:
        """The block as a claim states it, for nodes of these multiplicities; InputError where tables have another size."""
        places, units = range(len(multiplicity)), sum(multiplicity)
        for given, what in ((self.own, "squared norms"), (self.others, "rows of similarities")):
            if isinstance(given, tuple) and len(given) != len(places):
                raise InputError(f"{len(given)} {what} of fixed nodes", f"one per type or node: {len(places)}", "correct the table")
        own = [self.own[i] if isinstance(self.own, tuple) else self.own for i in places]
        apart = -own[0] / max(units - 1, 1)

        def similarity(i: int, j: int) -> Fraction:
            if i == j and multiplicity[i] == 1:
                return Fraction(0)
            if isinstance(self.others, tuple):
                return self.others[i][j]
            return apart if isinstance(self.others, str) else self.others

        return {"own": [[str(x)] for x in own], "others": [[str(similarity(i, j)) for j in places] for i in places]}


def parse_fixed(text: str) -> Fixed:
    """The fixed nodes that a text names: fixed, fixed:simplex or fixed:SIMILARITY; InputError for any other.

    >>> parse_fixed("fixed:simplex") == Fixed()
    True
    """
    kind, _, value = text.partition(":")
    if kind != "fixed":
        raise InputError(f"fixed nodes {text!r}", "fixed:simplex or fixed:SIMILARITY", "correct it")
    return Fixed(others=value or SIMPLEX)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _numbers(values: Any, name: str) -> tuple[Fraction, ...]:
    return tuple(exact_rational(x, name) for x in values)


def _similarities(others: Any) -> Fraction | str | tuple[tuple[Fraction, ...], ...]:
    if isinstance(others, str) and others == SIMPLEX:
        return SIMPLEX
    if not _is_list(others):
        return exact_rational(others, "others")
    if not all(_is_list(row) and len(row) == len(others) for row in others):
        raise InputError(f"others {others!r}", _ALLOWED, "give as many numbers in each row as there are rows")
    table = tuple(_numbers(row, "others") for row in others)
    if any(table[i][j] != table[j][i] for i in range(len(table)) for j in range(i)):
        raise InputError("a table of similarities that is not symmetric", _ALLOWED, "correct it")
    return table
