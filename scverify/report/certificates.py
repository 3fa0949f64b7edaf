"""Certificate files in a directory: each is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scverify.errors import InputError


def check_writable(folder: Path) -> None:
    """Proves that certificates can be written to a directory, and leaves nothing behind.

    Raises InputError when the directory cannot be created or written.
    """
    with _directory(folder) as created:
        tempfile.TemporaryFile(dir=folder).close()
        for directory in created:
            directory.rmdir()


def write_certificates(folder: Path, certificates: Mapping[str, str]) -> None:
    """Writes each certificate (file name -> text) under a temporary name, then renames all of them.

    Raises InputError when the directory cannot be created or written.
    """
    waiting: dict[Path, Path] = {}
    with _directory(folder):
        try:
            for name, text in certificates.items():
                temporary = folder / f".{name}.{os.getpid()}"
                waiting[temporary] = folder / name
                temporary.write_text(text, encoding="utf-8")
            for written, final in waiting.items():
                os.replace(written, final)
        finally:
            for left in waiting:
                left.unlink(missing_ok=True)


@contextmanager
def _directory(folder: Path) -> Iterator[list[Path]]:
    """Creates a directory, yields those that were new (deepest first), and takes them back where the work in it fails."""
    created: list[Path] = []
    try:
        created.extend(directory for directory in (folder, *folder.parents) if not directory.exists())
        folder.mkdir(parents=True, exist_ok=True)
        yield created
    except BaseException as error:
        for directory in created:
            if directory.is_dir() and not any(directory.iterdir()):
                directory.rmdir()
        if isinstance(error, OSError | ValueError):
            raise InputError(
                f"save directory {str(folder)!r} ({error})", "a directory that can be created and written", "choose another one"
            ) from error
        raise
