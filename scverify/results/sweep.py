"""A question put to many problems: a row for each, with the word that answers it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.base import Data, Result, known
from scverify.results.layout import Account, Table

# rows that are printed; all of them stand in the directory
_SHOWN = 40
UNDECIDED = "undecided"


@dataclass(frozen=True, repr=False)
class Sweep(Result):
    """What a sweep knows: one row for each problem that was reached, in the order of the problems.

    rows: "point" (the folder of its certificates), "question", "word", what is known of the problem (sizes, tau, constraint, loss, dim),
    "place" (the names and values by which it is shown), and the answer or the reason for there being none. out: the directory.
    interrupted: stopped early; a later run with the same directory goes on.
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

    @property
    def varying(self) -> tuple[str, ...]:
        """The names in the places of rows that have more than one value."""
        names = dict.fromkeys(name for row in self.rows for name in row["place"])
        return tuple(name for name in names if len({row["place"].get(name) for row in self.rows}) > 1)

    def account(self) -> Account:
        """The first rows as a table, and where the rest is."""
        names = self.varying or ("tau",)
        cells = [(*(row["place"].get(name, "") for name in names), row["word"]) for row in self.rows[:_SHOWN]]
        notes = [self.headline(), f"certificates and rows: {self.out}"]
        if len(self.rows) > _SHOWN:
            notes.append(f"{len(self.rows) - _SHOWN} more rows in {self.out / 'results.jsonl'}")
        notes += [f"the first refusal: {row['reason']}" for row in [row for row in self.rows if row["word"] == "refused"][:1]]
        if self.interrupted:
            notes.append("interrupted: the same command goes on")
        tables = [Table(header=(*names, "answer"), rows=cells)]
        return Account(heading=f"Sweep, {self.question}", tables=tables, notes=notes)

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


def shown_at(problem: Problem | UnitProblem) -> dict[str, str]:
    """The names and values by which a problem is shown where none are given: those by which problems of a sweep often differ."""
    if isinstance(problem, UnitProblem):
        return {"loss": problem.loss.name, "units": problem.loss.extent, "tau": str(problem.temperature)}
    sizes = problem.classes.sizes
    dim = {} if problem.dim is None else {"dim": str(problem.dim)}
    named = {"loss": problem.loss.name, "constraint": str(problem.constraint), **dim, "k": str(problem.classes.k)}
    return named | {"sizes": str(problem.classes), "ratio": str(Fraction(max(sizes), min(sizes))), "tau": str(problem.temperature)}
