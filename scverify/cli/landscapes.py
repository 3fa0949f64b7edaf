"""The command on a whole landscape: landscape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scverify.cli.failures import INTERRUPTED, fail
from scverify.cli.losses import any_problem_of, base_temperature_option, loss_options
from scverify.cli.options import json_option, problem_options, save_option
from scverify.cli.output import fraction_bar, show_result
from scverify.cli.unfinished import Unfinished
from scverify.errors import InputError, Undecided

if TYPE_CHECKING:
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem
    from scverify.results.landscape import Landscape, Listing

_CERTIFICATE = "landscape.json"
_EXIT_CODES = {"PROVED": 0, "REFUTED": 1, "UNDECIDED": Undecided.exit_code}


@click.command(epilog="Example: scverify landscape --sizes 2,2 --dim 3 --tau 1/2 --save certificates")
@problem_options("Embedding dimension; needed.")
@loss_options
@base_temperature_option
@click.option("--collapsed", is_flag=True, help="Of the class problem: one vector for each class.")
@click.option("--tau-upper", metavar="T", help="Prove it for every temperature from --tau to this one.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes; default: one for each core that may be used.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Give up after so long; default: never.")
@click.option("--starts", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Starts of the search for a refutation.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the starts.")
@click.option("--all", "every", is_flag=True, help="Prove a complete list of all critical points instead, saddles included.")
@save_option("the certificate, or what is needed to go on another time,")
@json_option
def landscape(
    tau_upper: str | None,
    jobs: int | None,
    budget: float | None,
    starts: int,
    seed: int,
    every: bool,
    collapsed: bool,
    save: Path | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Prove that every local minimum over embeddings of dimension --dim is global, or refute it.

    On the sphere by boxes, or without any where there are few samples; on a ball where few distinct points are left, which --dim decides.
    A loss with nodes of its own has a vector for every copy of every node; --collapsed asks of classes as vectors.
    With --save, an interrupted or unfinished search is kept in the directory, and taken up by the same command.
    """
    from scverify.model.problem import Problem
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable

    problem = any_problem_of(**given)
    if collapsed:
        problem = _of_classes(problem)
    if every:
        if not isinstance(problem, Problem):
            raise InputError(f"--all with {problem.loss.name}", "complete lists for losses on classes", "drop --all")
        if tau_upper is not None:
            raise InputError("--tau-upper with --all", "one temperature for a list of all critical points", "drop one of the two")
        return _list_all(problem, jobs, budget, save, as_json)
    if save is not None:
        check_writable(save, subject_of("landscape", problem))
    unfinished = Unfinished(save, "landscape")
    with fraction_bar("configurations settled") as watch:
        from scverify.certify.landscape import landscape as decide

        found = decide(
            problem,
            tau_upper,
            jobs=jobs,
            budget=budget,
            starts=starts,
            seed=seed,
            search=unfinished.earlier,
            keep=unfinished.keep,
            progress=None if watch is None else lambda at: watch(at.settled, f"{at.boxes} boxes, {at.open} open"),
        )
    show_result(found, as_json, more={"certificate": str(save / _CERTIFICATE)} if save is not None and found.certificate else None)
    if save is not None:
        _save(found, save, unfinished)
    if found.interrupted:
        return INTERRUPTED
    if found.verdict == "UNDECIDED":
        return fail(f"{found.reason}; allowed: any time; raise --budget, or go on with --save", Undecided.exit_code)
    return _EXIT_CODES[found.verdict]


def _of_classes(problem: Problem | UnitProblem) -> UnitProblem:
    from scverify.model.collapsed import collapsed_problem
    from scverify.model.units import UnitProblem

    if isinstance(problem, UnitProblem):
        raise InputError(f"--collapsed with the loss {problem.loss.name}", "a loss on classes", "drop --collapsed")
    return collapsed_problem(problem)


def _list_all(problem: Problem, jobs: int | None, budget: float | None, save: Path | None, as_json: bool) -> int:
    from scverify.results.base import subject_of
    from scverify.results.files import check_writable
    from scverify.results.landscape import LIST_FILE

    if save is not None:
        check_writable(save, subject_of("all critical points", problem))
    unfinished = Unfinished(save, "list")
    with fraction_bar("configurations settled") as watch:
        from scverify.certify.listing import all_critical_points

        progress = None if watch is None else lambda at: watch(at.settled, f"{at.boxes} boxes, {at.open} open")
        found = all_critical_points(problem, jobs=jobs, budget=budget, progress=progress, search=unfinished.earlier, keep=unfinished.keep)
    show_result(found, as_json, more={"certificate": str(save / LIST_FILE)} if save is not None and found.certificate else None)
    if save is not None:
        _save(found, save, unfinished)
    if found.interrupted:
        return INTERRUPTED
    return _EXIT_CODES[found.verdict] if found.verdict == "PROVED" else fail(f"{found.reason}; raise --budget", Undecided.exit_code)


def _save(found: Landscape | Listing, save: Path, unfinished: Unfinished) -> None:
    if found.search is not None:
        if unfinished.keep is not None:
            unfinished.keep(found.search)
        return
    found.save(save)
    unfinished.finished()
