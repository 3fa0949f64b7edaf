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
@click.option("--question", metavar="Q", help="optimum, points, landscape, merged, simplex or zero; the file may say it too.")
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Random starts, for points.")
@click.option("--jobs", type=click.IntRange(1, 1024), default=1, show_default=True, help="How many processes.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler instead, such as tcp://host:8786 (extra: cluster).")
@plot_option("the phase diagram")
@json_option
def sweep(
    file: Path,
    out: Path,
    question: str | None,
    starts: int,
    jobs: int,
    scheduler: str | None,
    plot: Path | None,
    as_json: bool,
) -> int:
    """Put one question to every problem of a grid, and keep each answer with its certificates.

    FILE.toml: tau, and sizes or a profile with ratio; loss, dim, constraint: each one value or a list. A sweep that was stopped goes on
    with the same command.
    """
    from scverify.model.grid import read_grid
    from scverify.report.plots import check_plot_file

    problems, other = read_grid(file)
    stated = other.pop("question", None)
    if other:
        raise InputError(f"key {min(other)!r} in {str(file)!r}", "the keys that `scverify sweep --help` names", "correct the file")
    if question is not None and stated is not None and question != stated:
        raise InputError(f"--question {question} beside the file's {stated!r}", "one of the two", "drop one")
    if scheduler is not None and jobs != 1:
        raise InputError("--jobs beside --scheduler", "one of the two", "drop --jobs")
    if plot is not None:
        check_plot_file(plot)
    from scverify.sweep import sweep as swept

    with executor_of(jobs, scheduler) as executor, progress_bar("points") as progress:
        found = swept(problems, question or stated or "optimum", out=out, executor=executor, starts=starts, progress=progress)
    show_result(found, as_json)
    if plot is not None and found.rows:
        from scverify.report.phase_diagram import phase_diagram
        from scverify.report.plots import save_figure

        save_figure(phase_diagram(found), plot)
    if found.interrupted:
        return INTERRUPTED
    return Undecided.exit_code if "undecided" in {word.lower() for word in found.words} else 0


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
