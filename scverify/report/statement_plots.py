"""Pictures that serve any statement: certified optima, the loss on a way to one, what is proved where, certified families, gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import log

import numpy as np

from scverify.certify.branch_points import branch_points, fold_points
from scverify.certify.claims import Data
from scverify.certify.dimension.bounded import bounded_optimum
from scverify.certify.optimum import optimum
from scverify.conjecture.proof import Proof
from scverify.model.classes import Classes
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.report.drawing import Floats, Picture, blank_axes, draw_two_sides, loss_at, loss_of_gram
from scverify.report.optimum_plot import COLOURS, MARKS
from scverify.symbolic.losses import supcon

STYLES = ("-", "--", "-.", ":")
# numbers in the cells of a larger matrix would not be read
MOST_NUMBERED = 6
# curves of different entries of a Gram matrix are told apart up to so many
MOST_CURVES = 6
# entries that differ by less are one curve
_ALIKE = 1e-6
Answers = Callable[[int, Fraction], str]


def gram_maps(titles: Sequence[str], grams: Sequence[Floats], caption: str) -> list[Picture]:
    """Gram matrices side by side, their numbers in the cells where there are few."""
    figure, first = blank_axes(2.6 * len(grams) + 1, 2.8)
    first.remove()
    for place, (title, gram) in enumerate(zip(titles, grams, strict=True)):
        axes = figure.add_subplot(1, len(grams), place + 1)
        image = axes.imshow(gram, cmap=COLOURS, vmin=-1, vmax=1)
        axes.set_title(title, fontsize="small")
        axes.set(xticks=[], yticks=[])
        if len(gram) <= MOST_NUMBERED:
            for (i, j), value in np.ndenumerate(gram):
                axes.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize="x-small", color="black" if value > 0 else "white")
    figure.colorbar(image, ax=figure.axes, shrink=0.8, label="cosine")
    return [Picture(figure, caption)]


def optima(problems: Sequence[Problem], caption: str) -> list[Picture]:
    """The Gram matrices of certified optima, class by class."""
    titles = [f"{problem.classes}, tau = {problem.temperature}" for problem in problems]
    return gram_maps(titles, [np.asarray(optimum(problem).gram, dtype=np.float64) for problem in problems], caption)


def segment(problem: Problem) -> list[Picture]:
    """The loss on the segment between two Gram matrices of random points, with its chord and a tangent."""
    given, draw = problem_data(problem), np.random.default_rng(1)
    ends = [points.T @ points for points in (_unit(draw.standard_normal((problem.classes.n, problem.classes.n))) for _ in range(2))]
    at = np.linspace(0, 1, 41)
    values = np.array([loss_of_gram(given, (1 - t) * ends[0] + t * ends[1]) for t in at])
    figure, axes = blank_axes()
    axes.plot(at, values, color="black", label="loss")
    axes.plot([0, 1], values[[0, -1]], "--", color="0.4", label="chord, above")
    slope = (values[21] - values[19]) / (at[21] - at[19])
    axes.plot(at, values[20] + slope * (at - at[20]), ":", color="0.4", label="tangent, below")
    axes.set(xlabel="from one Gram matrix to another", ylabel="loss")
    axes.legend(fontsize="small")
    return [Picture(figure, f"Convexity: the loss on a segment of Gram gram_maps, {problem.classes}, tau = {problem.temperature} (floats)")]


def way_to_optimum(problem: Problem) -> list[Picture]:
    """The loss from random points on the sphere to a point with the Gram matrix of the certified optimum, above the certified bound."""
    found, given = optimum(problem), problem_data(problem)
    values, vectors = np.linalg.eigh(np.asarray(found.gram, dtype=np.float64))
    means = (vectors * np.sqrt(np.clip(values, 0, None))).T
    end = _unit(means[:, problem.classes.labels])
    at, draw = np.linspace(0, 1, 81), np.random.default_rng(0)
    figure, axes = blank_axes()
    for style in STYLES[:3]:
        start = _unit(draw.standard_normal(end.shape))
        axes.plot(at, [loss_at(given, _unit((1 - t) * start + t * end)) for t in at], style, color="0.3")
    axes.axhline(float(found.lower), color="C3", linewidth=1, label="certified lower bound")
    axes.plot([1], [float(found.upper)], "o", color="C0", label="certified optimum: classes coincide")
    axes.set(xlabel="from three random points (0) to the optimum (1)", ylabel="loss")
    axes.legend(fontsize="small")
    return [Picture(figure, f"{problem.classes}, tau = {problem.temperature}: the loss on ways to the certified optimum (floats)")]


def spread_out(problem: Problem, others: dict[str, Callable[[Floats], float]], caption: str) -> list[Picture]:
    """The loss on the circle where each of equal classes is spread over an arc, above the certified bound in two dimensions."""
    given, k, m = problem_data(problem), problem.classes.k, problem.classes.sizes[0]
    at = np.linspace(-0.6, 0.6, 61)

    def points(angle: float) -> Floats:
        turns = np.array([2 * np.pi * c / k + side * angle for c in range(k) for side in np.linspace(1, -1, m)])
        return np.array([np.cos(turns), np.sin(turns)])

    figure, axes = blank_axes()
    axes.plot(at, [loss_at(given, points(t)) for t in at], color="black", label=str(problem.loss.name))
    for style, (name, value) in zip(STYLES[1:], others.items(), strict=False):
        axes.plot(at, [value(points(t)) for t in at], style, color="0.4", label=name)
    axes.axhline(float(bounded_optimum(problem).lower), color="C3", linewidth=1, label="certified lower bound, d = 2")
    axes.set(xlabel="half the arc of each class (radians)", ylabel="loss")
    axes.legend(fontsize="small")
    return [Picture(figure, caption)]


def coverage(sizes: Sequence[int], dims: Sequence[int], temperatures: Sequence[Fraction], answer: Answers, caption: str) -> list[Picture]:
    """What is known in each dimension at each temperature: a mark for each answer."""
    figure, axes = blank_axes()
    cells = [(dim, tau, answer(dim, tau)) for dim in dims for tau in temperatures]
    for said, mark in zip(dict.fromkeys(said for *_, said in cells), MARKS, strict=False):
        at = [(dim, float(tau)) for dim, tau, each in cells if each == said]
        face = "white" if said.startswith("nothing") else "0.2"
        axes.plot(*zip(*at, strict=True), mark, color="0.2", markerfacecolor=face, linestyle="none", label=said)
    axes.set(xlabel="dimension d", ylabel="temperature", yscale="log", title=f"sizes {', '.join(map(str, sizes))}", xticks=list(dims))
    axes.legend(fontsize="x-small", loc="center left", bbox_to_anchor=(1, 0.5))
    return [Picture(figure, caption)]


def families(proof: Proof) -> list[Picture]:
    """Each certified family: its different similarities against the temperature, its proved end, and the fold where it has one."""
    return [_family(data) for data in proof.certificates.values() if data["claim"]["type"] == "SpuriousBranch"]


def _family(certificate: Data) -> Picture:
    claim, certified = certificate["claim"], list(branch_points(certificate))
    fold = list(fold_points(certificate)) if "fold" in claim else []
    figure, axes = blank_axes()
    # near a fold all but the one that changes most would be flat
    entries = _different(np.array([h.T @ h for _, h in fold or certified]))[: 1 if fold else MOST_CURVES]
    for number, (i, j) in enumerate(entries):
        style = STYLES[number % len(STYLES)]
        axes.plot([float(tau) for tau, _ in certified], [h[:, i] @ h[:, j] for _, h in certified], style, color="0.2")
        if fold:
            axes.plot([float(tau) for tau, _ in fold], [h[:, i] @ h[:, j] for _, h in fold], style, color="C0")
        tau, h = certified[len(certified) * (number + 1) // (len(entries) + 2)]
        axes.annotate(f"{i + 1}, {j + 1}", (float(tau), h[:, i] @ h[:, j]), xytext=(0, 3), textcoords="offset points", fontsize="x-small")
    upper = float(Fraction(claim["tau"]["upper"]))
    axes.axvline(upper, color="C3", linewidth=1, label=f"proved up to {upper:.10g}")
    if fold:
        axes.axvline(float(Fraction(claim["fold"]["upper"])), color="C3", linestyle="--", linewidth=1, label="the fold: no more here")
        axes.tick_params(axis="x", rotation=20)
    axes.set(xlabel="temperature", ylabel="similarity of two samples")
    axes.legend(fontsize="small")
    sizes, dim = ", ".join(map(str, claim["problem"]["sizes"])), claim["problem"]["dim"]
    what = "near its fold, the curve in blue on both sides" if fold else "from temperature 0 on"
    return Picture(figure, f"The certified family of spurious minima of sizes {sizes} in dimension {dim}, {what}; numbers name the samples")


def _different(grams: Floats) -> list[tuple[int, int]]:
    """Pairs of samples whose similarities differ somewhere on the way, those that change most first."""
    pairs = [(i, j) for j in range(grams.shape[1]) for i in range(j)]
    kept: list[tuple[int, int]] = []
    for i, j in sorted(pairs, key=lambda pair: -float(np.ptp(grams[:, pair[0], pair[1]]))):
        if all(float(np.abs(grams[:, i, j] - grams[:, a, b]).max()) > _ALIKE for a, b in kept):
            kept.append((i, j))
    return kept


def gaps(names: Sequence[str], found: Sequence[float], what: str, caption: str) -> list[Picture]:
    """How far each certified optimum is below a closed form: next to nothing, or far more than its bounds leave open."""
    figure, axes = blank_axes(5.2, 0.5 * len(names) + 1.2)
    shown = [max(gap, 1e-13) for gap in found]
    for row, (gap, at) in enumerate(zip(found, shown, strict=True)):
        attained = gap < 1e-9
        axes.plot([at], [row], "o" if attained else "s", color="0.2", markerfacecolor="0.2" if attained else "white")
    axes.axvline(1e-9, color="C3", linestyle="--", label="1e-9: what a certificate must settle")
    axes.set(xscale="log", xlabel=f"{what} less the certified optimum", yticks=range(len(names)), yticklabels=names, xlim=(3e-14, None))
    axes.invert_yaxis()
    axes.legend(fontsize="small")
    return [Picture(figure, caption)]


def merging_ratio(ratios: Sequence[int], edge: float) -> list[Picture]:
    """The cosine of two minorities of 3 under STEP imbalance of two and two classes at temperature 1/2, on both sides of a ratio."""
    found = [optimum(Problem(supcon, Classes.step(k=4, n_min=3, ratio=ratio), temperature="1/2")) for ratio in ratios]
    proved = [(ratio, each) for ratio, each in zip(ratios, found, strict=True) if each.rank is not None]
    figure, axes = blank_axes()
    cosines, apart = [float(each.gram[2, 3]) for _, each in proved], [each.rank == 3 for _, each in proved]
    draw_two_sides(axes, [ratio for ratio, _ in proved], cosines, [not x for x in apart], ("rank 2: they coincide", "rank 3: apart"))
    axes.axvline(edge, color="C3", linestyle="--", label=f"R* = {edge} by the theorem")
    axes.set(xlabel="imbalance ratio R", ylabel="cosine of the minorities")
    axes.legend(fontsize="small")
    return [Picture(figure, "Two classes of 3R samples and two of 3, tau = 1/2: each dot a certified optimum with its proved rank")]


def lemma_points() -> list[Picture]:
    """Both sides of the lemma at random points of the ball, sizes 3 and 3."""
    draw, labels, tau = np.random.default_rng(2), np.array([0, 0, 0, 1, 1, 1]), 0.5
    left, right = [], []
    for _ in range(120):
        h = draw.standard_normal((3, 6))
        h *= draw.uniform(0.3, 1, 6) / np.linalg.norm(h, axis=0)
        logits = h.T @ h / tau
        np.fill_diagonal(logits, -np.inf)
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        same = (labels[:, None] == labels) & ~np.eye(6, dtype=bool)
        d = (p - same / 2) / tau
        gradient, step = h @ (d + d.T), h[:, 0] - h[:, 1]
        left.append(float((gradient[:, 0] - gradient[:, 1]) @ step))
        right.append(float(step @ step / tau * (1 - p[0, 1] - p[1, 0])))
    figure, axes = blank_axes()
    axes.plot(right, left, "o", color="0.3", markersize=3, label="random points of the ball (floats)")
    ends = [min(right), max(right)]
    axes.plot(ends, ends, "--", color="C3", label="equality")
    axes.set(xlabel="what the lemma grants", ylabel="pull along h_i - h_j")
    axes.legend(fontsize="small")
    return [Picture(figure, "The pair lemma, sizes 3, 3, tau = 1/2: every point is on or above the line")]


def incidence(blocks: Sequence[Sequence[int]], points: int, caption: str) -> list[Picture]:
    """Which points each block of a design holds; any two of them meet in as many blocks."""
    figure, axes = blank_axes(3.4, 3.2)
    axes.imshow([[1 - (point in block) for point in range(points)] for block in blocks], cmap="gray", vmin=-0.3, vmax=1)
    axes.set(xlabel="sample", ylabel="batch", xticks=range(points), yticks=range(len(blocks)))
    for edge, _ in pairwise(range(points + 1)):
        axes.axvline(edge - 0.5, color="0.8", linewidth=0.5)
    return [Picture(figure, caption)]


def shares(sizes: tuple[int, int]) -> list[Picture]:
    """The largest share of a positive in its row on the unit sphere, where it is below 1/(n_c - 1) and where not."""
    n, m = sum(sizes), max(sizes)
    edge = 2 / log((n - 2) / (m - 2))
    at = [Fraction(x, 4) for x in range(2, 25)]
    bound = [1 / (1 + (n - 2) * np.exp(-2 / float(tau))) for tau in at]
    figure, axes = blank_axes()
    draw_two_sides(axes, [float(tau) for tau in at], bound, [tau >= edge for tau in at], ("every positive attracts", "nothing is claimed"))
    axes.axhline(1 / (m - 1), color="C3", linestyle="--", label="1/(n_c - 1)")
    axes.axvline(edge, color="0.5", linestyle=":", label="the temperature of the theorem")
    axes.set(xlabel="temperature", ylabel="largest share of a positive")
    axes.legend(fontsize="small")
    return [Picture(figure, f"Sizes {sizes[0]}, {sizes[1]}: how much of a row one positive can hold (the theorem's formula, floats)")]


def _unit(vectors: Floats) -> Floats:
    result: Floats = vectors / np.linalg.norm(vectors, axis=0)
    return result
