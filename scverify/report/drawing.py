"""What pictures of statements share: blank axes, marks on two sides of a threshold, and the loss at given vectors."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scverify.certify.claims import Data
from scverify.certify.coq_terms import loss_in_terms
from scverify.conjecture.proof import Proof

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


class Picture(NamedTuple):
    """A figure and what it shows."""

    figure: Figure
    caption: str


def blank_axes(width: float = 5.2, height: float = 3.0) -> tuple[Figure, Any]:
    """A figure of this size in inches, and its axes with a grid."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.grid(alpha=0.3)
    return figure, axes


def claims_of(proof: Proof, kind: str) -> list[Data]:
    """The claims of a type that the proof certified."""
    return [data["claim"] for data in proof.certificates.values() if data["claim"]["type"] == kind]


def draw_two_sides(axes: Any, x: Sequence[float], y: Sequence[float], holds: Sequence[bool], names: tuple[str, str]) -> None:
    """Filled marks where it holds, hollow ones where it does not."""
    for side, name, face in ((True, names[0], "C0"), (False, names[1], "white")):
        at = [(u, v) for u, v, held in zip(x, y, holds, strict=True) if held is side]
        axes.scatter([u for u, _ in at], [v for _, v in at], s=28, facecolors=face, edgecolors="C0", zorder=3, label=name)


def loss_at(problem: Data, vectors: Floats) -> float:
    """The loss of a claim's problem at vectors (d, n), in floats."""
    return loss_of_gram(problem, vectors.T @ vectors)


def loss_of_gram(problem: Data, gram: Floats) -> float:
    """The loss of a claim's problem at a Gram matrix (n, n), in floats."""
    loss = loss_in_terms({name: value for name, value in problem.items() if name != "dim"})
    total = float(loss.constant) + sum(float(slope) * gram[i, j] for (i, j), slope in loss.affine.items())
    for term in loss.terms:
        exponents = np.array([float(o.slope) * gram[o.row, o.column] + float(o.shift) for o in term.outcomes])
        top = exponents.max()
        total += float(term.weight) * (
            top + log(sum(float(o.amount) * exp(x - top) for o, x in zip(term.outcomes, exponents, strict=True)))
        )
    return float(total)
