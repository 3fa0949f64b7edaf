"""Commands on one problem: optimum, points, crosscheck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scverify.cli.failures import INTERRUPTED, fail
from scverify.cli.options import json_option, problem_of, problem_options, save_option
from scverify.cli.output import next_command, print_json, progress_bar, show, working
from scverify.errors import Undecided


@click.command()
@problem_options
@click.option("--digits", type=click.IntRange(1, 2000), help="Ask for a gap below 10^-DIGITS.")
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
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Certify the optimum of the convex relaxation: rigorous lower and upper bound."""
    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import check_writable, write_certificates

    problem = problem_of(**given)
    if save is not None:
        check_writable(save)
    with working(f"optimum of {problem}"):
        from scverify.certify.optimum import optimum as certified_optimum

        result = certified_optimum(problem, digits=digits, solver=solver, max_precision=max_precision)
    if save is not None:
        write_certificates(save, {name: canonical(certificate) for name, certificate in result.certificates.items()})
    if as_json:
        print_json(result.to_json() | ({} if save is None else {"certificate": str(save / "optimum.json")}))
    else:
        from scverify.report.optimum import renderable

        show(renderable(result, next_command(arguments, save)))
    if result.shortfall:
        return fail(f"{result.shortfall}; allowed: what {max_precision} bits can reach; raise --max-precision", Undecided.exit_code)
    return 0


@click.command()
@problem_options
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Number of random starts.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw the points to a .png, .pdf or .svg file.")
@save_option("the certificates")
@json_option
def points(starts: int, seed: int, plot: Path | None, save: Path | None, as_json: bool, **given: Any) -> int:
    """Find critical points over embeddings of dimension --dim, and certify each orbit and its type."""
    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import check_writable, write_certificates

    problem = problem_of(**given)
    if save is not None:
        check_writable(save)
    if plot is not None:
        from scverify.report.plots import check_plot_file

        check_plot_file(plot)
    with progress_bar("starts and points") as progress:
        from scverify.certify.points import critical_points, point_file

        found = critical_points(problem, starts=starts, seed=seed, progress=progress)
    if save is not None:
        write_certificates(save, {name: canonical(certificate) for name, certificate in found.certificates.items()})
    if plot is not None:
        from scverify.report.plots import save_plot

        save_plot(found, plot)
    if as_json:
        document = found.to_json()
        for number, told in enumerate(document["points"]):
            if save is not None and point_file(number) in found.certificates:
                told["certificate"] = str(save / point_file(number))
        print_json(document)
    else:
        from scverify.report.points import renderable

        show(renderable(found))
    return INTERRUPTED if found.interrupted else 0


@click.command()
@problem_options
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the random points.")
@json_option
def crosscheck(seed: int, as_json: bool, **given: Any) -> int:
    """Compare NumPy, mpmath, balls, written-out entries and Taylor slopes on one problem."""
    problem = problem_of(**given)
    with working(f"cross-check of {problem}"):
        from scverify.crosscheck import crosscheck as compare

        result = compare(problem, seed=seed)
    if as_json:
        print_json(result.to_json())
    else:
        click.echo(str(result))
    return 0 if result.ok else 1
