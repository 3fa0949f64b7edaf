"""What a command prints (JSON or a table on stdout, progress on stderr) and saves."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scverify import __version__

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from scverify.conjecture.verdict import Verdict
    from scverify.results.base import Result
    from scverify.results.layout import Account


def print_json(document: Mapping[str, object]) -> None:
    """One JSON object on stdout, with the version that wrote it."""
    click.echo(json.dumps({"version": __version__, **document}, allow_nan=False))


def show(account: Account) -> None:
    """An account on stdout, as wide as the terminal, or as COLUMNS says."""
    from scverify.results.layout import as_text

    click.echo(as_text(account, shutil.get_terminal_size().columns))


def show_lines(text: str) -> None:
    """Lines on stdout: broken between words on a terminal, where it would split numbers, and whole where a program reads them."""
    from scverify.results.layout import wrapped

    width = max(20, shutil.get_terminal_size().columns)
    click.echo(wrapped(text, width, indent=4) if sys.stdout.isatty() else text)


def show_result(result: Result, as_json: bool, save: Path | None = None, more: Mapping[str, object] | None = None) -> None:
    """A result on stdout, and then its certificates in a directory: what was found is said before anything can fail."""
    if as_json:
        print_json(result.to_json() | dict(more or {}))
    else:
        show(result.account())
    if save is not None and result.certificates:
        result.save(save)


@contextmanager
def progress_bar(message: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task(message, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def fraction_bar(message: str) -> Iterator[Callable[[float, str], None] | None]:
    """A bar of a fraction and a remark on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar() as bar:
        task = bar.add_task(message, total=1.0)
        yield lambda done, remark: bar.update(task, completed=done, description=f"{message} ({remark})")


def _bar() -> Bar:
    """A bar that says how long the work has taken; how long it will take, nobody knows."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Bar(*columns, console=Console(stderr=True), transient=True)


def working(message: str) -> AbstractContextManager[object]:
    """A spinner on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.markup import escape

    return Console(stderr=True).status(escape(message))


def next_command(arguments: Iterable[str], save: Path | None) -> str:
    """The command to run next: the same one with its certificates saved, or their verification."""
    if save is None:
        return shlex.join(["scverify", *arguments, "--save", "certificates"])
    return shlex.join(["scverify", "verify", str(save)])


def saved(verdict: Verdict, folder: Path) -> Verdict:
    """The verdict with its certificate, where it has one, written to a file called after the conjecture."""
    from dataclasses import replace

    if verdict.certificate is None:
        return verdict
    verdict.save(folder)
    return replace(verdict, saved=folder / f"{verdict.conjecture.name}.json")
