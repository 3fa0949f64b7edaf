"""Verify a certificate in a process of its own, so that a stranger's file cannot cost more time or memory than it may."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scverify.errors import InputError, must_be, plainly
from scverify.kernel.certificate import Word
from scverify.kernel.limits import Limits
from scverify.kernel.verify import Answer, verify_text
from scverify.kernel.words import printable
from scverify.processes import hold_to
from scverify.reading import read_bytes

if TYPE_CHECKING:
    from scverify.results.verification import Verification

# the kernel stops by itself at its limit, between rows; one long call into the library is stopped from outside after this many more seconds
GRACE = 2.0
# an interpreter with the libraries of the kernel maps about this much before it begins
BASE = 1 << 28
# a parsed certificate takes up to so many times the memory of its text
TEXT_SHARE = 16
# a year; less memory than a small certificate takes
MOST_SECONDS = 3e7
LEAST_BYTES, MOST_BYTES = 1 << 24, 1 << 60
# left by a command whose answer is one statement about all of a landscape: until they are finished it is not proved
_UNFINISHED = ("landscape.unfinished", "list.unfinished")


def verify(certificate: Any, limits: Limits | None = None) -> Verification:
    """The kernel's word on a certificate: VERIFIED, REJECTED, or UNDECIDED where its balls stay too wide or a limit is exceeded.

    certificate: the path of a file or of a directory that `save` wrote, a certificate in memory (a dict), several by name (what `load`
    gives), or a result that carries some. Several get one word, that of the weakest. limits: for each, of time and memory, by default
    600 s and 4 GiB. Raises InputError for anything else, for a path that cannot be read, and for limits of no sense.

    >>> bool(verify(optimum(Problem("supcon", (5, 4), temperature="1/2"))))
    True
    """
    from scverify.results.verification import Verification

    answer = _answer(certificate, checked(Limits() if limits is None else limits))
    return Verification(word=answer.word, reason=answer.reason, claim=answer.claim, type=answer.type)


def _answer(certificate: Any, limits: Limits) -> Answer:
    if isinstance(certificate, str | os.PathLike):
        path = Path(certificate)
        return in_one(verify_folder(path, limits)) if os.path.isdir(path) else verify_file(path, limits)
    held = getattr(certificate, "certificates", None) or getattr(certificate, "certificate", None) or certificate
    if not isinstance(held, dict) or not held:
        raise InputError(
            f"{type(certificate).__name__} without a certificate", "a path, a certificate or a certified result", "give one of them"
        )
    several = held if all(isinstance(name, str) and name.endswith(".json") for name in held) else {"": held}
    return in_one({name: _verify_data(data, limits) for name, data in several.items()})


def verify_folder(folder: Path, limits: Limits) -> dict[str, Answer]:
    """The answers on all certificates of a directory; what its manifest names and is missing or another file is rejected.

    A landscape or list that is not finished is UNDECIDED.
    """
    from scverify.results.files import strangers

    wrong = strangers(folder, limits.bytes // TEXT_SHARE)
    files = sorted({file.name for file in folder.glob("*.json")} | set(wrong))
    unfinished = [name for name in _UNFINISHED if (folder / name).exists()]
    if not files and not unfinished:
        raise InputError(f"directory {str(folder)!r} without a certificate", "a directory with *.json files", "give another path")
    answers = {name: Answer("REJECTED", wrong[name], "") if name in wrong else _verify_read(folder / name, limits) for name in files}
    reason = "it is not finished; the command that began it goes on with it"
    return answers | {name: Answer("UNDECIDED", reason, "") for name in unfinished}


def in_one(answers: Mapping[str, Answer]) -> Answer:
    """One answer for several by name: the weakest word and its reasons, and all the claims, one per line."""
    if len(answers) == 1:
        return next(iter(answers.values()))
    word = overall_word(answers.values())
    reasons = dict.fromkeys(
        answer.reason if word == "VERIFIED" else f"{printable(name)}: {answer.reason}"
        for name, answer in answers.items()
        if answer.word == word
    )
    return Answer(word, "; ".join(reasons), "\n".join(answer.claim for answer in answers.values() if answer.claim))


def overall_word(answers: Iterable[Answer]) -> Word:
    """REJECTED where one is, else UNDECIDED where one is, else VERIFIED."""
    words = {answer.word for answer in answers}
    order: tuple[Word, ...] = ("REJECTED", "UNDECIDED", "VERIFIED")
    return next(word for word in order if word in words)


def _verify_read(file: Path, limits: Limits) -> Answer:
    """`verify_file`; a file of a directory that cannot be read is rejected."""
    try:
        return verify_file(file, limits)
    except InputError as error:
        return Answer("REJECTED", str(error), "")


def _verify_data(data: Any, limits: Limits) -> Answer:
    try:
        return _in_a_child(json.dumps(data, allow_nan=False).encode("ascii"), limits)
    except (TypeError, ValueError, RecursionError) as error:
        return Answer("REJECTED", f"not a JSON document: {error}", "")


def checked(limits: Limits) -> Limits:
    """The limits themselves; InputError where they make no sense."""
    must_be(limits, Limits, "limits", "Limits(seconds=600, bytes=2**32)")
    must_be(limits.seconds, (int, float), "limit of time", "a number of seconds")
    must_be(limits.bytes, int, "limit of memory", "a number of bytes")
    if not (0 <= limits.seconds <= MOST_SECONDS and LEAST_BYTES <= limits.bytes <= MOST_BYTES):
        raise InputError(
            f"limits of {limits.seconds} s and {limits.bytes} bytes",
            f"0 to {MOST_SECONDS:g} s and {LEAST_BYTES} to {MOST_BYTES} bytes",
            "correct them (--limit SECONDS, --memory GIB)",
        )
    return limits


def verify_file(path: Path, limits: Limits) -> Answer:
    """`verify` of a file, of which no more is read than fits; InputError where it cannot be read."""
    checked(limits)
    most = limits.bytes // TEXT_SHARE
    try:
        text = read_bytes(path, most, b"{")
    except OSError as error:
        raise InputError(f"certificate {str(path)!r}: {plainly(error)}", "a file that can be read", "give another path") from error
    if len(text) > most:
        return Answer("UNDECIDED", f"the file is longer than {most / 2**20:.3g} MiB, a sixteenth of the limit of memory", "")
    return _in_a_child(text, limits)


def _in_a_child(text: bytes, limits: Limits) -> Answer:
    """The answer of a fresh interpreter, which the system stops at the limits."""
    package = str(Path(__file__).resolve().parents[1])
    code = f"import sys; sys.path.insert(0, {package!r}); from scverify.verification import answer_in_child; answer_in_child()"
    command = [sys.executable, "-P", "-c", code, str(limits.seconds), str(limits.bytes)]
    # one thread: others would only map memory
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=limits.seconds + GRACE, env=environment)
    except subprocess.TimeoutExpired:
        return Answer("UNDECIDED", f"the check was stopped: it takes longer than the limit of {limits.seconds:g} s", "")
    try:
        return Answer(**json.loads(done.stdout))
    except (ValueError, TypeError):
        return Answer("UNDECIDED", _died(done.returncode, limits), "")


def _died(code: int, limits: Limits) -> str:
    if code == -getattr(signal, "SIGXCPU", 0):
        return f"the check was stopped: it takes longer than the limit of {limits.seconds:g} s"
    memory = f"more memory than the limit of {limits.bytes / 2**30:.3g} GiB"
    return f"the check ended without an answer (code {code}): most likely it needs {memory}"


def answer_in_child() -> None:
    """Read a certificate from stdin and write the answer to stdout, under the limits of the command line."""
    limits = Limits(float(sys.argv[1]), int(sys.argv[2]))
    hold_to(limits.seconds + GRACE, limits.bytes + BASE)
    text = sys.stdin.buffer.read()
    try:
        answer = verify_text(text.decode("utf-8"), limits)
    except UnicodeDecodeError as error:
        answer = Answer("REJECTED", f"not a text: {error.reason}", "")
    sys.stdout.write(json.dumps(answer.__dict__))
