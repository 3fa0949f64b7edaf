"""Losses that have a name: a claim is said with it where formula and coefficients are those of its definition, up to the order of terms."""

from __future__ import annotations

from typing import Any

from .certificate import canonical

_RATE = ["pow", "tau", -1]
_MEAN = ["pow", ["add", "-1", "n_own"], -1]
_RULE = {"kind": "rule", "weight": "1", "positive_c": "1", "positive_q": _MEAN, "negative_c": "1", "negative_q": "0"}


def _log_sum_exp(of: str) -> list[Any]:
    return ["log", ["sum", ["mul", of, ["exp", ["mul", _RATE, "s"]]]]]


SOFTMAX = ["add", _log_sum_exp("c"), ["mul", "-1", ["sum", ["mul", "q", _RATE, "s"]]]]
_IN = ["add", _log_sum_exp("c"), ["mul", "-1", _log_sum_exp("q")]]
_SQUARES = ["add", ["sum", ["mul", "c", ["pow", "s", 2]]], ["mul", "-2", ["sum", ["mul", "q", "s"]]]]
_DECOUPLED = "log of the sum of e^(s/tau) over the negatives, less the mean of s/tau over the positives"
# name, formula, coefficients, and the row of an anchor in words: s are the similarities to the other samples
LOSSES: tuple[tuple[str, Any, Any, str], ...] = (
    ("supcon", SOFTMAX, _RULE, "log of the sum of e^(s/tau), less the mean of s/tau over the positives"),
    ("supcon_in", _IN, _RULE, "log of the sum of e^(s/tau), less the log of the mean of e^(s/tau) over the positives"),
    ("decoupled", SOFTMAX, {**_RULE, "positive_c": "0"}, _DECOUPLED),
    ("spectral", _SQUARES, _RULE, "sum of s^2, less twice the mean of s over the positives"),
)


def name_of(formula: Any, coefficients: Any) -> str | None:
    """Name and row of a loss in words; None for a loss without a name."""
    stated = in_order([formula, coefficients])
    return next((f"{name} ({row})" for name, tree, rule, row in LOSSES if in_order([tree, rule]) == stated), None)


def in_order(tree: Any) -> str:
    """A tree as JSON, the terms of every sum and product in one order."""
    if isinstance(tree, dict):
        return f"{{{','.join(f'{canonical(name)}:{in_order(tree[name])}' for name in sorted(tree))}}}"
    if not isinstance(tree, list):
        return canonical(tree)
    terms = [in_order(x) for x in tree]
    return f"[{','.join([terms[0], *sorted(terms[1:])] if terms and tree[0] in ('add', 'mul') else terms)}]"
