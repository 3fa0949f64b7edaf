"""The kernel's word on a certificate, or on several, as a result."""

from __future__ import annotations

from dataclasses import dataclass

from scverify.kernel.certificate import Word
from scverify.results.base import Data, Result, known
from scverify.results.layout import Account

# letters of a headline: a line and a half of a terminal
_SHOWN = 120


@dataclass(frozen=True, repr=False)
class Verification(Result):
    """What the kernel says of one certificate, or of several: the weakest word, why, and all the claims.

    word: VERIFIED, REJECTED or UNDECIDED; it is true where it is VERIFIED. claim: the claims restated by the kernel, one per line.
    type: that of the claim, "" for several or where it could not be read.
    """

    word: Word
    reason: str
    claim: str
    type: str = ""

    def __bool__(self) -> bool:
        return self.word == "VERIFIED"

    def headline(self) -> str:
        """The word and why, in short."""
        said = f"{self.word}: {self.reason}"
        return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"

    def account(self) -> Account:
        """The word, why, and the claims."""
        return Account(heading=f"{self.word}: {self.reason}", notes=self.claim.splitlines())

    def to_json(self) -> Data:
        """The word, the reason, the claims as a list, and the type."""
        return known(answer=self.word, reason=self.reason, claims=self.claim.splitlines(), type=self.type or None)
