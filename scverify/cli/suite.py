"""The command that puts a loss through the standard properties: suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from scverify.cli.failures import INTERRUPTED
from scverify.cli.losses import loss_options, parameters_of
from scverify.cli.options import json_option, save_option
from scverify.cli.output import progress_bar, show_result


@click.command(epilog="Example: scverify suite --loss my_loss.py::mine")
@click.option("--loss", required=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file.")
@click.option("--sizes", metavar="N,N,...", help="Samples of each class, for a loss on nodes that has classes.")
@click.option("--labels", metavar="FILE", help="A file of labels, for mini_batches.")
@click.option("--views", type=int, metavar="N", help="Views of each image or sample, for nscl, ntxent, infonce, y_aware.")
@loss_options
@click.option("--profile", type=click.Choice(["fast", "thorough"]), default="fast", show_default=True, help="A few problems, or many.")
@click.option("--budget", type=click.FloatRange(1, 1_000_000), metavar="SECONDS", help="For each property; default: 15, thorough 240.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the problems that are drawn.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes; they change the time and no answer.")
@save_option("the certificates of counterexamples")
@json_option
def suite(
    loss: str,
    profile: Literal["fast", "thorough"],
    budget: float | None,
    seed: int,
    jobs: int,
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Put a loss through the standard properties: a table with one verdict per property, and how it was reached.

    A loss that brings its own nodes is put through them at the parameters that are given; counts that are not given are small ones.
    """
    from scverify.conjecture.standard import suite as put_through
    from scverify.results.files import check_writable

    if save is not None:
        check_writable(save)
    with progress_bar(f"properties of {loss}") as progress:
        found = put_through(loss, profile, budget, seed, jobs, progress, parameters=parameters_of(given))
    show_result(found, as_json, save)
    return INTERRUPTED if found.interrupted else 0
