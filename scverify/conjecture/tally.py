"""How much was looked at while a conjecture was checked: each certificate and each search counts once, however often it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field

from scverify.certify.claims import Data


@dataclass
class Tally:
    """How much was looked at: problems, the critical points of each search, and certificates by their digests."""

    problems: int = 0
    searches: dict[str, int] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)

    @property
    def points(self) -> int:
        """Critical points that were looked at."""
        return sum(self.searches.values())

    @property
    def certificates(self) -> int:
        """Different certificates that were made."""
        return len(self.digests)

    def add(self, other: Tally) -> None:
        """Count another tally's work too."""
        self.problems += other.problems
        self.searches |= other.searches
        self.digests |= other.digests


TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


def count_certificates(certificates: Iterable[Data]) -> None:
    """Count certificates in the tally of the check that asks, if there is one."""
    if (tally := TALLY.get()) is not None:
        tally.digests.update(str(data["digest"]) for data in certificates)
