"""A small picture for a statement, from certified numbers: dots are certified, curves are the statement's own formula in floats."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import log

import numpy as np

from scverify.certify.claims import Data
from scverify.conjecture.proof import Proof
from scverify.conjecture.warm import qualifies
from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.report.drawing import Floats, Picture, blank_axes, claims_of, draw_two_sides, loss_at
from scverify.report.threshold_plots import (
    cross_entropy_merging,
    one_majority,
    sigmoid_minima,
    smoothing_gap,
    soft_targets,
    step_limit,
    zero_under_ridge,
)
from scverify.symbolic.losses import supcon

# side by side in the width of a page
MOST_MATRICES = 3
FLAT = 1e-3  # shorter class means have no direction


def theorem_pictures(proof: Proof) -> list[Picture]:
    """The pictures of a statement, made of what its proof certified and of a few optima more."""
    drawn = _BY_STATEMENT.get(proof.theorem.id)
    return drawn(proof) if drawn is not None and proof.as_expected else []


def _section(proof: Proof) -> list[Picture]:
    """The sphere's loss from the spurious minimum to its class means, which are antipodal."""
    found = [(claim, *_start_and_means(claim)) for claim in claims_of(proof, "SpuriousMinimum")]
    usable = [each for each in found if float(np.linalg.norm(each[2], axis=0).min()) > FLAT]
    if not usable:
        return []
    claim, start, means = usable[0]
    end = means / np.linalg.norm(means, axis=0)
    figure, axes = blank_axes()
    at = np.linspace(-0.35, 1.15, 151)
    path = [(1 - t) * start + t * end for t in at]
    axes.plot(at, [loss_at(claim["problem"], x / np.linalg.norm(x, axis=0)) for x in path], color="0.4")
    value = float(Fraction(claim["value"]["upper"]))
    axes.plot([0], [value], "o", color="C3", label="certified spurious minimum")
    below = value - float(Fraction(claim["excess"]))
    axes.axhline(below, color="C0", linestyle="--", label="certified: some point is as low")
    axes.set(xlabel="from the spurious minimum (0) to its class means (1)", ylabel="loss")
    axes.legend(fontsize="small")
    sizes, tau = ",".join(map(str, claim["problem"]["sizes"])), claim["problem"]["tau"]
    return [
        Picture(figure, f"A cross-section of the landscape on the sphere, sizes {sizes}, tau = {tau}: a strict minimum that is not global")
    ]


def _start_and_means(claim: Data) -> tuple[Floats, Floats]:
    """The certified embeddings (d, n), and the mean of its class for each sample."""
    start = np.array(claim["embeddings"]["rows"], dtype=float) / 2.0 ** claim["embeddings"]["bits"]
    labels = Classes(claim["problem"]["sizes"]).labels
    return start, np.stack([start[:, labels == label].mean(axis=1) for label in labels], axis=1)


def _optima_of(proof: Proof) -> list[Picture]:
    """Gram matrices of certified optima, class by class."""
    claims = [claim for claim in claims_of(proof, "UniqueMinimizer") if "gram" in claim][:MOST_MATRICES]
    if not claims:
        return []
    figure, first = blank_axes(2.6 * len(claims) + 1, 2.8)
    first.remove()
    for place, claim in enumerate(claims):
        axes = figure.add_subplot(1, len(claims), place + 1)
        image = axes.imshow(class_matrix(claim), cmap="RdBu_r", vmin=-1, vmax=1)
        axes.set_title(f"tau = {claim['problem']['tau']}, radius {float(Fraction(claim['radius'])):.0e}", fontsize="small")
        axes.set(xticks=[], yticks=[])
        if place == len(claims) - 1:
            figure.colorbar(image, ax=figure.axes, shrink=0.8, label="cosine")
    return [Picture(figure, "Certified optima, class by class: every minimiser is within the radius of this Gram matrix")]


def class_matrix(claim: Data) -> Floats:
    """The Gram matrix (k, k) of all classes that a UniqueMinimizer states by groups."""
    rows = np.array(claim["gram"]["rows"], dtype=float) / 2.0 ** claim["gram"]["bits"]
    group = {c: g for g, members in enumerate(claim["groups"]) for c in members}
    order = [group[c] for c in range(len(group))]
    matrix = rows[np.ix_(order, order)]
    np.fill_diagonal(matrix, [rows[g, -1] for g in order])
    return np.asarray(matrix, dtype=np.float64)


