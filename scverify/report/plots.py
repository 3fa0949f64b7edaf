"""Pictures of critical points: embeddings for d <= 3, Gram heat maps, value against inertia. Written whole or not at all."""

from __future__ import annotations

import base64
import errno
import html as markup
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scverify.errors import InputError, plainly
from scverify.model.points import labels_of
from scverify.model.problem import Problem
from scverify.report.optimum_plot import COLOURS, MARKS, draw_classes, draw_sphere

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scverify.results.points import CriticalPoint, CriticalPoints

# pictures side by side
MOST_POINTS = 4
FORMATS = (".png", ".pdf", ".svg")
# beyond it a legend would hide the points
_MOST_NAMED = 6


def check_plot_file(path: Path) -> None:
    """Raises InputError unless the ending names a picture format and the folder exists and can be written."""
    check_place(path, "plot", FORMATS)


def check_place(path: Path, what: str, endings: tuple[str, ...]) -> None:
    """Raises InputError unless a file has one of these endings, and a folder that exists and can be written."""
    if path.suffix not in endings:
        raise InputError(f"{what} file {str(path)!r}", ", ".join(endings), "choose one of these endings")
    try:
        if os.path.isdir(path):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        tempfile.TemporaryFile(dir=path.parent).close()
    except (OSError, ValueError) as error:
        given = f"{what} file {str(path)!r} ({plainly(error)})"
        raise InputError(given, "a file in a directory that can be written", "choose another one") from error


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary name beside a file; the file is written_whole where all goes well, and nothing is left where it does not."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    os.close(handle)
    os.umask(mask := os.umask(0))
    os.chmod(name, 0o666 & ~mask)  # as any file that is written; a temporary one is its owner's alone
    try:
        yield Path(name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def save_plot(found: CriticalPoints, path: Path) -> None:
    """Draw the critical points to a file, under a temporary name first. Raises InputError as check_plot_file."""
    check_plot_file(path)
    save_figure(critical_points_figure(found), path)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file, under a temporary name first."""
    with written_whole(path) as temporary:
        figure.savefig(temporary)


def critical_points_figure(found: CriticalPoints) -> Figure:
    """One column for each of the first few orbits (embeddings above, Gram matrix below), and value against negative eigenvalues."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = found.points[:MOST_POINTS]
    spatial = any(len(point.embeddings) <= 3 for point in shown)
    figure = Figure(figsize=(3 * len(shown) + 4, 6.2 if spatial else 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2 if spatial else 1, len(shown) + 1, width_ratios=[*[3] * len(shown), 4])
    reach = max((float(np.linalg.norm(point.embeddings, axis=0).max()) for point in shown), default=1.0)
    for column, point in enumerate(shown):
        if spatial:
            _draw_embeddings(figure, grid[0, column], point, reach)
        axes = figure.add_subplot(grid[-1, column])
        image = axes.imshow(point.embeddings.T @ point.embeddings, cmap=COLOURS, vmin=-(reach**2), vmax=reach**2)
        axes.set_title("Gram matrix" if spatial else _title(point))
        if column == len(shown) - 1:
            figure.colorbar(image, ax=axes, shrink=0.8)
    _draw_values(figure, grid[:, -1], found)
    if spatial:
        figure.legend(*_classes_of(figure), loc="outside lower left", ncols=_MOST_NAMED, fontsize="small")
    more = f"; the lowest {len(shown)} of {len(found.points)} orbits" if len(shown) < len(found.points) else ""
    figure.suptitle(f"{found.problem}{more}")
    return figure


def _title(point: CriticalPoint) -> str:
    return f"{point.kind}\n{float(point.lower):.6g}"


def _draw_embeddings(figure: Figure, place: Any, point: CriticalPoint, reach: float) -> None:
    d, labels = len(point.embeddings), labels_of(point.problem)
    coordinates = np.zeros((max(d, 2), point.embeddings.shape[1]))
    coordinates[:d] = point.embeddings
    axes: Any = figure.add_subplot(place, projection="3d" if d == 3 else None)
    draw_sphere(axes, reach, len(coordinates))
    word = "class" if isinstance(point.problem, Problem) else "unit"
    draw_classes(axes, coordinates, labels, [f"{word} {label}" for label in range(_MOST_NAMED)])
    axes.set_title(_title(point))


def _classes_of(figure: Figure) -> tuple[list[Any], list[str]]:
    """The marks of the classes and their names, once for all panels."""
    first = next(axes for axes in figure.axes if axes.get_legend_handles_labels()[1])
    return first.get_legend_handles_labels()


def _draw_values(figure: Figure, place: Any, found: CriticalPoints) -> None:
    """Each kind with a mark of its own."""
    axes = figure.add_subplot(place)
    known = [point for point in found.points if point.inertia is not None]
    for place_of_kind, kind in enumerate(sorted({point.kind for point in known})):
        of_kind = [point for point in known if point.kind == kind]
        negative, values = [point.inertia[0] for point in of_kind if point.inertia], [float(point.lower) for point in of_kind]
        axes.scatter(negative, values, s=30, marker=MARKS[place_of_kind % len(MARKS)], label=f"{kind} ({len(of_kind)})")
    if known:
        axes.legend(fontsize="small")
    axes.set_xlabel("negative eigenvalues")
    axes.set_ylabel("value")
    axes.set_title("value against inertia")


def embedded_figure(figure: Figure, caption: str) -> str:
    """The figure as HTML that needs no other file."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    picture, words = base64.b64encode(file.getvalue()).decode("ascii"), markup.escape(caption)
    return f'<figure><img alt="{words}" src="data:image/png;base64,{picture}"><figcaption>{words}</figcaption></figure>'


def inline_figure(figure: Figure, caption: str) -> str:
    """The figure as SVG in HTML: small, sharp at every size, and with its words as text."""
    import matplotlib

    file = io.StringIO()
    settings: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": caption}
    with matplotlib.rc_context(settings):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawing = file.getvalue()
    words = markup.escape(caption)
    return f'<figure role="img" aria-label="{words}">{drawing[drawing.index("<svg") :]}<figcaption>{words}</figcaption></figure>'
