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
    from scverify.symbolic.losses import Loss

_Command = TypeVar("_Command", bound=Callable[..., int])

_PROBLEM_OPTIONS = (
    click.option("--sizes", metavar="N,N,…", help="Class sizes, such as 7,3,3,2,2."),
    click.option("--profile", metavar="NAME", help="A named profile of sizes, such as cifar100-lt, instead of --sizes."),
    click.option("--ratio", metavar="R", help="Imbalance ratio of the profile."),
    click.option("--k", type=int, help="Number of classes of the profile."),
    click.option("--size", type=int, help="Size of every class of the balanced profile."),
    click.option("--n-max", type=int, help="Largest class of the profile."),
    click.option("--n-min", type=int, help="Smallest class of the profile."),
    click.option("--majorities", type=int, help="How many classes of the step profile are large; default: half of them."),
    click.option("--labels", metavar="FILE", help="Count the labels of a file instead: text, .npy, or FILE.csv::COLUMN."),
    click.option("--batch", type=int, metavar="B", help="A batch of B samples with the same proportions of classes (stratified)."),
    click.option("--views", type=int, metavar="V", help="Views of each sample, which are samples of its class; usual: 2."),
    click.option("--tau", required=True, metavar="T", help="Temperature, exact: 37/100 or 0.05; free:A,B for some losses."),
    click.option(
        "--constraint",
        default="sphere",
        show_default=True,
        metavar="C",
        help="sphere[:RHO], ball[:RHO] or ridge:WEIGHT; on nodes of their own also KIND=C,KIND=C, and fixed:simplex.",
    ),
    click.option("--nonnegative", is_flag=True, help="Embeddings are also non-negative in every entry."),
    click.option("--loss", default="supcon", show_default=True, metavar="NAME|FILE::NAME", help="A named loss, or a function in a file."),
    click.option("--reduction", type=click.Choice(["sum", "mean"]), default="sum", show_default=True, help="Over the anchors."),
    click.option("--ignore-singletons", is_flag=True, help="A class of one sample is a negative for the others and no anchor."),
)


OF_CLASSES = ("sizes", "profile", "ratio", "k", "size", "n_max", "n_min", "majorities", "labels", "batch", "views")


def problem_options(dim: str) -> Callable[[_Command], _Command]:
    """The options that describe a problem, with what is said of --dim; `problem_of` takes what they give."""

    def decorate(command: _Command) -> _Command:
        for option in reversed((*_PROBLEM_OPTIONS, click.option("--dim", type=int, help=dim))):
            command = option(command)
        return command

    return decorate


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


class Folder(click.Path):
    """A path of a directory; an empty one, which would be the current directory, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error where it is empty."""
        return super().convert(value, param, ctx) if value else self.fail("an empty path; give the name of a directory", param, ctx)


def save_option(what: str) -> Callable[[_Command], _Command]:
    """--save DIR, where a command writes what the words say."""
    return click.option("--save", type=Folder(path_type=Path), metavar="DIR", help=f"Write {what} to a directory.")


def plot_option(what: str) -> Callable[[_Command], _Command]:
    """--plot FILE, where a command draws what the words say."""
    return click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help=f"Draw {what} to a .png, .pdf or .svg file.")


def problem_of(
    tau: str,
    constraint: str,
    nonnegative: bool,
    loss: str,
    dim: int | None,
    reduction: Any,
    ignore_singletons: bool,
    made: Loss | None = None,
    **sizes: Any,
) -> Problem:
    """The problem that the options describe, of the loss that was made, or else of that name; raises InputError."""
    from scverify.model.catalogue import known_loss
    from scverify.model.constraints import parse_constraint
    from scverify.model.problem import Problem
    from scverify.symbolic.losses import load_loss

    entry = known_loss(loss)
    if made is None and entry is not None and (entry.on != "classes" or entry.parameters):
        raise InputError(
            f"loss {loss}, which brings nodes or parameters of its own",
            "a loss on classes without any",
            "ask `scverify optimum` or `points`",
        )
    return Problem(
        load_loss(loss) if made is None else made,
        classes_of(**sizes),
        dim=dim,
        temperature=tau,
        constraint=parse_constraint(constraint, nonnegative=nonnegative),
        reduction=reduction,
        singletons="ignore" if ignore_singletons else "error",
    )


def classes_of(sizes: str | None, profile: str | None, labels: str | None, batch: int | None, views: int | None, **options: Any) -> Classes:
    """The classes by one of three options, then a batch of them, then the views of its samples."""
    from scverify.model.classes import Classes

    sources = {name: value for name, value in {"sizes": sizes, "profile": profile, "labels": labels}.items() if value is not None}
    if len(sources) != 1:
        given = " and ".join(f"--{name}" for name in sources) or "no class sizes"
        raise InputError(given, "one of --sizes, --profile and --labels", "give one of them")
    if profile is None and (wrong := [name for name, value in options.items() if value is not None]):
        raise InputError(f"--{wrong[0].replace('_', '-')} with --{min(sources)}", "that option with --profile only", "drop it")
    if profile is not None:
        classes = Classes.named(profile, **options)
    elif labels is not None:
        from scverify.model.labels import read_labels

        classes = Classes.from_labels(read_labels(labels))
    else:
        classes = Classes(whole_sizes(sizes or ""))
    classes = classes if batch is None else classes.stratified(batch)
    return classes if views is None else classes.seen(views)


def whole_sizes(sizes: str) -> list[int]:
    """Class sizes as they are written on the command line; raises InputError."""
    parts = [part.strip() for part in sizes.split(",")]
    if not all(re.fullmatch(r"[+-]?[0-9]{1,18}", part) for part in parts):
        raise InputError(f"sizes {sizes!r}", "whole numbers with commas between, such as 7,3,3,2,2", "correct --sizes")
    return list(map(int, parts))
