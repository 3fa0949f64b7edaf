"""Coefficients that a claim states one by one, for every two classes or samples."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from .certificate import fields, items, rational, require
from .level import MAX_NODES

CoefficientTable = list[list[fmpq]]


def read_tables(data: Any, n: int) -> tuple[list[fmpq], dict[str, CoefficientTable]]:
    """The weights, and the tables c and q, of n classes or samples."""
    fields(data, "kind weight c q")
    require(n <= MAX_NODES, "the table of coefficients is too large")
    weights = [rational(x, "a weight") for x in items(data["weight"], "weight", n)]
    return weights, {name: [[rational(x, name) for x in items(row, name, n)] for row in items(data[name], name, n)] for name in "cq"}


def swappable(weights: list[fmpq], tables: dict[str, CoefficientTable], c: int, d: int) -> bool:
    """Whether no coefficient changes where two classes change places."""
    others = [e for e in range(len(weights)) if e not in (c, d)]
    return bool(weights[c] == weights[d]) and all(
        t[c][c] == t[d][d] and t[c][d] == t[d][c] and all(t[c][e] == t[d][e] and t[e][c] == t[e][d] for e in others)
        for t in tables.values()
    )
