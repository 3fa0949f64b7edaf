"""How a certified optimum is told to a person: text, HTML and LaTeX from the same facts."""

from __future__ import annotations

import html as markup
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from scverify.model.level import interchangeable
from scverify.report.decimals import agreeing, at_most, enclosure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scverify.certify.optimum import Optimum

_MOST_DIGITS = 60
_MOST_NODES = 6
_MOST_LATEX_ROWS = 8


@dataclass(frozen=True)
class Node:
    """What one row of the table stands for: indices into the Gram matrix that the optimum treats alike."""

    label: str
    members: tuple[int, ...]

    def similarity(self, gram: NDArray[np.float64], other: Node) -> str:
        """The entry of gram between two different members, one of each node; empty where there are none."""
        members = [i for i in other.members if i != self.members[0]]
        return f"{gram[self.members[0], members[0]]:.4f}" if members else ""


def nodes(optimum: Optimum) -> list[Node]:
    """Groups of equal classes, classes or samples: those at whose level the optimum was certified."""
    classes = optimum.problem.classes
    if optimum.level == "samples":
        return [Node(f"{i} of class {label}", (i,)) for i, label in enumerate(classes.labels)]
    members = interchangeable(optimum.problem) if optimum.level == "groups" else [(c,) for c in range(classes.k)]
    return [Node(f"{len(group)} × {classes.sizes[group[0]]}", group) for group in members]


