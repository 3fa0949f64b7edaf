"""Counterexample: the facts on which the refutation of a statement rests, each a claim of its own, all checked.

What is proved is the facts. That they contradict the statement is the statement's own logic, which is not the kernel's language.
"""

from __future__ import annotations

from typing import Any

from .certificate import digest, fields, items, require
from .claims import Claim, Data, claim_of
from .limits import afford

# each fact may cost as much as a certificate; refutations rest on a few
_MOST_FACTS = 64
# the statement is shown whole
_MOST_LETTERS = 10_000


def facts_of(claim: Data) -> list[Data]:
    """The claims of the facts, read strictly: no fact is itself a Counterexample, and none is repeated."""
    fields(claim, "type statement facts")
    said = claim["statement"]
    require(isinstance(said, str) and 0 < len(said) <= _MOST_LETTERS and said.isprintable(), "the statement is not a line of text")
    facts = items(claim["facts"], "facts")
    require(0 < len(facts) <= _MOST_FACTS, f"a counterexample has between 1 and {_MOST_FACTS} facts")
    for fact in facts:
        require(isinstance(fact, dict) and isinstance(fact.get("type"), str), "a fact has no type")
        require(fact["type"] != "Counterexample", "a fact of a counterexample is itself one")
    require(len({digest(fact) for fact in facts}) == len(facts), "a fact is repeated")
    return facts


def check_counterexample(claim: Data, witness: Any) -> None:
    """Prove every fact as a claim of its own."""
    facts = facts_of(claim)
    fields(witness, "facts")
    for fact, its_witness in zip(facts, items(witness["facts"], "the witnesses", len(facts)), strict=True):
        afford("the facts of a counterexample")
        claim_of(fact["type"]).check(fact, its_witness)


def in_words(claim: Data) -> str:
    """The facts one by one, and what is not checked."""
    said = " ".join(f"({number}) {claim_of(fact['type']).said(fact)}" for number, fact in enumerate(facts_of(claim), 1))
    return (
        f"Checked is each of these facts and nothing else: {said} They are brought against the statement {claim['statement']!r}; "
        f"whether they contradict it is not checked."
    )


def numbers_of(claim: Data) -> tuple[str, ...]:
    """What the facts rest on together."""
    return tuple(dict.fromkeys(number for fact in claim["facts"] for number in claim_of(fact["type"]).numbers(fact)))


CLAIMS = {"Counterexample": Claim(check_counterexample, in_words, numbers_of)}
