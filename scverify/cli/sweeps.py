"""The command that puts one question to many problems: sweep."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from scverify.cli.failures import INTERRUPTED
from scverify.cli.options import Folder, json_option, plot_option
from scverify.cli.output import progress_bar, show_result
from scverify.errors import InputError, MissingTool, Undecided


@click.command(epilog="Example: scverify sweep grid.toml --question merged --out swept --jobs 2")
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=Folder(path_type=Path), metavar="DIR", help="Where certificates and rows are kept.")
@click.option("--question", metavar="Q", help="optimum, points, spurious, landscape, merged, simplex or zero; the file may say it too.")
@click.option("--starts", type=click.IntRange(1, 1_000_000), help="Random starts, for points and spurious; default: 200.")
@click.option("--budget", type=float, metavar="SECONDS", help="For a landscape, of each point; default: 60.")
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help="How many processes.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler instead, such as tcp://host:8786 (extra: cluster).")
@click.option(
    "--table", type=click.Path(path_type=Path), metavar="FILE", help="Write the rows to a .parquet (extra: parquet), .csv or .jsonl."
)
@plot_option("the phase diagram")
@json_option
def sweep(
    file: Path,
    out: Path,
    jobs: int,
    scheduler: str | None,
    table: Path | None,
    plot: Path | None,
    as_json: bool,
    **asked: Any,
) -> int:
    """Put one question to every problem of a grid, and keep each answer with its certificates.

    FILE.toml: tau (or logit_scale, 1/tau), and sizes or a profile with ratio; loss, dim, constraint, and the parameters of the loss: each
    one value or a list. A sweep that was stopped goes on with the same command.
    """
    from scverify.model.grid import read_grid
    from scverify.report.plots import check_plot_file
    from scverify.report.sweep_table import check_table_file, write_table

    points, other = read_grid(file)
    asked = _asked(asked, other, file)
    if scheduler is not None and jobs != 1:
        raise InputError("--jobs beside --scheduler", "one of the two", "drop --jobs")
    if plot is not None:
        check_plot_file(plot)
    if table is not None:
        check_table_file(table)
    from scverify.sweep import sweep as swept

    with executor_of(jobs, scheduler) as executor, progress_bar("points") as progress:
        found = swept(
            [point.problem for point in points],
            out=out,
            executor=executor,
            **asked,
            places=[point.place for point in points],
            progress=progress,
        )
    show_result(found, as_json)
    if table is not None:
        write_table(found, table)
    if plot is not None and found.rows:
        from scverify.report.phase_diagram import phase_diagram
        from scverify.report.plots import save_figure

        save_figure(phase_diagram(found), plot)
    if found.interrupted:
        return INTERRUPTED
    if set(found.words) == {"refused"}:
        return InputError.exit_code
    return Undecided.exit_code if "undecided" in {word.lower() for word in found.words} else 0


def _asked(given: dict[str, Any], stated: dict[str, Any], file: Path) -> dict[str, Any]:
    """Question, starts and budget by the options or by the file; InputError where they differ, and for a key that nothing knows."""
    if unknown := sorted(set(stated) - set(given)):
        raise InputError(f"key {unknown[0]!r} in {str(file)!r}", "the keys that `scverify sweep --help` names", "correct the file")
    for name, value in stated.items():
        if given[name] is not None and given[name] != value:
            raise InputError(f"--{name} {given[name]} beside the file's {value!r}", "one of the two", "drop one")
    return stated | {name: value for name, value in given.items() if value is not None}


@contextmanager
def executor_of(jobs: int, scheduler: str | None) -> Iterator[Executor | None]:
    """What answers the points: this process, processes that end with it, or a cluster. Raises MissingTool without Dask."""
    if scheduler is not None:
        with _cluster(scheduler) as executor:
            yield executor
    elif jobs == 1:
        yield None
    else:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        from scverify.processes import serve_parent

        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(jobs, mp_context=fork, initializer=serve_parent, initargs=(os.getpid(),)) as executor:
            yield executor


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingTool("Dask is not installed; allowed: the extra `cluster`; pip install 'scverify[cluster]'") from error
    try:
        client: Any = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(f"scheduler {address!r} ({error})", "the address of a running scheduler", "start one, or use --jobs") from error
    with client:
        yield client.get_executor(pure=False)
