"""A loss without a lower bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scverify.errors import Undecided
from scverify.results.base import Data, Result, Subject, problem_entries, subject_of
from scverify.results.layout import Account

if TYPE_CHECKING:
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem


@dataclass(frozen=True, repr=False)
class Unbounded(Result):
    """A problem whose loss falls below every number along a ray of embeddings, which the certificate holds.

    slope: the loss at t H0 is at most a constant plus slope t^2, H0 of the ray with mean squared norm 1; in floats. trust: "exact".
    """

    problem: Problem | UnitProblem
    slope: float
    certificate: Data = field(repr=False)
    trust: str = "exact"

    @property
    def certificates(self) -> dict[str, Data]:
        """The Unbounded certificate."""
        return {"unbounded.json": self.certificate}

    def subject(self) -> Subject:
        """What the certificate is about."""
        return subject_of("optimum", self.problem)

    def headline(self) -> str:
        """The problem and the answer."""
        return f"{self.problem}: unbounded below"

    def account(self) -> Account:
        """The answer, how fast the loss falls, and what it rests on."""
        return Account(
            heading=f"No optimum: {self.problem}",
            facts=[
                ("value", "unbounded below: along a ray t H0 the loss falls below every number"),
                ("slope", f"at most a constant {self.slope:+.4g} t², H0 of mean squared norm 1"),
                ("trust", f"{self.trust}: the slope's sign is decided in rational numbers"),
            ],
        )

    def to_json(self) -> Data:
        """The answer with the slope."""
        return problem_entries(self.problem) | {"unbounded": True, "slope": repr(self.slope), "trust": self.trust}


class UnboundedBelow(Undecided):
    """There is no optimum to certify; `result` holds the certificate of a ray along which the loss falls below every number."""

    def __init__(self, result: Unbounded) -> None:
        """The result is the only argument, so that the error can be sent between processes."""
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        return (
            f"{self.result.problem}: the loss is unbounded below, with a certificate; "
            "allowed: a loss with a minimum; raise the ridge's weight, or take a ball or a sphere"
        )
