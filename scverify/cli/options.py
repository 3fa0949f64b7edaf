"""Options that several commands share, and the problem that they describe."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scverify.errors import InputError

if TYPE_CHECKING:
    from scverify.model.classes import Classes
    from scverify.model.problem import Problem

_Command = TypeVar("_Command", bound=Callable[..., int])

_PROBLEM_OPTIONS = (
    click.option("--sizes", metavar="N,N,…", help="Class sizes, such as 7,3,3,2,2."),
    click.option("--profile", metavar="NAME", help="A named profile of sizes, such as cifar100-lt, instead of --sizes."),
    click.option("--ratio", metavar="R", help="Imbalance ratio of the profile."),
    click.option("--k", type=int, help="Number of classes of the profile."),
    click.option("--size", type=int, help="Size of every class of the balanced profile."),
    click.option("--n-max", type=int, help="Largest class of the profile."),
    click.option("--n-min", type=int, help="Smallest class of the profile."),
    click.option("--tau", required=True, metavar="T", help="Temperature, exact: 37/100 or 0.05."),
    click.option("--constraint", default="sphere", show_default=True, metavar="C", help="sphere[:RHO], ball[:RHO] or ridge:WEIGHT."),
    click.option("--nonnegative", is_flag=True, help="Embeddings are also non-negative in every entry."),
    click.option("--loss", default="supcon", show_default=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file."),
    click.option("--dim", type=int, help="Embedding dimension; default: as many as the optimum needs."),
    click.option("--reduction", type=click.Choice(["sum", "mean"]), default="sum", show_default=True, help="Over the anchors."),
    click.option("--ignore-singletons", is_flag=True, help="A class of one sample is a negative for the others and no anchor."),
)


def problem_options(command: _Command) -> _Command:
    """The options that describe a problem; `problem_of` takes what they give."""
    for option in reversed(_PROBLEM_OPTIONS):
        command = option(command)
    return command


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


class _Folder(click.Path):
    """A path of a directory; an empty one, which would be the current directory, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(value, param, ctx) if value else self.fail("an empty path; give the name of a directory", param, ctx)


def save_option(what: str) -> Callable[[_Command], _Command]:
    """--save DIR, where a command writes what the words say."""
    return click.option("--save", type=_Folder(path_type=Path), metavar="DIR", help=f"Write {what} to a directory.")


def problem_of(
    tau: str, constraint: str, nonnegative: bool, loss: str, dim: int | None, reduction: Any, ignore_singletons: bool, **sizes: Any
) -> Problem:
    """The problem that the options describe; raises InputError."""
    from scverify.model.constraints import parse_constraint
    from scverify.model.problem import Problem
    from scverify.symbolic.losses import load_loss

    return Problem(
        load_loss(loss),
        _classes(**sizes),
        dim=dim,
        temperature=tau,
        constraint=parse_constraint(constraint, nonnegative=nonnegative),
        reduction=reduction,
        singletons="ignore" if ignore_singletons else "error",
    )


def _classes(sizes: str | None, profile: str | None, **options: Any) -> Classes:
    from scverify.model.classes import Classes

    if (sizes is None) == (profile is None):
        raise InputError("both --sizes and --profile" if sizes else "no class sizes", "either --sizes or --profile", "give one of them")
    if profile is not None:
        return Classes.named(profile, **options)
    if given := [name for name, value in options.items() if value is not None]:
        raise InputError(f"--{given[0].replace('_', '-')} with --sizes", "that option with --profile only", "drop it")
    parts = [part.strip() for part in (sizes or "").split(",")]
    if not all(re.fullmatch(r"[+-]?[0-9]{1,18}", part) for part in parts):
        raise InputError(f"sizes {sizes!r}", "whole numbers with commas between, such as 7,3,3,2,2", "correct --sizes")
    return Classes(map(int, parts))
