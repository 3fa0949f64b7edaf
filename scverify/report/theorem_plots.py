"""A small picture for a statement, from certified numbers: dots are certified, curves are the statement's own formula in floats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import log
from typing import Any

import numpy as np

from scverify.certify.claims import Data
from scverify.conjecture.proof import Proof
from scverify.conjecture.warm import qualifies
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.report.drawing import Floats, Picture, blank_axes, claims_of, draw_two_sides, loss_at
from scverify.report.statement_plots import (
    coverage,
    families,
    gaps,
    gram_maps,
    incidence,
    lemma_points,
    merging_ratio,
    optima,
    segment,
    shares,
    spread_out,
    way_to_optimum,
)
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
    titles = [f"tau = {claim['problem']['tau']}, radius {float(Fraction(claim['radius'])):.0e}" for claim in claims]
    caption = "Certified optima, class by class: every minimiser is within the radius of this Gram matrix"
    return gram_maps(titles, [class_matrix(claim) for claim in claims], caption)


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


def _collapse_of_twins(proof: Proof) -> list[Picture]:
    """N8: how far the certified optima are below the collapsed simplex."""
    claims = {name.split("-optimum")[0]: data["claim"] for name, data in proof.certificates.items() if data["claim"]["type"] == "Optimum"}
    below = []
    for claim in claims.values():
        labels = Classes(claim["problem"]["sizes"]).labels
        k = max(labels) + 1
        vertices = (np.eye(k) - 1 / k) * np.sqrt(k / (k - 1))
        below.append(loss_at(claim["problem"], vertices[:, labels]) - float(Fraction(claim["upper"])))
    caption = "Certified optima of the mixture, named by k, m and alpha: the simplex attains them on one side of the threshold alone"
    return gaps([name.removeprefix("N8-twins-").replace("_", "/") for name in claims], below, "the collapsed simplex", caption)


def _on_the_sphere(dim: int, tau: Fraction) -> str:
    """Sizes 4, 2 on the sphere, n = 6."""
    if dim >= 6:
        return "proved: d >= n"
    if qualifies(Classes((4, 2)), dim, tau) is True:
        return "proved: warm (N17)"
    return "refuted (L2)" if dim == 3 and tau <= Fraction(785, 10_000) else "nothing proved"


def _three_pairs(dim: int, tau: Fraction) -> str:
    """Sizes 2, 2, 2 on the sphere, n = 6."""
    if dim >= 5:
        return "proved: d >= n" if dim >= 6 else "proved: d = n - 1"
    return "proved: warm (N17)" if qualifies(Classes((2, 2, 2)), dim, tau) is True else "nothing proved"


def _on_the_ball(dim: int, tau: Fraction) -> str:
    """Sizes 5, 2 on the ball: few points (N20), or both classes warm (N13)."""
    if dim >= 4:
        return "proved: few points (N20)"
    warm = -2 / float(tau) >= log(3 / 5)
    return "proved: warm (N13)" if warm else "nothing proved (N14)"


def _known(proof: Proof) -> list[Picture]:
    """Where every local minimum is proved to be global."""
    sizes, answer, where = {
        "T7-high": ((4, 2), _on_the_sphere, "sphere"),
        "T7-next": ((2, 2, 2), _three_pairs, "sphere"),
    }.get(proof.theorem.id, ((5, 2), _on_the_ball, "ball"))
    temperatures = [Fraction(x) for x in ("1/20", "1/10", "1/4", "1/2", "1", "2", "3", "4", "6", "9", "14")]
    caption = f"Where every local minimum is proved to be global on the {where}, and where that is refuted or open"
    return coverage(sizes, range(len(sizes) + 1, 8), temperatures, answer, caption)


def _both_forms(proof: Proof) -> list[Picture]:
    """N12: the "out" form and the "in" form as four classes of two open on the circle."""

    def in_form(points: Floats) -> float:
        scores = np.exp(2 * (points.T @ points - 1)) * (1 - np.eye(9))
        own = (scores * np.kron(np.eye(3), np.ones((3, 3)))).sum(axis=1) / 2
        return float(-np.log(own / scores.sum(axis=1)).sum())

    caption = "Three classes of three in the plane, tau = 1/2: the forms are two functions, with one minimum, where classes collapse"
    return spread_out(Problem(supcon, Classes((3,) * 3), dim=2, temperature="1/2"), {"in form": in_form}, caption)


def _problems(sizes: Sequence[Sequence[int]], tau: str, **more: Any) -> list[Problem]:
    return [Problem(supcon, Classes(tuple(each)), temperature=tau, **more) for each in sizes]


# the lines of the Fano plane: any two of seven points lie in one (proofs/t22_batches.py)
FANO = ((0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5))
_BY_STATEMENT: dict[str, Callable[[Proof], list[Picture]]] = {
    **dict.fromkeys(("T3", "T5", "T6", "T11", "N15"), _optima_of),
    **dict.fromkeys(("T7-high", "T7-next", "T7-ball", "N14"), _known),
    **dict.fromkeys(("L2", "L3", "L4", "N18-folds"), families),
    **dict.fromkeys(
        ("N10", "N10-only-if"), lambda _: incidence(FANO, 7, "The Fano plane: 7 of 35 batches, any two samples together in one of them")
    ),
    "T1": lambda _: segment(*_problems([(3, 2)], "1/2")),
    "T4": lambda _: way_to_optimum(*_problems([(4, 3, 2)], "1/2")),
    "T7-attraction": lambda _: shares((4, 2)),
    "T8": lambda _: optima(_problems([(3,) * 2, (3,) * 3, (3,) * 4], "1/2"), "Certified optima of equal classes: cosines -1/(k - 1)"),
    "T9": lambda _: optima(_problems([(2, 2), (9, 2), (60, 2)], "1/2"), "Certified optima of two classes: antipodes, whatever the sizes"),
    "T12": lambda _: optima(
        _problems([(5, 3, 2), (40, 3, 2)], "1/2", constraint=NonNegative()),
        "Certified optima, H >= 0: right angles, whatever the sizes",
    ),
    "L1": lambda _: optima(_problems([(5, 5, 2, 2), (6, 4, 3, 2)], "1/2"), "Certified optima whose S has rank one: B* has rank k - 1"),
    "N1": lambda _: spread_out(
        Problem(supcon, Classes((2,) * 4), dim=2, temperature="1/2"),
        {},
        "Four classes of two in the plane, where the simplex has no room: each collapses",
    ),
    "N2": lambda _: lemma_points(),
    "N4": lambda _: merging_ratio((60, 90, 110, 120, 126, 130, 131, 132, 134, 140, 160), 131.6643),
    "N8": _collapse_of_twins,
    "N12": _both_forms,
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
