"""Commands on one problem: optimum, points, crosscheck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scverify.cli.failures import INTERRUPTED, fail
from scverify.cli.losses import any_problem_of, base_temperature_option, loss_options
from scverify.cli.options import json_option, plot_option, problem_options, save_option
from scverify.cli.output import next_command, progress_bar, show_result, working
from scverify.cli.unfinished import Unfinished
from scverify.errors import BelowRank, InputError, Undecided

if TYPE_CHECKING:
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem


@click.command(epilog="Example: scverify optimum --sizes 7,3,3,2,2 --tau 37/100 --save certificates")
@problem_options("Embedding dimension; default: as many as the optimum needs.")
@loss_options
@base_temperature_option
@click.option("--digits", type=click.IntRange(1, 2000), help="Ask for a gap below 10^-DIGITS.")
@plot_option("the Gram matrix and the class means")
@click.option("--solver", default="auto", show_default=True, metavar="S", help="auto, rank-one, factorised, cvxpy:CLARABEL, …")
@click.option(
    "--max-precision", type=click.IntRange(64, 1_000_000), default=8192, show_default=True, metavar="BITS", help="Give up beyond."
)
@save_option("the certificates")
@json_option
@click.pass_obj
def optimum(
    arguments: list[str],
    /,
    digits: int | None,
    solver: str,
    max_precision: int,
    plot: Path | None,
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Certify the optimum of the convex relaxation: rigorous lower and upper bound.

    With --dim below the rank of that optimum: an interval for the least loss in this dimension. With --save, its search, where it is
    interrupted or killed, is kept in the directory, and taken up by the same command.
    """
    from scverify.model.problem import Problem
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    problem = any_problem_of(**given)
    if plot is not None:
        from scverify.report.plots import check_plot_file

        check_plot_file(plot)
    if not isinstance(problem, Problem):
        if solver != "auto":
            raise InputError(f"--solver {solver} for a loss that brings its own nodes", "auto", "drop --solver")
        return _optimum_on_units(problem, arguments, digits, max_precision, plot, save, as_json)
    if save is not None:
        check_writable(save, subject_of("optimum", problem))
    with working(f"optimum of {problem}"):
        from scverify.certify.optimum import optimum as certified_optimum
        from scverify.results.unbounded import UnboundedBelow

        try:
            result = certified_optimum(problem, digits=digits, solver=solver, max_precision=max_precision)
        except BelowRank:
            return _without_picture(_bounded_optimum(problem, arguments, digits, save, as_json), plot)
        except UnboundedBelow as answer:
            show_result(answer.result, as_json, save, None if save is None else {"certificate": str(save / "unbounded.json")})
            return _without_picture(0, plot)
    show_result(result, as_json, save, None if save is None else {"certificate": str(save / "optimum.json")})
    if plot is not None:
        from scverify.report.optimum_plot import optimum_figure
        from scverify.report.plots import save_figure

        save_figure(optimum_figure(result), plot)
    return _told(result.shortfall, max_precision, arguments, save, as_json)


def _told(shortfall: str, max_precision: int, arguments: list[str], save: Path | None, as_json: bool) -> int:
    """The command that comes next, and what was asked and not reached."""
    if not as_json:
        click.echo(f"next: {next_command(arguments, save)}")
    if shortfall:
        return fail(
            f"{shortfall}; allowed: what {max_precision} bits can reach; ask for fewer digits, or raise --max-precision",
            Undecided.exit_code,
        )
    return 0


def _bounded_optimum(problem: Problem | UnitProblem, arguments: list[str], digits: int | None, save: Path | None, as_json: bool) -> int:
    """The interval below the rank of the relaxation."""
    from scverify.certify.dimension.bounded import bounded_optimum

    unfinished = Unfinished(save, "optimum")
    result = bounded_optimum(problem, search=unfinished.earlier, keep=unfinished.keep)
    show_result(result, as_json, save)
    unfinished.finished()
    if not as_json:
        click.echo(f"next: {next_command(arguments, save)}")
    if digits is not None and result.gap * 10**digits > 1:
        return fail(f"a gap below 1e-{digits} was asked, in dimension {problem.dim}; raise --dim to the rank", Undecided.exit_code)
    return 0


