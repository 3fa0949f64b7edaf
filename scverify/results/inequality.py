"""What is known of an inequality on a box."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scverify.results.base import Data, Result, known
from scverify.results.layout import Account


@dataclass(frozen=True, repr=False)
class InequalityResult(Result):
    """What is known of an inequality on a box, and the certificate for it.

    verdict: "PROVED", "REFUTED" (at `point`, a rational point of the box) or "UNDECIDED" (reason: where the search stopped). boxes: how
    many boxes were looked at; leaves: how many the proof keeps. trust is "ball": intervals with exact ends, rounded outward.
    """

    statement: str
    verdict: Literal["PROVED", "REFUTED", "UNDECIDED"]
    reason: str
    point: dict[str, Fraction] | None
    boxes: int
    leaves: int
    seconds: float
    certificate: Data | None
    trust: str = "ball"

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificate of the verdict."""
        return {} if self.certificate is None else {"inequality.json": self.certificate}

    def headline(self) -> str:
        """The verdict and the statement."""
        return f"{self.verdict}: {self.statement}"

    def account(self) -> Account:
        """The verdict, why, and how much was looked at."""
        return Account(
            heading=f"{self.verdict}  {self.statement}",
            notes=[self.reason, f"({self.boxes} boxes, {self.seconds:.2f} s, trust {self.trust})"],
        )

    def to_json(self) -> Data:
        """The verdict with its certificate."""
        return known(
            claim=self.statement,
            verdict=self.verdict,
            reason=self.reason,
            trust=self.trust,
            point=None if self.point is None else {name: str(x) for name, x in self.point.items()},
            boxes=self.boxes,
            leaves=self.leaves,
            seconds=self.seconds,
            certificate=self.certificate,
        )
