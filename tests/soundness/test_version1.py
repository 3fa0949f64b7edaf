"""Certificates that earlier releases wrote: each is answered with the word it had when it was written, for ever."""

import json
from functools import cache
from pathlib import Path

import pytest

from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data, verify_text

FILES = sorted((Path(__file__).parent / "version1").glob("*.json"))
TYPES = {
    *("LowerBound", "UpperBound", "Optimum", "UniqueMinimizer"),
    *("CriticalOrbit", "Inertia", "StrictSaddle", "StrictMinimum", "SpuriousMinimum", "GlobalMinimum"),
    *("StrictBranch", "SpuriousBranch", "SaddleBranch", "Landscape", "Inequality", "InequalityFails", "Counterexample"),
}


def word_of(file):
    """The word stands in the name: rejected-…, undecided-…, or it is VERIFIED."""
    first = file.stem.partition("-")[0]
    return first.upper() if first in ("rejected", "undecided") else "VERIFIED"


SMALL = [file for file in FILES if word_of(file) == "VERIFIED" and file.stat().st_size < 20_000]


@cache
def answer_to(file):
    return verify_text(file.read_text(encoding="ascii"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_old_certificate_keeps_its_word(file):
    answer = answer_to(file)
    assert answer.word == word_of(file), answer


@pytest.mark.parametrize("file", SMALL, ids=lambda file: file.stem)
def test_an_old_certificate_says_nothing_else(file):
    """A field more in claim, witness or problem, which no sentence would tell, is refused."""
    kept = json.loads(file.read_text(encoding="ascii"))
    for part in (kept["claim"], kept["witness"], kept["claim"].get("problem")):
        if isinstance(part, dict):
            part["note"] = "and more"
            answer = verify_data({**kept, "digest": digest(kept["claim"])})
            assert answer.word == "REJECTED" and "note" in answer.reason, answer
            del part["note"]


def test_every_type_of_claim_was_kept():
    verified = {answer_to(file).type for file in FILES if word_of(file) == "VERIFIED"}
    assert verified == TYPES
