"""The one door: a certificate's text in, a word and its reason out. It never searches, and fails closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from flint import ctx
from flint.utils.flint_exceptions import FlintError

from .branches.claims import BRANCH_CLAIMS, check_branch
from .certificate import (
    FORMAT,
    MAX_BITS,
    VERSION,
    Rejected,
    Unresolved,
    canonical,
    digest,
    fields,
    integer,
    rational,
    read,
    require,
)
from .counterexample import check_counterexample
from .inequalities.claims import check_failure, check_inequality
from .level import level_of, read_problem
from .optimum.bounds import check_lower, check_upper
from .optimum.uniqueness import check_unique
from .points.claims import POINT_CLAIMS, check_point
from .words import in_words, printable

Word = Literal["VERIFIED", "REJECTED", "UNDECIDED"]
RAISES = 3
MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, MemoryError, FlintError)


@dataclass(frozen=True)
class Answer:
    """The kernel's word on a certificate, why, and the claim restated from its own fields."""

    word: Word
    reason: str
    claim: str
    type: str = ""

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}\n{self.claim}" if self.claim else f"{self.word}: {self.reason}"


def verify_text(text: str) -> Answer:
    """Decide the certificate in a JSON text."""
    try:
        answer = _verify(read(text))
    except Rejected as reason:
        answer = Answer("REJECTED", str(reason), "")
    except RecursionError:
        answer = Answer("REJECTED", "malformed: nested too deeply", "")
    return replace(answer, reason=printable(answer.reason), claim=printable(answer.claim))


def verify_data(certificate: dict[str, Any]) -> Answer:
    """Decide a certificate held in memory, as if it had been read from its text."""
    try:
        return verify_text(canonical(certificate))
    except (TypeError, ValueError, RecursionError) as error:
        return Answer("REJECTED", f"not a JSON document: {error}", "")


def _verify(data: dict[str, Any]) -> Answer:
    fields(data, "format version claim witness precision digest")
    require(data["format"] == FORMAT, "the format is not scverify-certificate")
    require(
        type(data["version"]) is int and data["version"] == VERSION, f"unknown version {data['version']!r}; this kernel reads {VERSION}"
    )
    precision = integer(data["precision"], "precision", 16, MAX_BITS)
    claim = data["claim"]
    require(isinstance(claim, dict) and isinstance(claim.get("type"), str), "the claim has no type")
    require(claim["type"] in CHECKERS, f"unknown claim {claim['type']!r}")
    require(data["digest"] == digest(claim), "the digest is not that of the claim")
    return _decide(claim, data["witness"], precision)


def _decide(claim: dict[str, Any], witness: Any, precision: int) -> Answer:
    """Check at the stated precision, then at up to eight times it while the balls are too wide."""
    reason = ""
    for bits in (min(precision << i, MAX_BITS) for i in range(RAISES + 1)):
        try:
            with ctx.workprec(bits):
                CHECKERS[claim["type"]](claim, witness)
                words = in_words(claim)
            return Answer("VERIFIED", f"checked in {_arithmetic(claim, bits)}", words, claim["type"])
        except Rejected as rejection:
            return Answer("REJECTED", str(rejection), _words_if_any(claim), claim["type"])
        except Unresolved as undecided:
            reason = str(undecided)
        except MALFORMED as error:
            return Answer("REJECTED", f"malformed: {type(error).__name__}: {error}", _words_if_any(claim), claim["type"])
    return Answer("UNDECIDED", f"{reason} within balls of {bits} bits", _words_if_any(claim), claim["type"])


def _arithmetic(claim: dict[str, Any], bits: int) -> str:
    """The numbers that a verified claim, or its facts, rest on: a landscape's boxes are intervals, its listed points balls."""
    facts = claim["facts"] if claim["type"] == "Counterexample" else [claim]
    kinds = []
    if any(fact["type"] == "Landscape" for fact in facts):
        kinds.append("intervals of float64 rounded outward")
    if any(fact["type"] != "Landscape" or "points" in fact for fact in facts):
        kinds.append(f"ball arithmetic of {bits} bits")
    return " and ".join(kinds)


def _words_if_any(claim: dict[str, Any]) -> str:
    """What a claim that is not verified says, where it can be read at all."""
    try:
        return in_words(claim)
    except (Rejected, Unresolved, *MALFORMED):
        return ""


def _check_bounds(claim: dict[str, Any], witness: Any, sides: str) -> None:
    """LowerBound, UpperBound and Optimum: the objective's minimum lies above `lower`, below `upper`."""
    fields(claim, f"type problem {sides}")
    fields(witness, f"level {sides}", "groups")
    level = level_of(read_problem(claim["problem"]), witness["level"], witness.get("groups"))
    claimed = {side: rational(claim[side], side) for side in sides.split()}
    if len(claimed) == 2:
        require(claimed["lower"] <= claimed["upper"], "the lower bound lies above the upper one")
    if "upper" in claimed:
        check_upper(level, witness["upper"], claimed["upper"])
    if "lower" in claimed:
        check_lower(level, witness["lower"], claimed["lower"])


def _check_unique(claim: dict[str, Any], witness: Any) -> None:
    """UniqueMinimizer: every minimiser of the relaxation lies within `radius` of `gram`."""
    fields(claim, "type problem groups gram radius", "rank")
    fields(witness, "lower upper")
    problem = read_problem(claim["problem"])
    level = level_of(problem, "groups", claim["groups"])
    radius = rational(claim["radius"], "radius")
    require(radius >= 0, "the radius is negative")
    if "rank" in claim:
        integer(claim["rank"], "rank", 0, len(problem.sizes))
    check_unique(level, {**claim, "radius": radius}, witness)


def _check_landscape(claim: dict[str, Any], witness: Any) -> None:
    """Landscape: it alone needs NumPy, which is loaded for it alone."""
    from .landscapes.claims import check_landscape

    check_landscape(claim, witness)


CHECKERS: dict[str, Callable[[dict[str, Any], Any], None]] = {
    "LowerBound": lambda claim, witness: _check_bounds(claim, witness, "lower"),
    "UpperBound": lambda claim, witness: _check_bounds(claim, witness, "upper"),
    "Optimum": lambda claim, witness: _check_bounds(claim, witness, "lower upper"),
    "UniqueMinimizer": _check_unique,
    "Counterexample": lambda claim, witness: check_counterexample(claim, witness, CHECKERS),
    "Inequality": check_inequality,
    "InequalityFails": check_failure,
    "Landscape": _check_landscape,
    **dict.fromkeys(POINT_CLAIMS, check_point),
    **dict.fromkeys(BRANCH_CLAIMS, check_branch),
}
