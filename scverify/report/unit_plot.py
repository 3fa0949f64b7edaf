"""The picture of an optimum on units: the Gram matrix kind by kind, and the nodes where they fit into space."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scverify.model.nodes import NodeLoss
from scverify.report.optimum_plot import COLOURS, MARKS, draw_sphere
from scverify.results.units import UnitOptimum

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# beyond so many rows a few units of each type stand for the others, which are like them
_MOST_CELLS, _UNITS_SHOWN = 300, 4
# beyond so many units colours would not tell them apart
_MOST_COLOURS = 10


class _Shown(NamedTuple):
    """Nodes in the order of the picture: which node of the level each is, in which unit, of which kind; and how many there are in all."""

    node: NDArray[np.int64]
    unit: NDArray[np.int64]
    kind: NDArray[np.int64]
    of: int


def unit_figure(found: UnitOptimum) -> Figure:
    """The Gram matrix of the feasible point as a heat map, and beside it the nodes for a rank of 3 or less."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = _nodes_shown(found)
    drawable = found.rank <= 3 and len(shown.node) == shown.of
    figure = Figure(figsize=(11.5 if drawable else 6.2, 5.4), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(1, 2 if drawable else 1)
    _draw_gram(figure, grid[0, 0], found, shown)
    if drawable:
        _draw_nodes(figure, grid[0, 1], found, shown)
    figure.suptitle("\n".join(wrap(f"{found.problem}", 60)), fontsize="medium")
    return figure


def _nodes_shown(found: UnitOptimum) -> _Shown:
    """Kind by kind, in it unit by unit: so the block between two kinds is the one that losses of pairs see."""
    level, loss = found.problem.level, found.problem.loss
    many = np.array(level.multiplicity[:: level.kinds])
    total = int(many.sum()) * level.kinds
    units = many if total <= _MOST_CELLS else np.minimum(many, _UNITS_SHOWN)
    of = np.repeat(np.arange(len(units)), units)[: max(1, _MOST_CELLS // level.kinds)]
    node = np.concatenate([of * level.kinds + a for a in range(level.kinds)])
    kind = np.array(loss.nodes)[node] if isinstance(loss, NodeLoss) else node % level.kinds
    order = np.argsort(kind, kind="stable")
    return _Shown(node=node[order], unit=np.tile(np.arange(len(of)), level.kinds)[order], kind=kind[order], of=total)


def _gram(found: UnitOptimum, shown: _Shown) -> NDArray[np.float64]:
    """The similarities of the nodes of a picture: within a unit and between units."""
    gram = found.others[np.ix_(shown.node, shown.node)]
    same = shown.unit[:, None] == shown.unit[None, :]
    return np.where(same, found.own[shown.node][:, shown.node % found.problem.level.kinds], gram)


def _draw_gram(figure: Figure, place: Any, found: UnitOptimum, shown: _Shown) -> None:
    axes = figure.add_subplot(place)
    matrix = _gram(found, shown)
    reach = float(np.abs(matrix).max()) or 1.0
    image = axes.imshow(matrix, cmap=COLOURS, vmin=-reach, vmax=reach)
    figure.colorbar(image, ax=axes, shrink=0.8, label="inner product")
    names = found.problem.loss.kinds
    starts = np.flatnonzero(np.diff(shown.kind, prepend=-1))
    middles = (starts + np.append(starts[1:], len(matrix)) - 1) / 2
    axes.set(title=f"Gram matrix of {len(matrix)}{f' of {shown.of}' if shown.of > len(matrix) else ''} nodes")
    axes.set_xticks(middles, [names[shown.kind[start]] for start in starts])
    axes.set_yticks(middles, [names[shown.kind[start]] for start in starts], rotation=90, va="center")
    for border in starts[1:] - 0.5:
        axes.axhline(border, color="black", linewidth=0.8)
        axes.axvline(border, color="black", linewidth=0.8)


def _draw_nodes(figure: Figure, place: Any, found: UnitOptimum, shown: _Shown) -> None:
    """The nodes in as many coordinates as the rank, a mark for each kind and a colour for each unit."""
    gram = _gram(found, shown)
    values, vectors = np.linalg.eigh(gram)
    rank = max(found.rank, 2)
    top = np.argsort(values)[::-1][:rank]
    points = (vectors[:, top] * np.sqrt(np.maximum(values[top], 0))).T
    axes: Any = figure.add_subplot(place, projection="3d" if rank == 3 else None)
    draw_sphere(axes, float(np.sqrt(max(np.diag(gram).max(), 0))) or 1.0, rank)
    few = len(set(shown.unit.tolist())) <= _MOST_COLOURS
    for number in np.unique(shown.kind):
        of = shown.kind == number
        colour = [f"C{unit}" if few else "C0" for unit in shown.unit[of]]
        style = {"marker": MARKS[number % len(MARKS)], "edgecolors": "black", "linewidths": 0.5, "s": 70 - 25 * (number % 2)}
        axes.scatter(*points[:, of], c=colour, label=found.problem.loss.kinds[number], **style)
    axes.set_title("nodes, a colour for each unit" if few else "nodes")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=4, fontsize="small")
