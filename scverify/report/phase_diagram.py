"""The picture of a sweep: the answer over temperature and imbalance, a mark for each word; undecided points are seen as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scverify.errors import InputError
from scverify.results.sweep import UNDECIDED, Sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# colours that stay apart for most eyes and in grey, each with a mark of its own
_MARKS = (("#08306b", "s"), ("#fdae61", "o"), ("#238b45", "^"), ("#a50026", "D"), ("#756bb1", "v"), ("#636363", "P"))
_OPEN = ("#ffffff", "X")


def phase_diagram(found: Sweep) -> Figure:
    """One mark for each row, temperature to the right, the largest over the smallest class upwards; InputError for a sweep without rows."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not found.rows:
        raise InputError("a sweep without an answer", "at least one row", "let it run longer")
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    words = sorted(found.words, key=lambda word: (word in (UNDECIDED, "UNDECIDED", "refused"), word))
    for place, word in enumerate(words):
        colour, mark = _OPEN if word.lower() == UNDECIDED else _MARKS[place % len(_MARKS)]
        rows = [row for row in found.rows if row["word"] == word]
        axes.scatter(
            [_number(row["tau"]) for row in rows],
            [max(row["sizes"]) / min(row["sizes"]) for row in rows],
            c=colour,
            marker=mark,
            edgecolors="black",
            linewidths=0.5,
            label=f"{word} ({len(rows)})",
        )
    axes.set(xscale="log", yscale="log", xlabel="temperature", ylabel="largest class / smallest class")
    axes.set_title(f"{found.question}: {len(found.rows)} of {found.asked} problems")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _number(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)
