"""A question put to many problems: a row for each, with the word that answers it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scverify.results.base import Data, Result, known
from scverify.results.layout import Account, Table

# rows that are printed; all of them stand in the directory
_SHOWN = 40
UNDECIDED = "undecided"


@dataclass(frozen=True, repr=False)
class Sweep(Result):
    """What a sweep knows: one row for each problem that was reached, in the order of the problems.

    rows: "point" (the folder of its certificates), "question", "word", the problem's sizes, tau, constraint, loss and dim, and the answer
    or the reason for there being none. out: the directory. interrupted: stopped early; a later run with the same directory goes on.
    """

    question: str
    rows: tuple[dict[str, Any], ...]
    asked: int
    out: Path
    interrupted: bool
    seconds: float

    @property
    def words(self) -> dict[str, int]:
        """How many problems have each word."""
        return dict(Counter(row["word"] for row in self.rows).most_common())

    def headline(self) -> str:
        """How many of the problems are answered, and by which words."""
        counts = ", ".join(f"{count} × {word}" for word, count in self.words.items()) or "nothing yet"
        return f"{self.question} of {len(self.rows)} of {self.asked} problems: {counts}"

    def account(self) -> Account:
        """The first rows as a table, and where the rest is."""
        cells = [(",".join(map(str, _shortened(row["sizes"]))), row["tau"], str(row.get("dim", "any")), row["word"]) for row in self.rows]
        notes = [self.headline(), f"certificates and rows: {self.out}"]
        if len(cells) > _SHOWN:
            notes.append(f"{len(cells) - _SHOWN} more rows in {self.out / 'results.jsonl'}")
        if self.interrupted:
            notes.append("interrupted: the same command goes on")
        return Account(
            heading=f"Sweep, {self.question}",
            tables=[Table(header=("sizes", "tau", "d", "answer"), rows=cells[:_SHOWN])],
            notes=notes,
        )

    def to_json(self) -> Data:
        """The counts and every row."""
        return known(
            question=self.question,
            asked=self.asked,
            words=self.words,
            rows=list(self.rows),
            interrupted=self.interrupted,
            seconds=self.seconds,
        )


def _shortened(sizes: list[int]) -> list[Any]:
    return sizes if len(sizes) <= 8 else [*sizes[:6], "…", sizes[-1]]
