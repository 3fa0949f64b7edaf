"""The command that follows minima in temperature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scverify.cli.failures import INTERRUPTED, fail
from scverify.cli.options import json_option, problem_of, problem_options, save_option
from scverify.cli.output import progress_bar, show_result
from scverify.cli.unfinished import Unfinished
from scverify.errors import InputError, Undecided


@click.command(epilog="Example: scverify threshold --sizes 4,2 --dim 3 --tau 1/20,1/10")
@problem_options("Embedding dimension; needed.")
@click.option("--kind", default="spurious minimum", show_default=True, help='"spurious minimum" or "strict minimum".')
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Number of random starts.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@save_option("the certificates")
@json_option
def threshold(kind: str, starts: int, seed: int, save: Path | None, as_json: bool, tau: str, **given: Any) -> int:
    """Follow certified minima over a range of temperatures, --tau A,B, and bracket where they cease to be minima.

    With --save, work that is interrupted or killed is kept in the directory, and taken up by the same command.
    """
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    ends = [end.strip() for end in tau.split(",")]
    if len(ends) != 2:
        raise InputError(f"tau {tau!r}", "two temperatures with a comma between, such as 1/20,1/10", "correct --tau")
    problem = problem_of(tau=ends[0], **given)
    if save is not None:
        check_writable(save, subject_of("threshold", problem))
    unfinished = Unfinished(save, "threshold")
    with progress_bar(f"following {kind}") as progress:
        from scverify.certify.threshold import threshold as bracketed

        found = bracketed(problem, kind, (ends[0], ends[1]), starts, seed, progress, search=unfinished.earlier, keep=unfinished.keep)
    show_result(found, as_json, save)
    if found.interrupted:
        return fail("interrupted; what had been proved is printed", INTERRUPTED)
    unfinished.finished()
    return Undecided.exit_code if found.ending == "unproved" else 0
