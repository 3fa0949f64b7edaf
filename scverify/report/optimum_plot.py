"""The picture of an optimum: its Gram matrix with the borders of the classes, and their means where they fit into space."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scverify.results.optimum import Optimum

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# brighter where larger, so that 1 and -1 are told apart in grey; and a mark for each class
COLOURS, MARKS = "cividis", "osDv^P*X"
# beyond it lines between classes would hide the matrix, and means a legend
_MOST_BORDERS, _MOST_NAMED = 60, 10
# beyond it a heat map has more cells than a picture has dots; larger optima are drawn by groups
_MOST_CELLS = 1500


def optimum_figure(found: Optimum) -> Figure:
    """The Gram matrix as a heat map, and beside it the means for a rank of 3 or less."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawable = found.rank is not None and found.rank <= 3
    figure = Figure(figsize=(11.5 if drawable else 6.2, 5.4), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(1, 2 if drawable else 1)
    _draw_gram(figure, grid[0, 0], found)
    if drawable:
        _draw_means(figure, grid[0, 1], found)
    figure.suptitle("\n".join(wrap(f"{found.problem}", 60)), fontsize="medium")
    return figure


def _draw_gram(figure: Figure, place: Any, found: Optimum) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = figure.add_subplot(place)
    nodes = sum(map(len, found.members))
    by_group = nodes > _MOST_CELLS
    matrix = found.similarities[:, :-1] if by_group else found.gram
    reach = float(np.abs(matrix).max()) or 1.0
    image = axes.imshow(matrix, cmap=COLOURS, vmin=-reach, vmax=reach)
    figure.colorbar(image, ax=axes, shrink=0.8, label="inner product")
    what = "groups of equal classes" if by_group else "samples" if found.level == "samples" else "classes"
    axes.set(title=f"Gram matrix of {len(matrix)} {what}", xlabel=what, ylabel=what)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    for border in _borders(found, len(matrix)):
        axes.axhline(border, color="black", linewidth=0.6)
        axes.axvline(border, color="black", linewidth=0.6)


def _borders(found: Optimum, size: int) -> NDArray[np.float64]:
    """Between classes, of samples or of themselves; none where there would be too many."""
    ends = np.cumsum(found.problem.classes.sizes) if found.level == "samples" else np.arange(1, size + 1)
    return np.asarray(ends[:-1] - 0.5, dtype=np.float64) if len(ends) <= _MOST_BORDERS else np.zeros(0)


def _draw_means(figure: Figure, place: Any, found: Optimum) -> None:
    """The nodes in as many coordinates as the rank, on the sphere of their largest norm."""
    values, vectors = np.linalg.eigh(found.gram)
    rank = max(found.rank or 0, 2)
    top = np.argsort(values)[::-1][:rank]
    points = (vectors[:, top] * np.sqrt(np.maximum(values[top], 0))).T
    axes: Any = figure.add_subplot(place, projection="3d" if rank == 3 else None)
    reach = float(np.sqrt(max(np.diag(found.gram).max(), 0))) or 1.0
    draw_sphere(axes, reach, rank)
    labels = found.problem.classes.labels if found.level == "samples" else np.arange(points.shape[1])
    draw_classes(axes, points, labels, [f"class {label} ({size})" for label, size in enumerate(found.problem.classes.sizes[:_MOST_NAMED])])
    axes.set_title("class means" if found.level != "samples" else "embeddings")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=4, fontsize="small")


def draw_classes(axes: Any, points: NDArray[np.float64], labels: NDArray[np.int64], names: list[str]) -> None:
    """Points (d, n) with a colour and a mark for each class; the first classes have names."""
    for label in np.unique(labels):
        style = {"color": f"C{label % 10}", "marker": MARKS[label % len(MARKS)], "edgecolors": "black", "linewidths": 0.5, "s": 45}
        axes.scatter(*points[:, labels == label], label=names[label] if label < len(names) else None, **style)


def draw_sphere(axes: Any, radius: float, dimension: int) -> None:
    """The outline of a circle or a sphere, and axes of equal length around it."""
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = radius * np.array([np.cos(angle), np.sin(angle)])
    if dimension == 3:
        for missing in range(3):
            ring = np.insert(circle, missing, 0, axis=0)
            axes.plot(*ring, color="0.7", linewidth=0.7)
    else:
        axes.plot(*circle, color="0.7", linewidth=0.7)
    names = "xyz"[:dimension]
    axes.set(**{f"{name}lim": (-1.1 * radius, 1.1 * radius) for name in names})
    axes.set(**{f"{name}ticks": (-radius, 0, radius) for name in names})
    axes.set_aspect("equal")
