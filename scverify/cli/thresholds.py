"""The command that brackets thresholds: of the optimum, and of other minima followed in temperature."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scverify.cli.failures import INTERRUPTED
from scverify.cli.losses import any_problem_of, given_parameters, loss_options
from scverify.cli.options import json_option, plot_option, problem_of, problem_options, save_option
from scverify.cli.output import progress_bar, show_result, working
from scverify.cli.unfinished import Unfinished
from scverify.errors import InputError, Undecided
from scverify.model.catalogue import PARAMETERS

if TYPE_CHECKING:
    from scverify.certify.thresholds.bracket import ProblemOrFamily
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem

OF_OPTIMUM = ("merged", "simplex", "zero")


@click.command(epilog="Example: scverify threshold --profile step --k 4 --n-min 3 --ratio 50,200 --tau 1/2 --kind merged")
@problem_options("Embedding dimension; needed for minima.")
@loss_options
@click.option(
    "--kind",
    default="spurious minimum",
    show_default=True,
    help='Of the optimum: merged, simplex, zero; of others: "spurious minimum", "strict minimum".',
)
@click.option("--ridge", metavar="W|A,B", help="Weight of a ridge, or a range of weights.")
@click.option("--digits", type=click.IntRange(1, 60), default=12, show_default=True, help="Significant digits, for the optimum.")
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Number of random starts, for minima.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@plot_option("the branches, or the optimum on both sides")
@save_option("the certificates")
@json_option
def threshold(kind: str, digits: int, starts: int, seed: int, plot: Path | None, save: Path | None, as_json: bool, **given: Any) -> int:
    """Bracket where the optimum, or other minima, begin or cease to be of a kind, with a proof on both sides.

    One of --tau, --ratio, --ridge and the numbers of a loss (--bias, --smoothing, --margin) is a range A,B. A bias may follow the
    temperature: --bias=-1/tau. merged: from which ratio or temperature on the small classes of a STEP profile
    coincide; with --ratio inf, up to which temperature they do for large ratios. simplex: equal classes, or units of pairs. zero: nothing
    is learned under a ridge. Minima are followed over --tau; with --save, work that is interrupted or killed is kept in the directory, and
    taken up by the same command.
    """
    from scverify.results.files import check_writable

    if plot is not None:
        from scverify.report.plots import check_plot_file

        check_plot_file(plot)
    if kind not in OF_OPTIMUM:
        return _of_minima(kind, starts, seed, plot, save, as_json, given)
    if save is not None:
        check_writable(save)
    problem, asked, over, between = _question(kind, given)
    with working(f"bracketing {asked} over {over}"):
        from scverify.certify.thresholds.bracket import bracket

        found = bracket(problem, asked, over, between, digits)
    show_result(found, as_json, save)
    if plot is not None:
        from scverify.report.plots import save_figure
        from scverify.report.threshold_plot import bracket_figure

        save_figure(bracket_figure(found, problem), plot)
    if found.interrupted:
        return INTERRUPTED
    return 0 if found.bracket is not None else Undecided.exit_code


def _question(kind: str, given: dict[str, Any]) -> tuple[ProblemOrFamily, str, str, tuple[str, str]]:
    """The problem, or the family of problems, the kind, and the parameter with its two ends."""
    numbers = [name for name, (written, _) in PARAMETERS.items() if written in ("number", "scalar")]
    values = {name: given[name] for name in ("tau", "ratio", "ridge", *numbers) if given[name] is not None}
    ranges = [name for name, value in values.items() if "," in value and not value.startswith("free")]
    if len(ranges) != 1:
        raise InputError(" ".join(f"--{name} {value}" for name, value in values.items()), "a range A,B for one of them", "give one range")
    over = ranges[0]
    between = _two_ends(over, values[over])
    if over in numbers or _follows_tau(given["bias"]):
        return lambda value: _problem(**_at(given, over, value)), kind, over, between
    in_the_limit = values.get("ratio") == "inf"
    if in_the_limit and kind != "merged":
        raise InputError(f"--ratio inf with --kind {kind}", "--ratio inf with --kind merged", "give the ratio")
    rest = given | {over: between[0]}
    if over == "ratio" or in_the_limit:
        rest["ratio"] = "2"  # any that the profile takes: the question is about all ratios
    return _problem(**rest), "merged in the limit" if in_the_limit else kind, over, between


def _follows_tau(bias: str | None) -> bool:
    return bias is not None and bias.endswith("/tau")


def _at(given: dict[str, Any], over: str, value: Fraction) -> dict[str, Any]:
    """The options at one value of the parameter, a bias that follows the temperature worked out."""
    placed = given | {over: str(value)}
    if _follows_tau(given["bias"]):
        from scverify.model.exact import exact_rational, positive

        factor = given["bias"].removesuffix("/tau")
        placed["bias"] = str(exact_rational(factor, "the factor of the bias") / positive(placed["tau"], "temperature tau"))
    return placed


def _problem(ridge: str | None, constraint: str, **given: Any) -> Problem | UnitProblem:
    if ridge is not None and constraint != "sphere":
        raise InputError(f"--ridge {ridge} with --constraint {constraint}", "one of them", "drop one")
    given["constraint"] = constraint if ridge is None else f"ridge:{ridge}"
    from scverify.model.problem import Problem

    problem = any_problem_of(**given)
    if not isinstance(problem, Problem) and problem.dim is not None:
        raise InputError(f"--dim with the loss {problem.loss.name}", "thresholds over all dimensions", "drop --dim")
    return problem


def _two_ends(name: str, value: str) -> tuple[str, str]:
    ends = [end.strip() for end in value.split(",")]
    if len(ends) != 2:
        raise InputError(f"{name} {value!r}", "two numbers with a comma between, such as 1/20,1/10", f"correct --{name}")
    return ends[0], ends[1]


def _of_minima(kind: str, starts: int, seed: int, plot: Path | None, save: Path | None, as_json: bool, given: dict[str, Any]) -> int:
    """The branches of minima over a range of temperatures."""
    from scverify.certify.threshold import threshold as bracketed
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    if "," in (given["ratio"] or ""):
        raise InputError(
            f"--ratio {given['ratio']} with --kind {kind!r}",
            "a range of --tau: sizes of minima are whole",
            "sweep the sizes: question spurious",
        )
    if wrong := [*(["ridge"] if given.pop("ridge") is not None else []), *given_parameters(given)]:
        raise InputError(f"--{wrong[0]} with --kind {kind!r}", f"--{wrong[0]} with --kind {' or '.join(OF_OPTIMUM)}", "drop it")
    ends = _two_ends("tau", given.pop("tau"))
    problem = problem_of(tau=ends[0], **given)
    if save is not None:
        check_writable(save, subject_of("threshold", problem))
    unfinished = Unfinished(save, "threshold")
    with progress_bar(f"following {kind}") as progress:
        found = bracketed(problem, kind, ends, starts, seed, progress, search=unfinished.earlier, keep=unfinished.keep)
    show_result(found, as_json, save)
    if plot is not None:
        from scverify.report.plots import save_figure
        from scverify.report.threshold_plot import branches_figure

        save_figure(branches_figure(found), plot)
    if found.interrupted:
        return INTERRUPTED
    unfinished.finished()
    return Undecided.exit_code if found.ending == "unproved" else 0
