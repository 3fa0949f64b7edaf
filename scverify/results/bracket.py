"""A bracket of a threshold: two values of a parameter, proved to be on its two sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from scverify.kernel.certificate import digest
from scverify.results.base import Data, Result, Subject, known
from scverify.results.layout import Account


@dataclass(frozen=True)
class Side:
    """A value of the parameter, what is proved there, and the certificate of it."""

    value: Fraction
    said: str
    certificate: Data = field(repr=False)


@dataclass(frozen=True, repr=False)
class Bracket(Result):
    """Where a yes-or-no question about the optimum changes its answer, along a parameter.

    lower, upper: the two sides; the answers there are proved, and between them nothing is. Where both answers are one, there is no bracket.
    closed_form: the threshold as a formula, where one is known. integers: for ratios, the neighbouring whole sizes of the large classes,
    each decided by itself. note: why the bracket is wider than was asked, or "". decided: every value that was decided on the way.
    """

    about: str
    kind: str
    over: str
    lower: Side
    upper: Side
    closed_form: str | None = None
    integers: tuple[Side, ...] = ()
    note: str = ""
    decided: tuple[Side, ...] = ()
    trust: str = "ball"

    @property
    def bracket(self) -> tuple[Fraction, Fraction] | None:
        """The two values, where the answer differs."""
        return None if self.lower.said == self.upper.said else (self.lower.value, self.upper.value)

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of both sides, and of the whole sizes beside them."""
        whole = {f"{self.over}-{side.said}-{side.value}.json": side.certificate for side in self.integers}
        return {"lower.json": self.lower.certificate, "upper.json": self.upper.certificate, **whole}

    def subject(self) -> Subject:
        """What the certificates are about: the problem as it stands in them, the parameter apart."""
        stated = digest([self.about, self.kind, self.over])[:16]
        return Subject(f"{self.about} (SHA-256 {stated})", f"threshold: {self.kind} over {self.over}")

    def headline(self) -> str:
        """The bracket, or the one answer."""
        if self.bracket is None:
            return f"{self.kind} over {self.over}: {self.lower.said} at both ends, {self.about}"
        return f"{self.kind} over {self.over}: between {plain(self.lower.value)} and {plain(self.upper.value)}, {self.about}"

    def account(self) -> Account:
        """Both sides, the whole sizes beside them, the closed form, and what it rests on."""
        notes = ["between the two sides nothing is claimed"] if self.bracket is not None else []
        return Account(heading=f"Threshold, {self.kind} over {self.over}: {self.about}", facts=list(self._facts()), notes=notes)

    def _facts(self) -> Iterator[tuple[str, str]]:
        for side in (self.lower, self.upper):
            yield f"{self.over} = {plain(side.value)}", f"{side.said} (proved)"
        if self.integers:
            yield "whole sizes", ", ".join(f"{side.value} {side.said}" for side in self.integers) + " (proved)"
        if self.closed_form is not None:
            yield "closed form", self.closed_form
        if self.bracket is None:
            yield "bracket", "none: the answer is the same at both ends"
        if self.note:
            yield "note", self.note
        yield "trust", f"{self.trust}: each side is a certificate of its own"

    def to_json(self) -> Data:
        """Ends as exact decimals, or as fractions where they have none; null where there is no bracket, closed form or whole size."""
        ends = None if self.bracket is None else {"lower": plain(self.lower.value), "upper": plain(self.upper.value)}
        always = {
            "bracket": ends,
            "closed_form": self.closed_form,
            "integers": {side.said: int(side.value) for side in self.integers} or None,
        }
        return always | known(
            kind=self.kind,
            over=self.over,
            about=self.about,
            at=[{"value": plain(side.value), "answer": side.said} for side in (self.lower, self.upper)],
            note=self.note or None,
            trust=self.trust,
        )


def plain(value: Fraction) -> str:
    """An exact decimal where there is one, else a fraction."""
    rest = value.denominator
    places = 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
