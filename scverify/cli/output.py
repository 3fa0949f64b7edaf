"""What a command prints (JSON or a table on stdout, progress on stderr) and saves."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scverify.conjecture.verdict import Verdict


def print_json(document: object) -> None:
    """One JSON object on stdout."""
    click.echo(json.dumps(document, allow_nan=False))


def show(account: RenderableType) -> None:
    """A table or a text on stdout."""
    from rich.console import Console

    Console(highlight=False, width=None if sys.stdout.isatty() else 110).print(account)


@contextmanager
def progress_bar(message: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(message, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def fraction_bar(message: str) -> Iterator[Callable[[float, str], None] | None]:
    """A bar of a fraction and a remark on stderr where that is a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(message, total=1.0)
        yield lambda done, remark: bar.update(task, completed=done, description=f"{message} ({remark})")


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

    from scverify.kernel.certificate import canonical
    from scverify.report.certificates import write_certificates

    if verdict.certificate is None:
        return verdict
    name = f"{verdict.conjecture.name}.json"
    write_certificates(folder, {name: canonical(verdict.certificate)})
    return replace(verdict, saved=folder / name)