def _without_picture(code: int, plot: Path | None) -> int:
    """The exit code of an answer that has no optimum to draw, which the answer alone could tell; wrong input where one was asked for."""
    if plot is None or code != 0:
        return code
    allowed = "an optimum of the relaxation, in as many dimensions as it needs"
    return fail(f"--plot {str(plot)!r} of no optimum; allowed: {allowed}; drop --plot, or draw `scverify points`", InputError.exit_code)


def _optimum_on_units(
    problem: UnitProblem, arguments: list[str], digits: int | None, max_precision: int, plot: Path | None, save: Path | None, as_json: bool
) -> int:
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    if save is not None:
        check_writable(save, subject_of("optimum", problem))
    with working(f"optimum of {problem}"):
        from scverify.certify.units import unit_optimum
        from scverify.results.unbounded import UnboundedBelow

        try:
            result = unit_optimum(problem, digits=digits, max_precision=max_precision)
        except BelowRank:
            return _without_picture(_bounded_optimum(problem, arguments, digits, save, as_json), plot)
        except UnboundedBelow as answer:
            show_result(answer.result, as_json, save, None if save is None else {"certificate": str(save / "unbounded.json")})
            return _without_picture(0, plot)
    show_result(result, as_json, save, None if save is None else {"certificate": str(save / "optimum.json")})
    if plot is not None:
        from scverify.report.plots import save_figure
        from scverify.report.unit_plot import unit_figure

        save_figure(unit_figure(result), plot)
    return _told(result.shortfall, max_precision, arguments, save, as_json)


@click.command(epilog="Example: scverify points --sizes 4,2 --dim 3 --tau 1/20 --starts 200")
@problem_options("Embedding dimension; needed.")
@loss_options
@base_temperature_option
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Number of random starts.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@plot_option("the points")
@save_option("the certificates")
@json_option
def points(starts: int, seed: int, plot: Path | None, save: Path | None, as_json: bool, **given: Any) -> int:
    """Find critical points over embeddings of dimension --dim, and certify each orbit and its type.

    A loss with nodes of its own has a column for every copy of every node: unit by unit, in it kind by kind.
    With --save, a search that is interrupted or killed is kept in the directory, and taken up by the same command.
    """
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    problem = any_problem_of(**given)
    if save is not None:
        check_writable(save, subject_of("critical points", problem))
    if plot is not None:
        from scverify.report.plots import check_plot_file

        check_plot_file(plot)
    unfinished = Unfinished(save, "points")
    with progress_bar("starts and points") as progress:
        from scverify.certify.points import critical_points
        from scverify.results.points import point_file

        found = critical_points(problem, starts, seed, progress, search=unfinished.earlier, keep=unfinished.keep)
    if as_json and save is not None:
        document = found.to_json()
        for number, point in enumerate(document["points"]):
            if point_file(number) in found.certificates:
                point["certificate"] = str(save / point_file(number))
        show_result(found, as_json, save, document)
    else:
        show_result(found, as_json, save)
    if not found.interrupted:
        unfinished.finished()
    if plot is not None:
        from scverify.report.plots import save_plot

        save_plot(found, plot)
    return INTERRUPTED if found.interrupted else 0


@click.command(epilog="Example: scverify crosscheck --sizes 3,2 --tau 1/2")
@problem_options("Embedding dimension; default: 3, or 2 for many samples.")
@loss_options
@base_temperature_option
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random points.")
@json_option
def crosscheck(seed: int, as_json: bool, **given: Any) -> int:
    """Compare NumPy, mpmath, balls, written-out entries and Taylor slopes on one problem."""
    problem = any_problem_of(**given)
    with working(f"cross-check of {problem}"):
        from scverify.crosscheck import crosscheck as compare

        result = compare(problem, seed=seed)
    show_result(result, as_json)
    return 0 if result.ok else 1
