"""Certificates as data: exact numbers, strict reading, canonical JSON and the digest of a claim."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from flint import arb, arb_mat, fmpq, fmpz, fmpz_mat

FORMAT = "scverify-certificate"
Word = Literal["VERIFIED", "REJECTED", "UNDECIDED"]
# a precision, or the digits of a number: far more than any proof has needed, and still quick to read
MAX_BITS = 1 << 20

RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")


class Rejected(Exception):
    """The certificate does not prove its claim; the message says why."""


class Unresolved(Exception):
    """The balls are too wide to decide; more precision may help."""


def require(condition: bool, reason: str) -> None:
    """Reject for the given reason unless the condition holds."""
    if condition is not True:
        raise Rejected(reason)


def read(text: str) -> dict[str, Any]:
    """Parse JSON strictly: no decimals, no NaN, no repeated key, an object at the top."""

    def no_decimal(token: str) -> None:
        raise Rejected(f'the number {token!r} is not an integer; exact rationals are written as text, "1/2"')

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        require(len(set(keys)) == len(keys), "a key is repeated in an object")
        return dict(pairs)

    try:
        data: dict[str, Any] = json.loads(text, parse_float=no_decimal, parse_constant=no_decimal, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"not a JSON document: {error}") from error
    require(isinstance(data, dict), "a certificate is a JSON object")
    return data


def canonical(data: Any) -> str:
    """The one text of a JSON value: sorted keys, no blanks, ASCII."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(data: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(data).encode("ascii")).hexdigest()


def size_of(data: Any) -> int:
    """How many values a nested array holds, itself included."""
    return 1 + sum(map(size_of, data)) if isinstance(data, list) else 1


def fields(data: Any, required: str, optional: str = "") -> dict[str, Any]:
    """An object with exactly these keys (names separated by blanks), or Rejected."""
    require(isinstance(data, dict), f"an object with {required} was expected")
    missing = set(required.split()) - set(data)
    unknown = set(data) - set(required.split()) - set(optional.split())
    require(not missing, f"missing: {', '.join(sorted(missing))}")
    require(not unknown, f"unknown: {', '.join(sorted(unknown))}")
    return dict(data)


def rational(data: Any, name: str) -> fmpq:
    """An exact rational written as text in lowest terms, "-3" or "37/100"."""
    require(isinstance(data, str) and RATIONAL.fullmatch(data) is not None, f"{name} is not an exact rational")
    numerator, _, denominator = data.partition("/")
    require(len(data) < MAX_BITS and fmpz(denominator or "1") > 0, f"{name} has no value")
    value = fmpq(fmpz(numerator), fmpz(denominator or "1"))
    require(str(value) == data, f"{name} is not in lowest terms")
    return value


def is_short(value: fmpq) -> bool:
    """Whether a rational is short enough to be raised to a power."""
    return max(int(value.p).bit_length(), int(value.q).bit_length()) < MAX_BITS >> 8


def integer(data: Any, name: str, least: int, most: int = MAX_BITS) -> int:
    """A JSON integer in a range; a boolean is not one."""
    require(type(data) is int, f"{name} is not an integer")
    require(least <= data <= most, f"{name} {data} lies outside {least}..{most}")
    return int(data)


def items(data: Any, name: str, length: int | None = None) -> list[Any]:
    """A JSON array, of a given length if one is given."""
    require(isinstance(data, list), f"{name} is not an array")
    require(length is None or len(data) == length, f"{name} has {len(data)} entries, not {length}")
    return list(data)


@dataclass(frozen=True)
class Dyadic:
    """A matrix of integers times 2^-bits: exact."""

    numerators: fmpz_mat
    bits: int

    @property
    def unit(self) -> fmpq:
        """The value of one in the last place."""
        return fmpq(1, fmpz(2) ** self.bits)

    def entry(self, i: int, j: int) -> fmpq:
        """Entry (i, j), exact."""
        return fmpq(self.numerators[i, j]) * self.unit

    def rows(self) -> list[list[fmpz]]:
        """The integer numerators, row by row."""
        return [list(row) for row in self.numerators.tolist()]

    def balls(self) -> arb_mat:
        """The matrix as balls at working precision."""
        return arb_mat(self.numerators) * arb(self.unit)


def dyadic(data: Any, name: str, rows: int, columns: int | None = None) -> Dyadic:
    """A matrix {"bits": b, "rows": [[integers]]} with the given shape."""
    fields(data, "bits rows")
    bits = integer(data["bits"], f"bits of {name}", 0)
    table = [items(row, f"a row of {name}") for row in items(data["rows"], name, rows)]
    width = len(table[0]) if columns is None and table else columns or 0
    for row in table:
        require(len(row) == width, f"{name} is not a matrix of {width} columns")
        require(set(map(type, row)) <= {int}, f"{name} has an entry that is not an integer")
    return Dyadic(fmpz_mat(rows, width, [x for row in table for x in row]), bits)


def total(values: Iterable[Any]) -> Any:
    """The sum of exact numbers or balls; 0 for none."""
    return sum(values, fmpq(0))


def at_most(left: Any, right: Any, reason: str) -> None:
    """Prove left <= right for balls or exact numbers: Rejected where it is false, Unresolved where the balls overlap."""
    left, right = arb(left), arb(right)
    if not left <= right:
        raise Rejected(reason) if left > right else Unresolved(reason)
