"""Counterexample: the facts on which the refutation of a statement rests, each a claim of its own, all checked.

What is proved is the facts. That they contradict the statement is the statement's own logic, which is not the kernel's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .certificate import digest, fields, items, require

_MOST_FACTS = 64
_MOST_LETTERS = 10_000

Checker = Callable[[dict[str, Any], Any], None]


def facts_of(claim: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims of the facts, read strictly: no fact is itself a Counterexample, and none is repeated."""
    fields(claim, "type statement facts")
    said = claim["statement"]
    require(isinstance(said, str) and 0 < len(said) <= _MOST_LETTERS and said.isprintable(), "the statement is no line of text")
    facts = items(claim["facts"], "facts")
    require(0 < len(facts) <= _MOST_FACTS, f"a counterexample has between 1 and {_MOST_FACTS} facts")
    for fact in facts:
        require(isinstance(fact, dict) and isinstance(fact.get("type"), str), "a fact has no type")
        require(fact["type"] != "Counterexample", "a fact of a counterexample is itself one")
    require(len({digest(fact) for fact in facts}) == len(facts), "a fact is repeated")
    return facts


def check_counterexample(claim: dict[str, Any], witness: Any, checkers: Mapping[str, Checker]) -> None:
    """Prove every fact by its own checker."""
    facts = facts_of(claim)
    fields(witness, "facts")
    for fact, its_witness in zip(facts, items(witness["facts"], "the witnesses", len(facts)), strict=True):
        require(fact["type"] in checkers, f"unknown claim {fact['type']!r}")
        checkers[fact["type"]](fact, its_witness)