def renderable(optimum: Optimum, next_command: str | None = None) -> Group:
    """The whole account of an optimum for a rich console."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, fact in _facts(optimum):
        facts.add_row(Text(name), Text(fact))
    header, *rows = _gram_table(optimum)
    gram = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in header:
        gram.add_column(Text(name), justify="right", overflow="fold")
    for row in rows:
        gram.add_row(*(Text(cell) for cell in row))
    heading = Text(f"Certified optimum: {optimum.problem}", style="bold")
    parts: list[RenderableType] = [heading, facts, Text(f"\n{_gram_title(optimum)}:"), gram, *map(Text, _notes(optimum))]
    if next_command is not None:
        parts.append(Text(f"next: {next_command}"))
    return Group(*parts)


def text(optimum: Optimum, width: int = 110) -> str:
    """The account as plain text."""
    page = StringIO()
    Console(file=page, width=width, color_system=None, highlight=False).print(renderable(optimum))
    return page.getvalue().rstrip("\n")


def html(optimum: Optimum) -> str:
    """The account as an HTML fragment for a notebook."""
    facts = "".join(f"<tr><th>{markup.escape(name)}</th><td>{markup.escape(fact)}</td></tr>" for name, fact in _facts(optimum))
    rows = "".join("<tr>" + "".join(f"<td>{markup.escape(cell)}</td>" for cell in row) + "</tr>" for row in _gram_table(optimum))
    notes = "".join(f"<p>{markup.escape(note)}</p>" for note in _notes(optimum))
    heading = f"<p><b>Certified optimum:</b> {markup.escape(str(optimum.problem))}</p>"
    return f"{heading}<table>{facts}</table><p>{_gram_title(optimum)}</p><table>{rows}</table>{notes}"


def latex(optimum: Optimum) -> str:
    """The certified interval, and for few classes the Gram matrix to four decimals."""
    low, high = enclosure(optimum.lower, optimum.upper)
    interval = rf"{low} \le \min L \le {high}"
    if len(optimum.gram) > _MOST_LATEX_ROWS:
        return rf"$\displaystyle {interval}$"
    rows = r" \\ ".join(" & ".join(f"{entry:.4f}" for entry in row) for row in optimum.gram)
    return rf"$\displaystyle {interval}, \qquad B^\star \approx \begin{{pmatrix}} {rows} \end{{pmatrix}}$"


def json_object(optimum: Optimum) -> dict[str, Any]:
    """The object that --json prints: decimals as text, rounded outward; what is not known has no key."""
    problem = optimum.problem
    low, high = enclosure(optimum.lower, optimum.upper)
    told = {
        "sizes": list(problem.classes.sizes),
        "tau": str(problem.temperature),
        "constraint": str(problem.constraint),
        "loss": problem.loss.name,
        "level": optimum.level,
        "lower": low,
        "upper": high,
        "gap": at_most(Fraction(high) - Fraction(low)),
        "gram": [[repr(entry) for entry in row] for row in optimum.gram.tolist()],
        "rank": optimum.rank,
        "radius": None if optimum.radius is None else at_most(optimum.radius),
        "trust": optimum.trust,
        "solver": optimum.solver,
        "seconds": optimum.seconds,
    }
    return {key: value for key, value in told.items() if value is not None}


def _facts(optimum: Optimum) -> Iterator[tuple[str, str]]:
    low, high = enclosure(optimum.lower, optimum.upper)
    shared = agreeing(low, high)
    yield "value", f"{shared[:_MOST_DIGITS]}…  ({sum(map(str.isdigit, shared))} digits agree)" if shared else "no digit is settled yet"
    yield "lower", shortened(low)
    yield "upper", shortened(high)
    if optimum.shortfall:
        yield "shortfall", optimum.shortfall
    relative = f", {at_most(optimum.gap / optimum.lower)} of the value" if optimum.lower > 0 else ""
    yield "gap", f"at most {at_most(optimum.gap)}{relative}"
    yield "rank", _either(optimum.rank, "not claimed", optimum.rank_reason)
    if optimum.radius is None:
        yield "uniqueness", f"no radius: {optimum.radius_reason}"
    else:
        yield "uniqueness", f"every minimiser lies within {at_most(optimum.radius)} (Frobenius) of the Gram matrix below"
    yield "trust", f"{optimum.trust}: both bounds hold by ball arithmetic at {optimum.precision} bits; no float and no solver is trusted"
    yield "solver", f"{optimum.solver} at the level of {optimum.level}, status {optimum.status}"
    yield "time", f"{optimum.seconds:.2f} s"


def shortened(decimal: str) -> str:
    """A decimal too long to read, its middle left out."""
    return decimal if len(decimal) <= _MOST_DIGITS + 20 else f"{decimal[:_MOST_DIGITS]}…{decimal[-12:]}"


def _either(value: int | None, otherwise: str, reason: str) -> str:
    shown = otherwise if value is None else str(value)
    return f"{shown} ({reason})" if reason else shown


def _gram_table(optimum: Optimum) -> list[list[str]]:
    """Header and rows; the middle is left out where there are too many nodes to read."""
    every = nodes(optimum)
    half = _MOST_NODES // 2
    shown = every if len(every) <= _MOST_NODES else [*every[:half], *every[-half:]]
    multipliers = optimum.multipliers
    header = ["", "norm²", *(["λ"] if multipliers else []), *(node.label for node in shown)]
    rows = [header]
    for node in shown:
        first = node.members[0]
        multiplier = [f"{multipliers[first]:.4g}"] if multipliers else []
        similarities = [node.similarity(optimum.gram, other) for other in shown]
        rows.append([node.label, f"{optimum.gram[first, first]:.4f}", *multiplier, *similarities])
    if len(shown) < len(every):
        cut = len(header) - half
        rows = [[*row[:cut], "…", *row[cut:]] for row in rows]
        rows.insert(1 + half, ["…"] * (len(header) + 1))
    return rows


def _gram_title(optimum: Optimum) -> str:
    of = {"groups": "classes, by groups of equal classes (how many × size of each)", "classes": "classes (1 × size)", "samples": "samples"}
    return f"Gram matrix of the {of[optimum.level]}"


def _notes(optimum: Optimum) -> Iterator[str]:
    if optimum.multipliers:
        yield (
            "λ: multiplier of the norm constraint; to first order the optimum falls by λ "
            "when the squared norm of that class's embeddings may grow by one."
        )
