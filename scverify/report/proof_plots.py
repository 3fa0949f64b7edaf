"""Pictures for the page of proofs: each statement's own, angles under STEP imbalance, the geometry of a spurious minimum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from scverify.certify.claims import Data
from scverify.certify.optimum import optimum
from scverify.conjecture.proof import Proof
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.report.optimum_plot import COLOURS, MARKS
from scverify.report.plots import inline_figure
from scverify.report.theorem_plots import theorem_pictures
from scverify.symbolic.losses import supcon

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# of the pictures: two classes of each size, the small ones of three samples; the ranges are those in which the angles turn
KAPPA, SMALLEST = 2, 3
RATIO, TEMPERATURE = 10, Fraction(1, 2)
RATIOS = (1, 2, 3, 5, 8, 13, 20, 35, 60, 90, 110, 125, 140, 200, 300)
TEMPERATURES = tuple(Fraction(x, 20) for x in (1, 2, 3, 4, 6, 8, 10, 14, 20, 28, 40))
_POINTS = {"SpuriousMinimum": "spurious minimum", "GlobalMinimum": "global minimum", "StrictSaddle": "saddle"}
_PAIRS = ("two majority classes", "two minority classes", "one of each")


def pictures(proofs: Iterable[Proof]) -> dict[str, list[str]]:
    """HTML figures by the id of the statement: its own, the geometry of every certified spurious minimum, angles where T10 is shown."""
    found: dict[str, list[str]] = {}
    for proof in proofs:
        drawn = [inline_figure(figure, caption) for figure, caption in theorem_pictures(proof)]
        drawn += [
            inline_figure(geometry_figure(data), f"The certified {_POINTS[data['claim']['type']]}: embeddings, and their Gram matrix")
            for data in list(proof.certificates.values())
            if data["claim"]["type"] in _POINTS
        ]
        if proof.theorem.id == "T10":
            sizes = f"{KAPPA} classes of {SMALLEST} R samples and {KAPPA} of {SMALLEST}"
            drawn.append(inline_figure(angles_figure(), f"STEP imbalance, {sizes}: angles between class means at the optimum"))
        if drawn:
            found[proof.theorem.id] = drawn
    return found


def angles(ratio: int, temperature: Fraction) -> tuple[float, float, float]:
    """Angles in degrees between class means at the optimum under STEP imbalance: within the majority, within the minority, across."""
    classes = Classes.step(k=2 * KAPPA, n_min=SMALLEST, ratio=ratio)
    gram = optimum(Problem(supcon, classes, temperature=temperature)).gram
    cosines = np.clip((gram[0, 1], gram[-2, -1], gram[0, -1]), -1, 1)
    within, minority, across = np.degrees(np.arccos(cosines))
    return float(within), float(minority), float(across)


def angles_figure() -> Figure:
    """Angles against the imbalance ratio at one temperature, and against the temperature at one ratio."""
    figure = _blank(9, 3.6)
    left, right = figure.subplots(1, 2, sharey=True)
    _draw_angles(left, RATIOS, [angles(ratio, TEMPERATURE) for ratio in RATIOS])
    left.set(xscale="log", xlabel="imbalance ratio R", ylabel="degrees", title=f"temperature {TEMPERATURE}")
    _draw_angles(right, [float(tau) for tau in TEMPERATURES], [angles(RATIO, tau) for tau in TEMPERATURES])
    right.set(xscale="log", xlabel="temperature", title=f"R = {RATIO}")
    left.legend()
    return figure


def geometry_figure(spurious: Data) -> Figure:
    """The embeddings of a certified point (drawn where they have at most three dimensions), and their Gram matrix."""
    claim = spurious["claim"]
    embeddings = np.array(claim["embeddings"]["rows"], dtype=float) / 2.0 ** claim["embeddings"]["bits"]
    sizes = claim["problem"].get("sizes")
    # of a problem on units every node has a colour of its own
    labels = np.arange(embeddings.shape[1]) % 10 if sizes is None else Classes(sizes).labels
    figure = _blank(8, 3.8)
    if len(embeddings) <= 3:
        axes: Any = figure.add_subplot(1, 2, 1, projection="3d")
        x, y, z = np.vstack([embeddings, np.zeros((3 - len(embeddings), embeddings.shape[1]))])
        axes.quiver(0, 0, 0, x, y, z, arrow_length_ratio=0, color="0.7")
        for label, mark in zip(sorted(set(labels.tolist())), cycle(MARKS)):
            own = labels == label
            axes.scatter(x[own], y[own], z[own], marker=mark, color=f"C{label}", edgecolors="black", s=60, depthshade=False)
        axes.set(
            xlim=(-1, 1),
            ylim=(-1, 1),
            zlim=(-1, 1),
            title=f"{embeddings.shape[1]} nodes" if sizes is None else f"sizes {','.join(map(str, sizes))}",
        )
    axes = figure.add_subplot(1, 2, 2)
    image = axes.imshow(embeddings.T @ embeddings, cmap=COLOURS, vmin=-1, vmax=1)
    axes.set(title=f"Gram matrix, temperature {claim['problem']['tau']}")
    figure.colorbar(image, ax=axes, shrink=0.8)
    return figure


def _draw_angles(axes: Any, at: Sequence[float], found: Sequence[tuple[float, float, float]]) -> None:
    for name, column, style in zip(_PAIRS, np.array(found).T, ("o-", "s-", "^-"), strict=True):
        axes.plot(at, column, style, label=name, markersize=4)
    axes.grid(alpha=0.3)


def _blank(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
