"""Where minima of a kind cease to be: families of critical points over temperature, proved, and how each of them ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from scverify.model.problem import Problem
from scverify.results.base import Data, Result, Subject, known, subject_of
from scverify.results.decimals import rounded_down, rounded_up
from scverify.results.layout import Account

Ending = Literal["whole range", "fold", "saddle", "unproved"]
# of a temperature in a sentence
_DIGITS = 10


@dataclass(frozen=True)
class TurningPoint:
    """Where a family turns back: tau has its maximum on its curve in [lower, upper], and nothing is critical near it in (upper, beyond]."""

    lower: Fraction
    upper: Fraction
    beyond: Fraction


@dataclass(frozen=True)
class Family:
    """Critical points of one kind, one for every temperature from lower to upper (both included, but a lower end of 0).

    steps: how many tubes prove it. excess: of spurious minima, at least. fold: where it turns back, if that is proved.
    """

    lower: Fraction
    upper: Fraction
    steps: int
    excess: Fraction | None
    fold: TurningPoint | None
    certificate: Data = field(repr=False)


@dataclass(frozen=True)
class Followed:
    """A family, and how it ends in the direction in which it was followed.

    ending: "whole range"; "fold": the curve turns back (branch.fold); "saddle": from a temperature beyond the family's end there is one of
    strict saddles (`after`), and what lies between them is not proved; "unproved": nothing is proved beyond, for `reason`.
    """

    branch: Family
    ending: Ending
    reason: str
    after: Family | None = None


@dataclass(frozen=True, repr=False)
class Threshold(Result):
    """Where minima of a kind that were found at one end of a range of temperatures cease to be.

    lower, upper: the range asked for. origin: the end at which the orbits were found. followed: one entry per orbit, the furthest first;
    empty where none of the kind was found, which proves nothing. refused: why an orbit that was found could not be followed at all.
    interrupted: stopped early, with what had been proved.
    """

    problem: Problem
    kind: str
    lower: Fraction
    upper: Fraction
    origin: Fraction
    followed: tuple[Followed, ...]
    refused: tuple[str, ...]
    interrupted: bool
    seconds: float

    @property
    def ending(self) -> Ending:
        """How the family ends that was proved furthest; "unproved" without one."""
        return self.followed[0].ending if self.followed else "unproved"

    @property
    def bracket(self) -> tuple[Fraction, Fraction] | None:
        """Temperatures between which the furthest family ceases to be one of minima: proved on both sides. None where a side is not."""
        if not self.followed:
            return None
        first = self.followed[0]
        if first.branch.fold is not None:
            return first.branch.upper, first.branch.fold.upper
        return None if first.after is None else (first.branch.upper, first.after.lower)

    @property
    def certificates(self) -> dict[str, Data]:
        """Every certificate by the name of its file."""
        found = {}
        for number, followed in enumerate(self.followed):
            found[f"branch-{number:03d}.json"] = followed.branch.certificate
            if followed.after is not None:
                found[f"branch-{number:03d}-after.json"] = followed.after.certificate
        return found

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("threshold", self.problem)

    def headline(self) -> str:
        """The kind and the bracket, or how the furthest family ends."""
        where = "no bracket" if self.bracket is None else f"until tau in [{_from(self.bracket[0])}, {_to(self.bracket[1])}]"
        return f"{self.kind}, {self._range()}: {where} ({self.ending})"

    def account(self) -> Account:
        """What is proved of each orbit, and what was not followed."""
        facts = [fact for number, one in enumerate(self.followed) for fact in self._facts(number, one)]
        notes = [f"an orbit could not be followed {reason}" for reason in self.refused]
        if not facts and not notes:
            notes = ["none was found; that proves nothing"]
        else:
            notes.append(f"orbits were sought at tau = {self.origin}; a search may miss some ({self.seconds:.1f} s)")
        if self.interrupted:
            notes.append("interrupted: this is what had been proved")
        return Account(heading=f"{self.kind}, {self._range()}", facts=facts, notes=notes)

    def to_json(self) -> Data:
        """Fractions as text, exact. The bracket is null where a side is not proved; no branch has a closed form, and none is over sizes."""
        bracket = None if self.bracket is None else {"lower": str(self.bracket[0]), "upper": str(self.bracket[1])}
        return {"bracket": bracket, "closed_form": None, "integers": None} | known(
            kind=self.kind,
            sizes=list(self.problem.classes.sizes),
            dim=self.problem.dim,
            tau={"lower": str(self.lower), "upper": str(self.upper)},
            origin=str(self.origin),
            ending=self.ending,
            trust="ball" if self.followed else "none",
            orbits=[_orbit(one) for one in self.followed],
            refused=list(self.refused) or None,
            interrupted=self.interrupted or None,
            seconds=self.seconds,
        )

    def _range(self) -> str:
        return f"tau from {self.lower} to {self.upper}: {self.problem.classes}, dim {self.problem.dim}"

    def _facts(self, number: int, one: Followed) -> Iterator[tuple[str, str]]:
        branch, fold = one.branch, one.branch.fold
        excess = "" if branch.excess is None else f", at least {rounded_down(branch.excess, 6)} above a better point"
        yield f"orbit {number}", f"{self.kind} for every tau in [{_from(branch.lower)}, {_to(branch.upper)}] (proved{excess})"
        if fold is not None:
            yield (
                "",
                f"proved: its curve turns back at a tau in [{rounded_down(fold.lower, _DIGITS)}, "
                f"{rounded_up(fold.upper, _DIGITS)}]; near it no critical point for tau up to {_to(fold.beyond)}",
            )
        elif one.after is not None:
            yield "", f"proved: strict saddles for every tau in [{_from(one.after.lower)}, {_to(one.after.upper)}]; {one.reason}"
        elif one.reason:
            yield "", f"beyond: unproved ({one.reason})"


def _from(value: Fraction) -> str:
    return rounded_up(value, _DIGITS)


def _to(value: Fraction) -> str:
    return rounded_down(value, _DIGITS)


def _ends(lower: Fraction, upper: Fraction) -> Data:
    return {"lower": str(lower), "upper": str(upper)}


def _orbit(one: Followed) -> Data:
    branch, fold = one.branch, one.branch.fold
    return known(
        proved=_ends(branch.lower, branch.upper),
        steps=branch.steps,
        ending=one.ending,
        excess=None if branch.excess is None else str(branch.excess),
        fold=None if fold is None else _ends(fold.lower, fold.upper) | {"beyond": str(fold.beyond)},
        saddles=None if one.after is None else _ends(one.after.lower, one.after.upper),
        unproved=one.reason or None,
    )
