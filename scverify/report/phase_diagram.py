"""The picture of a sweep: its answers over two of the values that vary, a mark for each word; what is not proved is seen as such."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

from scverify.errors import InputError
from scverify.results.base import Data
from scverify.results.sweep import UNDECIDED, Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Mark(NamedTuple):
    """How the points of one word are drawn."""

    colour: str
    shape: str


# colours that stay apart for most eyes and in grey, each with a mark of its own
_MARKS = (
    Mark("#08306b", "s"),
    Mark("#fdae61", "o"),
    Mark("#238b45", "^"),
    Mark("#a50026", "D"),
    Mark("#756bb1", "v"),
    Mark("#636363", "P"),
)
# words that claim nothing are white
_OPEN = {UNDECIDED: Mark("#ffffff", "X"), "refused": Mark("#ffffff", "_"), "none found": Mark("#ffffff", ".")}
_ALONG, _UP, _APART = ("tau", "logit_scale"), ("ratio", "sizes", "dim", "k"), ("k", "dim", "constraint", "loss", "profile")
# as many as can be told apart at a glance
MOST_PANELS = 6
# a side of a panel in inches, and what axes and margins leave of it, in points
_SIDE, _ROOM = 3.6, 190


class View(NamedTuple):
    """Which values are drawn to the right, and which upwards; each combination of the others has a panel."""

    along: str
    up: str
    panels: tuple[str, ...]


def phase_diagram(found: Sweep) -> Figure:
    """One mark for each row: a temperature to the right, another value that varies upwards, a panel for each combination of the rest.

    Raises InputError for a sweep without rows, and for more than six panels.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not found.rows:
        raise InputError("a sweep without an answer", "at least one row", "let it run longer")
    view = view_of(found)
    panels: dict[tuple[str, ...], list[Data]] = {}
    for row in found.rows:
        panels.setdefault(tuple(row["place"].get(name, "") for name in view.panels), []).append(row)
    if len(panels) > MOST_PANELS:
        raise InputError(f"a picture of {len(panels)} panels ({', '.join(view.panels)})", f"at most {MOST_PANELS}", "sweep fewer values")
    figure = Figure(figsize=(_SIDE * len(panels) + 0.6, _SIDE + 1.1), layout="constrained")
    FigureCanvasAgg(figure)
    every: Any = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    drawn = _marks(found)
    for axes, (values, rows) in zip(every, panels.items(), strict=True):
        _draw(axes, view, rows, drawn)
        if view.panels:
            axes.set_title(", ".join(f"{name} = {value}" for name, value in zip(view.panels, values, strict=True)), fontsize="medium")
    every[0].set_ylabel(_said(view.up))
    figure.suptitle(f"{found.question}: {len(found.rows)} of {found.asked} problems", fontsize="medium")
    handles = [_key(mark, f"{word} ({found.words[word]})") for word, mark in drawn.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=2 * len(panels), fontsize="small")
    return figure


def view_of(found: Sweep) -> View:
    """The first view, by the values that vary, in which no two rows share a place."""
    varying = [name for name in found.varying if name not in _ALONG]
    along = next((name for name in _ALONG if name in found.varying), varying[0] if varying else "tau")
    own = [name for name in varying if name not in (*_UP, *_APART)]
    ups = [name for name in (*own, *_UP) if name in varying and name != along] or [
        next((n for n in _UP if n in found.rows[0]["place"]), along)
    ]
    for up in ups:
        panels = tuple(name for name in _APART if name in varying and name not in (along, up) and not _follows(found, name, (along, up)))
        places = {tuple(row["place"].get(name) for name in (along, up, *panels)) for row in found.rows}
        if len(places) == len(found.rows):
            return View(along, up, panels)
    rest = tuple(name for name in varying if name not in (along, ups[0]) and not _follows(found, name, (along, ups[0])))
    return View(along, ups[0], rest)


def _follows(found: Sweep, name: str, others: tuple[str, ...]) -> bool:
    """Whether these values say the named one."""
    said: dict[tuple[str | None, ...], str | None] = {}
    return all(
        said.setdefault(tuple(row["place"].get(other) for other in others), row["place"].get(name)) == row["place"].get(name)
        for row in found.rows
    )


def _marks(found: Sweep) -> dict[str, Mark]:
    """The mark of each word; those that claim nothing come last."""
    words = sorted(found.words, key=lambda word: (word.lower() in _OPEN, word))
    proved = [word for word in words if word.lower() not in _OPEN]
    return {word: _OPEN.get(word.lower()) or _MARKS[proved.index(word) % len(_MARKS)] for word in words}


def _draw(axes: Axes, view: View, rows: list[Data], drawn: dict[str, Mark]) -> None:
    places = {name: _Scale.of([row["place"].get(name, "") for row in rows]) for name in (view.along, view.up)}
    size = min(9.0, max(2.0, 0.85 * _ROOM * min(scale.closest for scale in places.values())))
    for word, mark in drawn.items():
        of_word = [row for row in rows if row["word"] == word]
        axes.scatter(
            [places[view.along].at[row["place"].get(view.along, "")] for row in of_word],
            [places[view.up].at[row["place"].get(view.up, "")] for row in of_word],
            s=size**2,
            c=mark.colour,
            marker=mark.shape,
            edgecolors=None if mark.shape == "_" else "black",
            linewidths=0.5,
            label=word,
        )
    for letter, name in (("x", view.along), ("y", view.up)):
        places[name].set_on(axes, letter)
    axes.set_xlabel(_said(view.along))
    axes.margins(0.06)


class _Scale(NamedTuple):
    """Where each value stands along an axis: numbers at themselves, other texts in their order."""

    at: dict[str, float]
    numbers: bool

    @classmethod
    def of(cls, values: list[str]) -> _Scale:
        try:
            return cls({value: float(Fraction(value)) for value in values}, True)
        except (ValueError, ZeroDivisionError):
            return cls({value: float(place) for place, value in enumerate(dict.fromkeys(values))}, False)

    @property
    def by_logarithms(self) -> bool:
        """Whether numbers lie more evenly by their logarithms."""
        return self.numbers and min(self.at.values()) > 0 and _closest(map(log, self.at.values())) > _closest(self.at.values())

    @property
    def closest(self) -> float:
        """The least distance between two values, as a part of the whole axis."""
        return _closest(map(log, self.at.values()) if self.by_logarithms else self.at.values())

    def set_on(self, axes: Axes, letter: str) -> None:
        """Names instead of numbers, and logarithms for a wide range."""
        if not self.numbers:
            axes.set(**{f"{letter}ticks": list(self.at.values()), f"{letter}ticklabels": list(self.at)})
        elif self.by_logarithms:
            axes.set(**{f"{letter}scale": "log"})


def _closest(values: Iterable[float]) -> float:
    """The least distance between two different numbers, as a part of their range; 1 for a single one."""
    ends = sorted(set(values))
    return min((b - a for a, b in pairwise(ends)), default=1.0) / ((ends[-1] - ends[0]) or 1.0)


def _key(mark: Mark, label: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker=mark.shape, markerfacecolor=mark.colour, markeredgecolor="black", label=label)


def _said(name: str) -> str:
    known = {"tau": "temperature tau", "logit_scale": "scale of the logits, 1/tau", "ratio": "imbalance ratio", "sizes": "class sizes"}
    return known.get(name, name.replace("_", " "))
