"""The table of the standard properties of a loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from scverify.conjecture.verdict import Verdict


def renderable(loss: str, verdicts: Sequence[Verdict]) -> RenderableType:
    """A row a property: its verdict, the trust that this has, and how it was reached."""
    table = Table(title=escape(f"Standard properties of {loss}"), title_justify="left")
    for heading in ("property", "verdict", "trust", "how it was reached"):
        table.add_column(heading, no_wrap=heading in ("verdict", "trust"))
    for verdict in verdicts:
        found = verdict.counterexample
        how = "; ".join((verdict.reason, *(() if found is None else found.evidence)))
        table.add_row(*map(escape, (verdict.conjecture.says, verdict.word, _trust(verdict), how)))
    note = "SUPPORTED: true wherever it was tried, which is no proof."
    return Group(table, note)


def _trust(verdict: Verdict) -> str:
    """What the verdict rests on; an UNDECIDED one rests on nothing."""
    return "" if verdict.word == "UNDECIDED" else verdict.trust


def to_json(loss: str, profile: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The table as one JSON object."""
    return {"loss": loss, "profile": profile, "properties": [verdict.to_json() for verdict in verdicts]}
