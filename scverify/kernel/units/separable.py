"""Rows that are sums of log(1 + e^x), x affine in one similarity each: the sigmoid losses, and their Gibbs form (MATH 9)."""

from __future__ import annotations

from typing import NamedTuple

from flint import arb, fmpq

from ..formula import Row, Tree, is_affine, is_rational, mentions, value_and_gradient
from .level import UnitRow


class Softplus(NamedTuple):
    """The terms coefficient_a log(1 + e^(rate s_a + offset)) of a row."""

    coefficient: str
    rate: fmpq
    offset: fmpq


class Separable(NamedTuple):
    """A row: its terms, and the tree of what is left, affine and rational."""

    terms: list[Softplus]
    remainder: Tree


def separable(tree: Tree, tau: fmpq) -> Separable | None:
    """The split of a row into terms log(1 + e^x) and an affine remainder, or None."""
    parts = list(tree[1:]) if isinstance(tree, tuple) and tree[0] == "add" else [tree]
    found = [_softplus(part, tau) for part in parts]
    terms = [term for term in found if term is not None]
    remainder = ("add", fmpq(0), *(part for part, term in zip(parts, found, strict=True) if term is None))
    return Separable(terms, remainder) if terms and is_affine(remainder) and is_rational(remainder) else None


def _softplus(part: Tree, tau: fmpq) -> Softplus | None:
    match part:
        case ("sum", ("mul", ("c" | "q") as name, ("log", argument))) | ("sum", ("mul", ("log", argument), ("c" | "q") as name)):
            exponent = _exponent(argument)
        case _:
            return None
    if exponent is None or not is_affine(exponent) or not is_rational(exponent) or mentions(exponent, "c", "q"):
        return None
    offset, rates = value_and_gradient(("sum", exponent), Row([fmpq(0)], [fmpq(0)], [fmpq(0)], tau), fmpq)
    return Softplus(name, rates[0], offset)


def _exponent(argument: Tree) -> Tree | None:
    """x of 1 + e^x; None for any other tree."""
    match argument:
        case ("add", one, ("exp", exponent)) | ("add", ("exp", exponent), one) if one == fmpq(1):
            return exponent
    return None


def affine_slopes(row: UnitRow, split: Separable) -> tuple[fmpq, list[fmpq]]:
    """Value at 0 and slopes of the remainder of a row."""
    zeros = [fmpq(0)] * len(row.c)
    value, slopes = value_and_gradient(split.remainder, Row(zeros, row.c, row.q, row.tau), fmpq)
    return value, slopes


def entropy(p: fmpq) -> arb:
    """The entropy of two outcomes of probabilities p and 1 - p, by which log(1 + e^x) >= p x + entropy."""
    parts = [x for x in (p, 1 - p) if x != 0]
    total: arb = sum((-arb(x) * arb(x).log() for x in parts), arb(0))
    return total
