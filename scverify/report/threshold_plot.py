"""Pictures of thresholds: branches of minima over temperature as their tubes state them, and the optimum on both sides of a bracket."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scverify.certify.branch_points import Point, branch_points, fold_points
from scverify.certify.optimum import optimum
from scverify.certify.thresholds.bracket import ProblemOrFamily, at_value
from scverify.certify.units import unit_optimum
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.bracket import Bracket, plain
from scverify.results.decimals import rounded_down, rounded_up
from scverify.results.threshold import Followed, Threshold
from scverify.search.objective import Objective

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# values at which an optimum is looked at
VALUES = 25
_STYLES = ("-", "--", "-.", ":")


def branches_figure(found: Threshold) -> Figure:
    """How far above the optimum's floor each branch lies, over temperature, in floats; where it is proved to end, a line."""
    folds = any(one.branch.fold is not None for one in found.followed)
    figure, (axes, *closer) = _blank(2 if folds else 1)
    floors: dict[Fraction, float] = {}
    for number, one in enumerate(found.followed):
        colour, style = f"C{number % 10}", _STYLES[number % len(_STYLES)]
        label = f"orbit {number}: {found.kind} ({one.ending})"
        _draw_curve(axes, found, floors, list(branch_points(one.branch.certificate)), label, color=colour, linestyle=style)
        if one.branch.fold is not None:
            _draw_turn(closer[0], list(fold_points(one.branch.certificate)), f"orbit {number}", color=colour, linestyle=style)
        if one.after is not None:
            after = list(branch_points(one.after.certificate))
            _draw_curve(axes, found, floors, after, "strict saddles", color=colour, linestyle=":", marker="x")
        if (ends := _ends(one)) is not None:
            low, high = rounded_down(ends[0], 10), rounded_up(ends[1], 10)
            axes.axvline(float(sum(ends)) / 2, color=colour, linewidth=0.8, label=f"ceases between {low} and {high} (proved)")
    if not found.followed:
        axes.text(0.5, 0.5, "none was found; that proves nothing", transform=axes.transAxes, ha="center")
    axes.set(xlabel="temperature tau", ylabel="loss above the optimum", title=f"{found.problem.classes}, dim {found.problem.dim}")
    for each in closer:
        each.set(xlabel="temperature tau", ylabel="similarity", title="where a curve turns back")
        each.tick_params(axis="x", rotation=30)
    for each in (axes, *closer):
        if each.lines:
            each.legend(fontsize="small")
    return figure


def _ends(one: Followed) -> tuple[Fraction, Fraction] | None:
    """Temperatures between which a branch is proved to cease."""
    if one.branch.fold is not None:
        return one.branch.upper, one.branch.fold.upper
    return None if one.after is None else (one.branch.upper, one.after.lower)


def _draw_curve(axes: Axes, found: Threshold, floors: dict[Fraction, float], points: list[Point], label: str, **style: Any) -> None:
    heights = []
    for tau, embeddings in points:
        problem = found.problem.replace(temperature=tau, dim=None)
        if tau not in floors:
            floors[tau] = float(optimum(problem).lower)
        heights.append(_loss(problem, embeddings) - floors[tau])
    axes.plot([float(tau) for tau, _ in points], heights, label=label, markersize=4, **style)


def _draw_turn(axes: Axes, points: list[Point], label: str, **style: Any) -> None:
    """The similarity that changes most along the curve near its turn: losses of the two ways meet in a cusp, which would not be seen."""
    grams = np.array([embeddings.T @ embeddings for _, embeddings in points])
    i, j = np.unravel_index(np.ptp(grams, axis=0).argmax(), grams.shape[1:])
    label += f": samples {min(i, j)} and {max(i, j)}"
    axes.plot([float(tau) for tau, _ in points], grams[:, i, j], label=label, marker=".", markersize=4, **style)


