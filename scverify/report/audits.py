"""An audit as one HTML page with pictures: no other file and no network is needed."""

from __future__ import annotations

import html as markup
from typing import TYPE_CHECKING

import numpy as np

from scverify.report.optimum_plot import COLOURS
from scverify.report.plots import embedded_figure
from scverify.results.audit import Audit
from scverify.results.layout import as_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = "body{font-family:sans-serif;max-width:64em;margin:auto;padding:0 1em}td,th{padding:.2em .6em;text-align:left}img{max-width:100%}"
# a legend of more classes fills the picture
_MOST_NAMES = 12


def audit_page(found: Audit) -> str:
    """The sentence, the numbers, where the loss stands, the class means against the optimum's, and the embeddings in a plane."""
    pictures = [embedded_figure(_standing(found), "Where the loss stands, from equal embeddings down to the certified floor")]
    if found.geometry.difference is not None:
        pictures.append(embedded_figure(_means(found), "Cosines of the class means: found, at the optimum, and their difference"))
    caption = f"{len(found.geometry.plane)} of {found.problem.classes.n} embeddings in the plane of their largest variance"
    pictures.append(embedded_figure(_plane(found), caption))
    title = markup.escape(found.headline())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"{as_html(found.account())}{''.join(pictures)}</html>\n"
    )


def _blank(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _standing(found: Audit) -> Figure:
    figure = _blank(8, 1.8)
    axes = figure.add_subplot()
    floor, loss = float(found.floor.lower), found.value.upper
    marks = ((floor, "certified floor", "v"), (loss, "loss", "o"), (found.plateau, "equal embeddings", "s"))
    for value, name, marker in marks:
        axes.plot(
            value,
            0,
            marker,
            markersize=11,
            color="black",
            markerfacecolor="white" if marker != "o" else "black",
            label=f"{name} {value:.6g}",
        )
    axes.hlines(0, min(floor, loss), max(found.plateau, loss), color="grey", zorder=0)
    axes.set_yticks([])
    axes.legend(loc="upper center", ncols=3, frameon=False)
    axes.set_ylim(-1, 2)
    return figure


def _means(found: Audit) -> Figure:
    figure, difference = _blank(11, 3.6), found.geometry.difference
    assert difference is not None
    wanted = found.floor.gram / float(np.diagonal(found.floor.gram).max())
    for place, (matrix, title) in enumerate(((wanted + difference, "found"), (wanted, "optimum"), (difference, "difference")), start=1):
        axes = figure.add_subplot(1, 3, place)
        image = axes.imshow(matrix, cmap=COLOURS, vmin=-1, vmax=1)
        axes.set_title(title)
        if len(matrix) <= _MOST_NAMES:
            axes.set_xticks(range(len(matrix)), found.names, rotation=90)
            axes.set_yticks(range(len(matrix)), found.names)
    figure.colorbar(image, ax=figure.axes, shrink=0.8)
    return figure


def _plane(found: Audit) -> Figure:
    figure = _blank(7, 6)
    axes = figure.add_subplot()
    plane, drawn = found.geometry.plane, found.geometry.drawn
    few = len(found.names) <= _MOST_NAMES
    for c in np.unique(drawn).tolist():
        across, up = plane[drawn == c].T
        axes.scatter(across, up, s=12, marker="osv^Dx+*<>ph"[c % 12], label=found.names[c] if few else None)
    if few:
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_aspect("equal")
    return figure
