"""How critical points are told to a person: a table as text or HTML, and the JSON object of the command line."""

from __future__ import annotations

import html as markup
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from scverify.report.decimals import at_least, at_most, enclosure

if TYPE_CHECKING:
    from scverify.certify.orbit import CriticalPoint
    from scverify.certify.points import CriticalPoints

HEADER = ("", "kind", "value", "excess", "rank", "inertia (−, 0, +)", "rotations", "hits", "trust")


def renderable(found: CriticalPoints) -> Group:
    """The table and what it says, for a rich console."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in HEADER:
        table.add_column(Text(name), justify="left" if name == "kind" else "right", no_wrap=name != "kind")
    for number, point in enumerate(found.points):
        table.add_row(*(Text(cell) for cell in _row(number, point)))
    parts: list[RenderableType] = [Text(_title(found), style="bold"), table]
    parts += [Text(f"{number}: {point.reason}") for number, point in enumerate(found.points) if point.reason]
    return Group(*parts, *(Text(note) for note in _notes(found)))


def text(found: CriticalPoints, width: int = 120) -> str:
    """The account as plain text."""
    page = StringIO()
    Console(file=page, width=width, color_system=None, highlight=False).print(renderable(found))
    return page.getvalue().rstrip("\n")


def html(found: CriticalPoints) -> str:
    """The account as an HTML fragment for a notebook."""
    head = "".join(f"<th>{markup.escape(name)}</th>" for name in HEADER)
    rows = "".join(
        "<tr>" + "".join(f"<td>{markup.escape(cell)}</td>" for cell in _row(number, point)) + "</tr>"
        for number, point in enumerate(found.points)
    )
    notes = "".join(f"<p>{markup.escape(note)}</p>" for note in _notes(found))
    return f"<p><b>{markup.escape(_title(found))}</b></p><table><tr>{head}</tr>{rows}</table>{notes}"


def json_object(found: CriticalPoints) -> dict[str, Any]:
    """The object that --json prints; what is not known has no key."""
    problem = found.problem
    told: dict[str, Any] = {
        "sizes": list(problem.classes.sizes),
        "tau": str(problem.temperature),
        "constraint": str(problem.constraint),
        "loss": problem.loss.name,
        "dim": problem.dim,
        "starts": found.starts,
        "seed": found.seed,
        "interrupted": found.interrupted,
        "points": [point_object(point) for point in found.points],
        "seconds": found.seconds,
    }
    return told if found.optimum is None else {"optimum": found.optimum.to_json(), **told}


def point_object(point: CriticalPoint) -> dict[str, Any]:
    """One critical point."""
    lower, upper = enclosure(point.lower, point.upper)
    told: dict[str, Any] = {
        "value": {"lower": lower, "upper": upper},
        "kind": point.kind,
        "inertia": None if point.inertia is None else list(point.inertia),
        "orbit_dimension": point.orbit_dimension,
        "hits": point.hits,
        "trust": point.trust,
        "excess": None if point.excess is None else at_least(point.excess),
        "reason": point.reason or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _title(found: CriticalPoints) -> str:
    return f"Critical points: {found.problem}; {found.starts} starts, seed {found.seed}"


def _row(number: int, point: CriticalPoint) -> tuple[str, ...]:
    inertia = "" if point.inertia is None else ", ".join(map(str, point.inertia))
    excess = "" if point.excess is None else at_least(point.excess, 6)
    return (
        str(number),
        point.kind,
        f"{float(point.lower):.12g}",
        excess,
        str(point.rank),
        inertia,
        str(point.orbit_dimension),
        str(point.hits),
        point.trust,
    )


def _notes(found: CriticalPoints) -> list[str]:
    kinds = Counter(point.kind for point in found.points)
    notes = [", ".join(f"{count} × {kind}" for kind, count in kinds.most_common()) or "no critical point was found"]
    if found.optimum is not None:
        lower, upper = enclosure(found.optimum.lower, found.optimum.upper)
        notes.append(f"the optimum lies in [{lower[:40]}…, {upper[:40]}…], gap at most {at_most(found.optimum.gap)}")
    notes.append("a search may miss orbits: what is not listed is not proved absent")
    if found.interrupted:
        notes.append("interrupted: this is what had been found")
    return notes
