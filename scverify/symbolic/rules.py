"""Entries of coefficient rules: rational SymPy expressions in the class sizes, and the nested lists by which claims state them."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, Symbol

from scverify.errors import InputError
from scverify.symbolic.symbols import k, n_anchors, n_other, n_own, n_samples

_SYMBOLS = {symbol.name: symbol for symbol in (k, n_anchors, n_other, n_own, n_samples)}


def stated_rule(entry: object) -> Any:
    """A rational expression in the class sizes as nested lists; InputError for anything else."""
    if (
        not isinstance(entry, Expr)
        or entry.has(Float)
        or not entry.is_rational_function()
        or not entry.free_symbols <= {*_SYMBOLS.values()}
    ):
        raise InputError(
            f"coefficient {entry}",
            f"rational expressions in {', '.join(_SYMBOLS)}",
            "import these symbols from scverify.symbolic.losses",
        )
    return _tree(entry)


def _tree(entry: Expr) -> Any:
    match entry:
        case Rational():
            return str(entry)
        case Symbol():
            return entry.name
        case Pow() if isinstance(entry.exp, Integer):
            return ["pow", _tree(entry.base), int(entry.exp)]
        case Add() | Mul():
            return ["add" if isinstance(entry, Add) else "mul", *(_tree(argument) for argument in entry.args)]
        case _:
            raise InputError(f"coefficient {entry}", "sums, products and integer powers of rationals and sizes", "write it with these")


def expression_of(tree: Any) -> Expr:
    """The expression that nested lists state."""
    match tree:
        case str():
            return _SYMBOLS.get(tree) or Rational(tree)
        case ["pow", base, power]:
            return expression_of(base) ** power
        case ["add", *terms]:
            return Add(*(expression_of(term) for term in terms))
        case ["mul", *factors]:
            return Mul(*(expression_of(factor) for factor in factors))
        case _:
            raise TypeError(f"no rule: {tree}")
