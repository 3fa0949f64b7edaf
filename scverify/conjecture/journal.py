"""What a check has found out, problem by problem: kept by time, so that a check that was killed goes on where it was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from scverify.certify.checkpoints import Checkpoints, Keep, damaged, opened, sealed
from scverify.certify.claims import Data, confirmed
from scverify.conjecture.statement import Conjecture
from scverify.conjecture.tally import Tally
from scverify.conjecture.truth import TRUSTS, Truth
from scverify.errors import InputError
from scverify.kernel.certificate import digest
from scverify.model.points import AnyProblem, points_claim

FORMAT = "scverify-check-search"


@dataclass(frozen=True, eq=False)
class Finding:
    """The truth of a statement at one problem, the certificate where it is refuted there, and what was looked at for it."""

    truth: Truth
    refutation: Data | None
    tally: Tally


class Journal:
    """The findings of this check and of an earlier one of the same file, whose refutations count where the kernel verifies them."""

    def __init__(self, conjecture: Conjecture, search: Data | None, keep: Keep | None) -> None:
        """Raises InputError for a `search` that is damaged or another statement's, and for a statement that is not in a file."""
        self._is_kept = is_kept = search is not None or keep is not None
        self._claim: Data = {"conjecture": conjecture.name, "file": _file_digest(conjecture)} if is_kept else {}
        self._findings: dict[str, Data] = {} if search is None else _entries(opened(search, FORMAT, self._claim))
        self.kept = Checkpoints(keep, self._state)

    def earlier(self, problem: AnyProblem) -> Finding | None:
        """What is known at a problem."""
        data = self._findings.get(_name(problem)) if self._findings else None
        return None if data is None else _read(data)

    def add(self, problem: AnyProblem, finding: Finding) -> None:
        """One more finding."""
        if self._is_kept:
            self._findings[_name(problem)] = _written(finding)
            self.kept.when_due()

    def _state(self) -> Data:
        return sealed({"format": FORMAT, "claim": self._claim, "findings": dict(self._findings)})


def _name(problem: AnyProblem) -> str:
    return digest(points_claim(problem))


def _file_digest(conjecture: Conjecture) -> str:
    file = Path(conjecture.file or "")
    if not file.is_file():
        raise InputError(f"{conjecture.name}, which is in no file", "a statement in a file, for work to be kept", "write it to one")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _written(finding: Finding) -> Data:
    """A finding without the certificates of its truth: those of a refutation are in that."""
    truth, tally = finding.truth, finding.tally
    return {
        "value": truth.value,
        "evidence": list(truth.evidence),
        "trust": truth.trust,
        "margin": float(truth.margin).hex(),
        "refutation": finding.refutation,
        "problems": tally.problems,
        "searches": dict(tally.searches),
        "digests": sorted(tally.digests),
    }


def _read(data: Data) -> Finding:
    """What `_written` wrote."""
    try:
        [trust] = [known for known in TRUSTS if known == data["trust"]]
        truth = Truth(data["value"], tuple(data["evidence"]), trust, (), float.fromhex(data["margin"]))
        tally = Tally(int(data["problems"]), dict(data["searches"]), set(data["digests"]))
        refutation = data["refutation"]
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(f"it cannot be read ({type(error).__name__})") from error
    if refutation is not None and confirmed(refutation) != "VERIFIED":
        raise damaged("the kernel does not verify a refutation in it")
    return Finding(truth, refutation, tally)


def _entries(state: Data) -> dict[str, Data]:
    """All findings of a state, each of which can be read."""
    found = state.get("findings")
    if not isinstance(found, dict):
        raise damaged("it holds no findings")
    for data in found.values():
        _read(data)
    return found
