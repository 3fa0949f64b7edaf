"""Formulas in plain letters, sum(c*exp(s/tau)) for a tree: whoever reads them by the rules of arithmetic reads the tree."""

from __future__ import annotations

from typing import Any

from .certificate import digest, integer, items, rational, require, size_of
from .words import LETTERS, pinned

_NAMES = {"s", "c", "q", "tau", "k", "n_own", "n_other", "n_samples", "n_anchors"}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def formula(tree: Any) -> str:
    """A formula that was read, in letters; a long one by its length and its SHA-256."""
    typed = in_letters(tree)
    return typed if len(typed) <= LETTERS else f"a formula of {size_of(tree)} entries and SHA-256 {digest(tree)}"


def in_letters(tree: Any) -> str:
    """A formula, or the rule of a coefficient, with + - * / ^ and brackets, in their usual order; Rejected where it is none."""
    return _typed(tree)[0]


def _typed(tree: Any) -> tuple[str, int]:
    """The letters, and which operation is done last in them."""
    if isinstance(tree, str):
        require(tree in _NAMES or rational(tree, "a constant") is not None, "an unknown name")
        return tree, _SUM if tree.startswith("-") else _PRODUCT if "/" in tree else _ATOM
    head, *parts = items(tree, "a formula") or [""]
    require(head in ("add", "mul", "pow", "exp", "log", "sqrt", "sum"), f"unknown operation {head!r}")
    require(len(parts) == (2 if head == "pow" else 1) or (head in ("add", "mul") and len(parts) > 1), f"{head} of {len(parts)} parts")
    if head == "pow":
        integer(parts[1], "an exponent", -64, 64)
    if head == "add":
        first, *others = [in_letters(part) for part in parts]
        return first + "".join(f" - {x[1:]}" if x.startswith("-") else f" + {x}" for x in others), _SUM
    if head == "mul":
        return _product(parts)
    if _is_divisor(tree):
        return _product([tree])
    if head == "pow":
        return f"{_within(parts[0], _ATOM)}^{parts[1]}", _POWER
    return f"{head}({in_letters(parts[0])})", _ATOM


def _product(factors: list[Any]) -> tuple[str, int]:
    """A product, its negative powers as divisors; a factor -1 is a sign."""
    above, below, sign = [], "", ""
    for factor in factors:
        if factor == "-1":
            sign = "" if sign else "-"
        elif _is_divisor(factor):
            base, power = factor[1], -factor[2]
            below += "/" + (_within(base, _POWER) if power == 1 else f"{_within(base, _ATOM)}^{power}")
        else:
            above.append(_within(factor, _PRODUCT))
    return sign + ("*".join(above) or "1") + below, _SUM if sign else _PRODUCT


def _is_divisor(tree: Any) -> bool:
    return isinstance(tree, list) and len(tree) == 3 and tree[0] == "pow" and type(tree[2]) is int and -64 <= tree[2] < 0


def _within(tree: Any, least: int) -> str:
    """The letters, in brackets where their last operation comes after the one around them."""
    typed, last = _typed(tree)
    return typed if last >= least else f"({typed})"


def unnamed(data: dict[str, Any]) -> str:
    """A loss without a name: what an anchor pays, and its coefficients by their rules, or by their table."""
    coefficients = data["coefficients"]
    if coefficients["kind"] == "rule":
        rules = {name: formula(rule) for name, rule in coefficients.items() if name != "kind"}
        pairs = (f"c = {rules[f'{of}_c']} and q = {rules[f'{of}_q']} for each {of}" for of in ("positive", "negative"))
        said = f"{', '.join(pairs)}, weight {rules['weight']} of each anchor"
    else:
        said = ", ".join(f"{name} {pinned(coefficients[name], f'{len(coefficients[name])} rows')}" for name in ("weight", "c", "q"))
        said = f"coefficients by {coefficients['kind']}: {said}"
    return f"Each anchor pays {formula(data['formula'])}, {said}"