def _warm(proof: Proof) -> list[Picture]:
    """N17: where the condition holds for sizes 4, 2, decided in balls."""
    points = [(tau, dim) for tau in range(3, 13) for dim in range(3, 9)]
    held = [qualifies(Classes((4, 2)), dim, Fraction(tau)) is True for tau, dim in points]
    figure, axes = blank_axes()
    draw_two_sides(axes, [tau for tau, _ in points], [dim for _, dim in points], held, ("holds", "does not hold"))
    tau = np.linspace(3.1, 12, 100)
    share = np.exp(2 / tau) / (4 + np.exp(2 / tau))
    edge = 1 + (1 + 5 * share) / (2 * tau * (1 / 3 - share))
    axes.plot(tau, np.where(share < 1 / 3, edge, np.nan), color="C3", linestyle="--", label="equality")
    axes.set(xlabel="temperature", ylabel="dimension d", ylim=(2.5, 8.5))
    axes.legend(fontsize="small", loc="upper right")
    return [Picture(figure, "Sizes 4, 2: where Theorem W makes the sphere benign; each dot decided in balls")]


def _line(proof: Proof) -> list[Picture]:
    """N19: the loss along a line in one dimension, below and above the temperature of the theorem."""
    figure, axes = blank_axes()
    at = np.linspace(0, 0.6, 61)
    for tau in (Fraction(1, 4), Fraction(1, 2)):
        problem = problem_data(Problem(supcon, Classes((2, 2)), temperature=tau))
        axes.plot(at, [loss_at(problem, np.array([[1.0, 1.0, 1 - s, 1 - s]])) - 4 * log(3) for s in at], label=f"tau = {tau}")
    axes.axhline(0, color="0.5", linestyle=":")
    axes.set(xlabel="how far one class has moved inwards", ylabel="loss less that of all equal")
    axes.legend(fontsize="small")
    return [Picture(figure, "One dimension, sizes 2, 2: all samples equal is a minimum below tau = 1/3 and none above")]


def _few_points(proof: Proof) -> list[Picture]:
    """N20: the dimensions that it needs at every temperature, and the certified landscapes."""
    figure, axes = blank_axes()
    claims = claims_of(proof, "Landscape")
    places: dict[tuple[int, int], list[str]] = {}
    for claim in claims:
        sizes, dim = claim["problem"]["sizes"], claim["problem"]["dim"]
        warm = "" if dim >= sum(sizes) - len(sizes) - 1 else f" at tau = {claim['problem']['tau']}"
        places.setdefault((sum(sizes) - len(sizes), dim), []).append(",".join(map(str, sizes)) + warm)
    shown = {place: texts for place, texts in places.items() if place[0] < 7}
    axes.plot([1, 3, 10], [2, 2, 9], color="C3", linestyle="--", label="max(2, n - k - 1)")
    draw_two_sides(axes, [x for x, _ in shown], [y for _, y in shown], [True] * len(shown), ("certified landscapes", ""))
    for place, texts in shown.items():
        above = 6 if place[0] < 4 else -10
        axes.annotate(" and ".join(texts), place, xytext=(6, above), textcoords="offset points", fontsize="small")
    axes.set(xlabel="n - k", ylabel="dimension d", xlim=(1, 7), ylim=(0, 6))
    axes.legend(fontsize="small", loc="upper left")
    caption = "The ball: from the line upwards every local minimum is global at every temperature, and below it where that is warm"
    return [Picture(figure, caption)]


_BY_STATEMENT: dict[str, Callable[[Proof], list[Picture]]] = {
    **dict.fromkeys(("T3", "T5", "T6", "T11", "N15"), _optima_of),
    "T7-sphere": _section,
    **dict.fromkeys(("N17", "T7-warm"), _warm),
    "N3": one_majority,
    "N5": cross_entropy_merging,
    "N6": zero_under_ridge,
    "N7": sigmoid_minima,
    "N9": smoothing_gap,
    "N11": soft_targets,
    "N16": step_limit,
    "N19": _line,
    "N20": _few_points,
}
