"""The certificate of a counterexample: the certificates of its facts in one file."""

from __future__ import annotations

from collections.abc import Sequence

from scverify.certify.claims import Data, certificate
from scverify.errors import InputError


def counterexample(statement: str, facts: Sequence[Data]) -> Data:
    """One certificate from those of the facts, at the highest of their precisions; the statement is text that nothing checks.

    Raises InputError without facts: words alone are not a counterexample.
    """
    if not facts:
        raise InputError("a counterexample without certified facts", "at least one certificate", "use facts that carry certificates")
    once = {str(fact["digest"]): fact for fact in facts}.values()
    said = "".join(letter if letter.isprintable() else " " for letter in statement)
    claim = {"type": "Counterexample", "statement": said, "facts": [fact["claim"] for fact in once]}
    witness = {"facts": [fact["witness"] for fact in once]}
    return certificate(claim, witness, max(int(fact["precision"]) for fact in once))
