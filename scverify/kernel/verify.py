"""The one door: a certificate's text in, a word and its reason out. It never searches, and fails closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flint import ctx
from flint.utils.flint_exceptions import FlintError

from .certificate import FORMAT, MAX_BITS, Rejected, Unresolved, Word, canonical, digest, fields, integer, read, require
from .claims import claim_of
from .limits import Exceeded, Limits, afford, limited
from .words import printable

# the precision that a certificate asks for is doubled this often: the maker may have worked in other balls than the kernel
RAISES = 3
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, FlintError)


@dataclass(frozen=True)
class Answer:
    """The kernel's word on a certificate, why, and the claim restated from its own fields."""

    word: Word
    reason: str
    claim: str
    type: str = ""

    def __bool__(self) -> bool:
        return self.word == "VERIFIED"

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}\n{self.claim}" if self.claim else f"{self.word}: {self.reason}"


def verify_text(text: str, limits: Limits | None = None) -> Answer:
    """Decide the certificate in a JSON text; UNDECIDED where it would cost more than the limits (by default none)."""
    try:
        with limited(limits):
            answer = _verify(read(text))
    except MemoryError:
        answer = Answer("UNDECIDED", "the memory is exhausted", "")
    except Rejected as reason:
        answer = Answer("REJECTED", str(reason), "")
    except RecursionError:
        answer = Answer("REJECTED", "malformed: nested too deeply", "")
    return replace(answer, reason=printable(answer.reason), claim=printable(answer.claim))


def verify_data(certificate: dict[str, Any], limits: Limits | None = None) -> Answer:
    """Decide a certificate held in memory, as if it had been read from its text."""
    try:
        return verify_text(canonical(certificate), limits)
    except (TypeError, ValueError, RecursionError) as error:
        return Answer("REJECTED", f"not a JSON document: {error}", "")


def _verify(data: dict[str, Any]) -> Answer:
    fields(data, "format version claim witness precision digest")
    require(data["format"] == FORMAT, "the format is not scverify-certificate")
    claim = data["claim"]
    require(isinstance(claim, dict) and isinstance(claim.get("type"), str), "the claim has no type")
    version = claim_of(claim["type"]).version(claim, data["witness"])
    require(type(data["version"]) is int and data["version"] == version, f"unknown version {data['version']!r} of this form")
    precision = integer(data["precision"], "precision", 16, MAX_BITS)
    require(data["digest"] == digest(claim), "the digest is not that of the claim")
    return _decide(claim, data["witness"], precision)


def _decide(claim: dict[str, Any], witness: Any, precision: int) -> Answer:
    """Check at the stated precision, then at up to eight times it while the balls are too wide."""
    kind, reason = claim_of(claim["type"]), ""
    for bits in (min(precision << i, MAX_BITS) for i in range(RAISES + 1)):
        try:
            with ctx.workprec(bits):
                afford(f"checking within balls of {bits} bits")
                numbers = kind.check(claim, witness) or kind.numbers(claim)
                words = kind.said(claim)
            arithmetic = " and ".join(number.format(bits=bits) for number in numbers)
            return Answer("VERIFIED", f"checked in {arithmetic}", words, claim["type"])
        except Rejected as rejection:
            return Answer("REJECTED", str(rejection), _words_if_any(claim), claim["type"])
        except Exceeded as cost:
            return Answer("UNDECIDED", str(cost), _words_if_any(claim), claim["type"])
        except Unresolved as undecided:
            reason = str(undecided)
        except MALFORMED as error:
            return Answer("REJECTED", f"malformed: {type(error).__name__}: {error}", _words_if_any(claim), claim["type"])
    return Answer("UNDECIDED", f"{reason} within balls of {bits} bits", _words_if_any(claim), claim["type"])


def _words_if_any(claim: dict[str, Any]) -> str:
    """What a claim that is not verified says, where it can be read at all."""
    try:
        return claim_of(claim["type"]).said(claim)
    except (Rejected, Unresolved, Exceeded, *MALFORMED):
        return ""