def _loss(problem: Problem, embeddings: NDArray[np.float64]) -> float:
    """The loss of embeddings (d, n), in floats."""
    objective = Objective.floats(sample_level(problem))
    return float(objective.value(objective.similarities(embeddings.T, np.zeros(embeddings.shape[1]))))


def bracket_figure(found: Bracket, problem: ProblemOrFamily) -> Figure:
    """The values that were decided, each with its answer, and a quantity of the optimum over the range, in floats."""
    figure, [axes] = _blank(1)
    values = [side.value for side in found.decided]
    if 0 < 8 * min(values) < max(values):
        axes.set_xscale("log")
    if (curve := _curve(found, problem, min(values), max(values))) is not None:
        said, points = curve
        axes.plot(*zip(*points, strict=True), color="0.3", linewidth=1, label=f"{said} (floats)")
        axes.set_ylabel(said)
    else:
        axes.set_yticks([])
    low, high = axes.get_ylim()
    low -= (high - low) / 10  # room for the marks below the curve
    for answer, shape, colour in zip(sorted({side.said for side in found.decided}), "so", ("#08306b", "#fdae61"), strict=False):
        at = [float(side.value) for side in found.decided if side.said == answer]
        axes.plot(at, [low] * len(at), shape, color=colour, markeredgecolor="black", label=f"{answer} (proved)", clip_on=False)
    if found.bracket is not None:
        ends = " and ".join(map(plain, found.bracket))
        axes.axvline(float(sum(found.bracket)) / 2, color="black", linewidth=0.8, label=f"between {ends}")
    axes.set(xlabel=found.over, title=found.about, ylim=(low, high))
    axes.legend(fontsize="small")
    return figure


def _curve(found: Bracket, problem: ProblemOrFamily, least: Fraction, most: Fraction) -> tuple[str, list[tuple[float, float]]] | None:
    """A quantity that tells the two answers apart, over the range; None where there is none to draw."""
    one = at_value(problem, found.over, least) if callable(problem) else problem
    quantity = _quantity(found.kind, one)
    if quantity is None:
        return None
    said, measure = quantity
    points = {}
    ends = {found.lower.value, found.upper.value}
    spread = np.geomspace if least > 0 else np.linspace
    for exact in {Fraction(float(value)).limit_denominator(10**6) for value in spread(float(least), float(most), VALUES)} | ends:
        if isinstance(problem, Problem) and found.over == "ratio":
            whole, at = _at_ratio(problem, exact)
            points[float(whole)] = measure(at)
        else:
            points[float(exact)] = measure(at_value(problem, found.over, exact))
    return said, sorted(points.items())


def _at_ratio(problem: Problem, ratio: Fraction) -> tuple[Fraction, Problem]:
    """The STEP problem with the nearest ratio at which sizes are whole, and that ratio."""
    sizes = problem.classes.sizes
    small, large = min(sizes), round(ratio * min(sizes))
    return Fraction(large, small), problem.replace(classes=[large if size > small else small for size in sizes])


def _quantity(kind: str, problem: Problem | UnitProblem) -> tuple[str, Any] | None:
    if isinstance(problem, UnitProblem):
        return ("similarity within a unit", lambda at: float(unit_optimum(at).own[0, -1])) if kind == "simplex" else None
    if kind == "merged":
        return "similarity of two small classes", _of_small_classes
    if kind == "zero":
        return "mean squared norm of the classes", lambda at: float(np.diag(optimum(at).gram).mean())
    if kind == "simplex":
        return "largest less least similarity", lambda at: float(np.ptp(optimum(at).gram[np.triu_indices(at.classes.k, 1)]))
    return None


def _of_small_classes(problem: Problem) -> float:
    first, second = np.argsort(problem.classes.sizes)[:2]
    return float(optimum(problem).gram[first, second])


def _blank(panels: int) -> tuple[Figure, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2 if panels == 1 else 11, 4.6), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, panels, squeeze=False)[0])
