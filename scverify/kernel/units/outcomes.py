"""Rows on units as a log-sum-exp and an affine remainder, whose outcomes may be of both coefficients: a margin on the label (MATH 9)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import fmpq

from ..formula import VECTORS, SplitTree, Tree, exponent_rate, is_affine, is_rational, mentions


class Softmax(NamedTuple):
    """A row log sum C exp(kappa s) + at_zero + <slopes, s>; C exact where it is c, and where it is 0, else balls."""

    kappa: fmpq
    at_zero: fmpq
    slopes: list[fmpq]
    coefficients: list[Any]


def log_sum_of_both(tree: Tree) -> tuple[SplitTree, Tree] | None:
    """The split of log(sum c exp(kappa s) + K sum q exp(kappa s)) + affine remainder, and the constant K > 0; None for another row."""
    terms = list(tree[1:]) if isinstance(tree, tuple) and tree[0] == "add" else [tree]
    found = [(i, term[1][1:]) for i, term in enumerate(terms) if isinstance(term, tuple) and term[0] == "log" and _is_sum_of_two(term[1])]
    if len(found) != 1:
        return None
    index, parts = found[0]
    remainder = ("add", fmpq(0), *terms[:index], *terms[index + 1 :])
    for one, other in (parts, parts[::-1]):
        factors = other[1:] if other[0] == "mul" else (other,)
        sums = [x for x in factors if isinstance(x, tuple) and x[0] == "sum"]
        constants = [x for x in factors if x not in sums]
        rates = [exponent_rate(("log", x), name) for x, name in ((one, "c"), *((x, "q") for x in sums))]
        positive = all(
            not mentions(x, *VECTORS) and (x[0] == "exp" if isinstance(x, tuple) else isinstance(x, fmpq) and x > 0) for x in constants
        )
        if len(rates) == 2 and rates[0] is not None and rates[0] == rates[1] and positive and is_rational(rates[0]):
            exact = is_affine(remainder) and is_rational(remainder)
            return (SplitTree(rates[0], remainder), ("mul", fmpq(1), *constants)) if exact else None
    return None


def _is_sum_of_two(tree: Tree) -> bool:
    return isinstance(tree, tuple) and tree[0] == "add" and len(tree) == 3 and all(isinstance(x, tuple) for x in tree[1:])
