"""Certificate files in a directory: written whole or not at all, and listed in a manifest that says what they belong to."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scverify.errors import InputError, must_be, plainly
from scverify.kernel.certificate import Rejected, canonical, read
from scverify.reading import MOST_BYTES, read_bytes, read_text
from scverify.results.base import Subject

# not *.json: it is not a certificate
MANIFEST = "scverify.manifest"
_FORMAT = "scverify-manifest"


def save_certificates(folder: Path, certificates: Mapping[str, Any], subject: Subject) -> None:
    """Write certificates (file name -> data) that answer a question about a subject, and the manifest of the folder; all or nothing.

    Files that an earlier answer to the same question left, and that are no longer among them, are removed. Raises InputError when the
    folder cannot be written, where it belongs to another subject, and where a file of the same name answers another question.
    """
    texts = {name: canonical(data) for name, data in certificates.items()}
    check_writable(folder, subject)
    with _directory(folder), _locked(folder):
        entries = read_manifest(folder)
        _check_owner(folder, entries, subject)
        for name in texts:
            if (folder / name).exists() and not _may_replace(folder / name, entries.get(name), certificates[name], subject):
                raise InputError(
                    f"save directory {str(folder)!r}, where {name} answers another question", "a directory of its own", "choose another one"
                )
        stale = [name for name, entry in entries.items() if entry["question"] == subject.question and name not in texts]
        kept = {name: entry for name, entry in entries.items() if name not in stale}
        kept |= {name: {**subject._asdict(), "sha256": _digest(text.encode())} for name, text in texts.items()}
        manifest = json.dumps({"format": _FORMAT, "files": kept}, indent=1, sort_keys=True, ensure_ascii=False)
        write_certificates(folder, {**texts, MANIFEST: manifest})
        for name in stale:
            (folder / name).unlink(missing_ok=True)


def _check_owner(folder: Path, entries: Mapping[str, dict[str, str]], subject: Subject) -> None:
    """Refuses a folder that holds the certificates of another subject."""
    if others := {entry["about"] for entry in entries.values()} - {subject.about}:
        raise InputError(
            f"save directory {str(folder)!r}, which belongs to {min(others)}", "one problem for a directory", "choose another directory"
        )


def _may_replace(file: Path, entry: dict[str, str] | None, certificate: Mapping[str, Any], subject: Subject) -> bool:
    """Whether a file is an earlier answer to the same question, or about the same problem."""
    if entry is not None and entry["question"] == subject.question:
        return True
    try:
        problem = json.loads(read_text(file))["claim"]["problem"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(problem == certificate["claim"].get("problem"))


def read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    """The files of a folder, what they answer, and their SHA-256; none where there is no manifest. InputError for a broken one."""
    file = folder / MANIFEST
    if not file.exists():
        return {}
    try:
        data = json.loads(read_text(file))
        entries: dict[str, dict[str, str]] = data["files"]
        if data["format"] != _FORMAT or not all(_is_entry(name, entry) for name, entry in entries.items()):
            raise ValueError("it is not a manifest of scverify")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"manifest {str(file)!r}: {plainly(error)}", "what an earlier run wrote", "remove it, or choose another directory"
        ) from error
    return entries


def _is_entry(name: str, entry: object) -> bool:
    """Whether a manifest may say this of a file: one of its own folder, as names with slashes could be anywhere."""
    fits = (
        isinstance(entry, dict) and set(entry) == {"about", "question", "sha256"} and all(isinstance(said, str) for said in entry.values())
    )
    return fits and name.endswith(".json") and name.isprintable() and not set(name) & {"/", "\\"}


def strangers(folder: Path, most: int = MOST_BYTES) -> dict[str, str]:
    """The files of a folder that do not agree with its manifest, and why; empty where all do, or where there is none.

    No more than `most` bytes of a file are read; what a longer one holds is not looked at.
    """
    entries = read_manifest(folder)
    if not entries:
        return {}
    found = {file.name for file in folder.glob("*.json")}
    wrong = dict.fromkeys(entries.keys() - found, "the manifest names it, and it is missing")
    wrong |= dict.fromkeys(found - entries.keys(), "the manifest does not name it")
    for name in found & entries.keys():
        if not _has_digest(folder / name, entries[name]["sha256"], most):
            wrong[name] = "it is not the file that the manifest names"
    return wrong


def _has_digest(file: Path, digest: str, most: int) -> bool:
    try:
        content = read_bytes(file, most)
    except OSError:
        return False
    return len(content) > most or _digest(content) == digest


def load(folder: str | Path) -> dict[str, Any]:
    """The certificates of a saved result by the names of their files, such as "optimum.json"; `verify` judges them.

    Raises InputError for a folder without certificates, for one whose files do not agree with its manifest, and for a file that is none.

    >>> optimum(Problem("supcon", (5, 4), temperature="1/2")).save("certificates")
    >>> sorted(load("certificates"))
    ['optimum.json', 'uniqueness.json']
    """
    path = as_directory(folder, "folder")
    files = sorted(path.glob("*.json")) if os.path.isdir(path) else []
    if not files:
        raise InputError(f"directory {str(path)!r} without a certificate", "a directory that `save` wrote", "give another path")
    if wrong := strangers(path):
        name, why = min(wrong.items())
        raise InputError(f"certificate {str(path / name)!r}: {why}", "the files that were saved together", "save them again")
    found = {}
    for file in files:
        try:
            found[file.name] = read(read_text(file))
        except (OSError, UnicodeDecodeError, Rejected) as error:
            raise InputError(f"certificate {str(file)!r}: {plainly(error)}", "a certificate file", "save it again") from error
    return found


def as_directory(given: Any, name: str) -> Path:
    """The path that an argument gives. Raises InputError for what is no path, and for an empty one, which would be the current one."""
    must_be(given, (str, os.PathLike), name, "the path of a directory")
    if given == "":
        raise InputError(f"{name} ''", "the path of a directory", "give '.' where the current one is meant")
    return Path(given)


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


def check_writable(folder: Path, subject: Subject | None = None) -> None:
    """Sees that certificates can be written to a directory; it is not created, since another command may write there at the same time.

    Raises InputError when the directory cannot be created or written, and where it belongs to another subject.
    """
    try:
        whole = Path(os.path.abspath(folder))
        tempfile.TemporaryFile(dir=next(directory for directory in (whole, *whole.parents) if _is_there(directory))).close()
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from error
    if subject is not None:
        _check_owner(folder, read_manifest(folder), subject)


def _is_there(directory: Path) -> bool:
    """Whether there is something of a name; raises OSError or ValueError for names that no directory can have."""
    try:
        directory.stat()
    except FileNotFoundError:
        return False
    return True


def _unwritable(folder: Path, error: Exception) -> InputError:
    return InputError(
        f"save directory {str(folder)!r} ({plainly(error)})", "a directory that can be created and written", "choose another one"
    )


def write_certificates(folder: Path, certificates: Mapping[str, str]) -> None:
    """Writes each certificate (file name -> text) under a temporary name, then renames all of them.

    Raises InputError when the directory cannot be created or written.
    """
    waiting: dict[Path, Path] = {}
    with _directory(folder):
        _clear_up(folder)
        try:
            for name, text in certificates.items():
                temporary = folder / f".{name}.{threading.get_ident()}.{os.getpid()}"
                waiting[temporary] = folder / name
                temporary.write_text(text, encoding="utf-8")
            for written, final in waiting.items():
                os.replace(written, final)
        finally:
            for left in waiting:
                left.unlink(missing_ok=True)


def _clear_up(folder: Path) -> None:
    """Remove what a process that was killed while it wrote has left: files .NAME.PROCESS whose process has ended."""
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
def _directory(folder: Path) -> Iterator[None]:
    """Creates a directory, and takes back what was new, as far as it is empty, where the work in it fails."""
    created: list[Path] = []
    try:
        created.extend(directory for directory in (folder, *folder.parents) if not directory.exists())
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException as error:
        for directory in created:
            with suppress(OSError):  # it is not empty, or gone
                directory.rmdir()
        if isinstance(error, OSError | ValueError):
            raise _unwritable(folder, error) from error
        raise
