"""Certificate files in a directory: written whole or not at all, and listed in a manifest that says what they belong to."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scverify.errors import InputError
from scverify.kernel.certificate import canonical

# not *.json: it is no certificate
MANIFEST = "scverify.manifest"
_FORMAT = "scverify-manifest"


def save_certificates(folder: Path, certificates: Mapping[str, Any], subject: str) -> None:
    """Write certificates (file name -> data) that belong to a subject, and the manifest of the folder; all or nothing.

    Files that an earlier run left for the same subject and that are no longer among them are removed. Raises InputError when the folder
    cannot be written, and where a file of the same name belongs to another subject: it is never overwritten.
    """
    texts = {name: canonical(data) for name, data in certificates.items()}
    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        entries = read_manifest(folder)
        for name in texts:
            known = entries.get(name)
            if (folder / name).exists() and (known is None or known["subject"] != subject):
                owner = "of another subject" if known is None else f"of {known['subject']}"
                raise InputError(
                    f"save directory {str(folder)!r} that holds {name} {owner}", "a directory of its own", "choose another one"
                )
        stale = [name for name, entry in entries.items() if entry["subject"] == subject and name not in texts]
        kept = {name: entry for name, entry in entries.items() if name not in stale}
        kept |= {name: {"subject": subject, "sha256": _digest(text.encode())} for name, text in texts.items()}
        manifest = json.dumps({"format": _FORMAT, "files": kept}, indent=1, sort_keys=True, ensure_ascii=False)
        write_certificates(folder, {**texts, MANIFEST: manifest})
        for name in stale:
            (folder / name).unlink(missing_ok=True)


def read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    """The files of a folder with their subjects and their SHA-256; none where there is no manifest. InputError for a broken one."""
    file = folder / MANIFEST
    if not file.exists():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        entries: dict[str, dict[str, str]] = data["files"]
        if data["format"] != _FORMAT or not all(set(entry) == {"subject", "sha256"} for entry in entries.values()):
            raise ValueError("it is not a manifest of scverify")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"manifest {str(file)!r}: {error}", "what an earlier run wrote", "remove it, or choose another directory"
        ) from error
    return entries


def strangers(folder: Path) -> dict[str, str]:
    """The files of a folder that do not agree with its manifest, and why; empty where all do, or where there is none."""
    entries = read_manifest(folder)
    if not entries:
        return {}
    found = {file.name for file in folder.glob("*.json")}
    wrong = dict.fromkeys(entries.keys() - found, "the manifest names it, and it is missing")
    wrong |= dict.fromkeys(found - entries.keys(), "the manifest does not name it")
    for name in found & entries.keys():
        if _digest((folder / name).read_bytes()) != entries[name]["sha256"]:
            wrong[name] = "it is not the file that the manifest names"
    return wrong


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; the lock goes with the process that holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


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
        _clear_up(folder)
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


def _clear_up(folder: Path) -> None:
    """Remove what a process that was killed while it wrote has left: files .NAME.PROCESS whose process is no more."""
    for file in folder.glob(".*"):
        process = file.suffix[1:]
        if process.isdecimal() and not _runs(int(process)):
            file.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


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
