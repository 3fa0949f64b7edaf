"""Verify a certificate in a process of its own, so that a stranger's file cannot cost more time or memory than it may."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from scverify.errors import InputError
from scverify.kernel.limits import Limits
from scverify.kernel.verify import Answer, verify_text
from scverify.processes import hold_to

# the kernel stops by itself at its limit, between rows; one long call into the library is stopped from outside after so many more seconds
GRACE = 2.0
# an interpreter with the libraries of the kernel maps about this much before it begins
BASE = 1 << 28
# a year; less memory than a small certificate takes
MOST_SECONDS = 3e7
LEAST_BYTES = 1 << 24


def verify(certificate: Any, limits: Limits | None = None) -> Answer:
    """The kernel's word on a certificate: VERIFIED, REJECTED, or UNDECIDED where its balls stay too wide or a limit is exceeded.

    certificate: a path (of a file), a certificate in memory (a dict), or a result that carries one. limits: of time and memory, by
    default 600 s and 4 GiB. Raises InputError for anything else, for a path that cannot be read, and for limits of no sense.
    """
    limits = checked(limits or Limits())
    if isinstance(certificate, str | os.PathLike):
        return verify_file(Path(certificate), limits)
    data = certificate if isinstance(certificate, dict) else getattr(certificate, "certificate", None)
    if not isinstance(data, dict):
        raise InputError(
            f"{type(certificate).__name__} without a certificate", "a path, a certificate or a certified result", "give one of them"
        )
    try:
        return _in_a_child(json.dumps(data, allow_nan=False).encode("ascii"), limits)
    except (TypeError, ValueError, RecursionError) as error:
        return Answer("REJECTED", f"not a JSON document: {error}", "")


def checked(limits: Limits) -> Limits:
    """The limits themselves; InputError where they make no sense."""
    if not (0 <= limits.seconds <= MOST_SECONDS and limits.bytes >= LEAST_BYTES):
        raise InputError(
            f"limits of {limits.seconds:g} s and {limits.bytes:g} bytes",
            f"0 to {MOST_SECONDS:g} s and at least {LEAST_BYTES} bytes",
            "correct them (--limit SECONDS, --memory GIB)",
        )
    return limits


def verify_file(path: Path, limits: Limits) -> Answer:
    """`verify` of a file, of which no more is read than fits; InputError where it cannot be read."""
    checked(limits)
    # a parsed certificate takes up to sixteen times its text
    most = limits.bytes // 16
    try:
        with path.open("rb") as file:
            start = file.read(1 << 12)
            text = start + file.read(most - len(start) + 1) if start.lstrip()[:1] == b"{" else start
    except OSError as error:
        raise InputError(f"certificate {str(path)!r}: {error.strerror}", "a file that can be read", "give another path") from error
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
