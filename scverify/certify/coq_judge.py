"""Coq as the judge: a certificate as a Coq file that holds data only, and coqc's word on such a file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

from scverify.certify.claims import Data
from scverify.certify.coq import CoqCertificate
from scverify.certify.coq_nodes import NodeCertificate, states
from scverify.errors import InputError, MissingTool
from scverify.kernel.certificate import Rejected, canonical, read
from scverify.kernel.limits import Exceeded, Limits, limited
from scverify.processes import held

FILE, PROBLEM = "Certificate.v", "problem.json"
# data take many times the memory of their text, here and in coqc
TEXT_SHARE = 64
COUNTS = ("nodes", "halvings", "half_terms")
REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
_TEXT = """From Coq Require Import ZArith List.
From Scverify Require Import {module}.
Import ListNotations.
Open Scope Z_scope.

Definition data : {record} := {{|
{fields}
|}}.

Theorem optimum : {statement} data.
Proof. apply {theorem}. vm_cast_no_check (eq_refl true). Qed.

Print Assumptions optimum.
"""


class Format(NamedTuple):
    """The files of the library that a kind of certificate needs, the last with its theorem; and the names there."""

    library: tuple[str, ...]
    record: str
    statement: str
    theorem: str


CLASSES = Format(
    library=("Sums", "Rows", "Loss", "Reduction", "Exponential", "Checker"),
    record="certificate",
    statement="optimum_between",
    theorem="check_sound",
)
NODES = Format(
    library=(*CLASSES.library, "Convexity", "Nodes"), record="node_certificate", statement="nodes_between", theorem="check_nodes_sound"
)
Exported = CoqCertificate | NodeCertificate
_FIELD = re.compile(r"^  (\w+) := ([-0-9\[\]; ]*[0-9\]])(?:%nat)?;?$", re.MULTILINE)


@dataclass(frozen=True)
class Judgement:
    """Coq's word on a directory, the claim in words, and why it is not verified."""

    word: Literal["VERIFIED", "REJECTED", "UNDECIDED"]
    claim: str
    reason: str


class Allowed(NamedTuple):
    """What coqc may take: until when on the monotonic clock, and bytes of memory."""

    until: float
    bytes: int


def coq_text(certificate: Exported) -> str:
    """The Coq file of a certificate: its data, and one application of the soundness theorem."""
    lines, of = [], _format(certificate)
    for field in _told(type(certificate)):
        suffix = "%nat" if field in COUNTS else ""
        lines.append(f"  {field} := {_notation(getattr(certificate, field))}{suffix}")
    return _TEXT.format(module=of.library[-1], record=of.record, fields=";\n".join(lines), statement=of.statement, theorem=of.theorem)


def _format(certificate: Exported) -> Format:
    return NODES if isinstance(certificate, NodeCertificate) else CLASSES


def _told(kind: type[Exported]) -> list[str]:
    """The fields that stand in the Coq file."""
    return [field.name for field in fields(kind) if not field.metadata.get("beside")]


def read_coq(text: str, problem: Data | None = None) -> Exported | None:
    """The certificate of a file that `coq_text` wrote; None for any other text, so that coqc runs no code but data.

    problem: that of a loss on nodes, which stands beside the file. None, too, where the data make no claim that can be stated (a
    denominator of 0, no class, a list for a number) or are not those of the problem.
    """
    try:
        values = {name: json.loads(value.replace(";", ",")) for name, value in _FIELD.findall(text)}
        certificate = CoqCertificate(**values) if problem is None else NodeCertificate(**values, problem=problem)
        # in a given dimension Coq judges nothing: its points have as many entries as they need
        if (
            coq_text(certificate) != text
            or (problem is not None and "dim" in problem)
            or (isinstance(certificate, NodeCertificate) and not states(certificate))
        ):
            return None
        return certificate if certificate.claim else None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, Rejected, InputError):
        return None


def write_coq(directory: Path, certificate: Exported) -> Path:
    """Write the file, and the problem of a loss on nodes, into the directory, which is made; raises InputError where that fails."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / FILE
        file.write_text(coq_text(certificate), encoding="utf-8")
        (directory / PROBLEM).unlink(missing_ok=True)
        if isinstance(certificate, NodeCertificate):
            (directory / PROBLEM).write_text(canonical(certificate.problem), encoding="utf-8")
    except OSError as error:
        raise InputError(f"directory {str(directory)!r} ({error.strerror})", "a directory to write to", "give another --out") from error
    return file


def judge(directory: Path, limits: Limits | None = None) -> Judgement:
    """Compile the library and the directory's Certificate.v with coqc; raises MissingTool without coqc, InputError without the file.

    limits: of the time of all runs of coqc together and of the memory of each, by default 600 s and 4 GiB; UNDECIDED beyond.
    """
    limits = limits or Limits()
    text, problem = _read(directory / FILE, limits), None
    on_nodes = (directory / PROBLEM).is_file()
    beside = _read(directory / PROBLEM, limits) if on_nodes else ""
    if text is None or beside is None:
        return Judgement("UNDECIDED", "", f"{FILE} or {PROBLEM} is longer than a {TEXT_SHARE}th of the limit of memory")
    try:
        problem = read(beside) if on_nodes else None
    except Rejected as refusal:
        return Judgement("REJECTED", "", f"{PROBLEM} is no problem: {refusal}")
    try:
        with limited(limits):
            certificate = read_coq(text, problem)
    except Exceeded as cost:
        return Judgement("UNDECIDED", "", str(cost))
    if certificate is None:
        return Judgement("REJECTED", "", f"{FILE} is not a file that `scverify export --coq` writes" + f" for {PROBLEM}" * on_nodes)
    allowed = Allowed(until=time.monotonic() + limits.seconds, bytes=limits.bytes)
    try:
        with tempfile.TemporaryDirectory() as place:
            build = Path(place)
            compile_library(build, _format(certificate).library, allowed)
            (build / FILE).write_text(text, encoding="utf-8")
            run = coqc(build, FILE, allowed)
    except Exceeded as cost:
        return Judgement("UNDECIDED", certificate.claim, str(cost))
    if run.returncode != 0:
        return Judgement("REJECTED", certificate.claim, " ".join(run.stderr.split())[-300:])
    foreign = assumptions(run.stdout) - REALS
    if foreign or "Axioms:" not in run.stdout:
        return Judgement("REJECTED", certificate.claim, f"the proof rests on {', '.join(sorted(foreign)) or 'unknown axioms'}")
    return Judgement("VERIFIED", certificate.claim, "")


def _read(file: Path, limits: Limits) -> str | None:
    """The text of a file; None where it is too long to be read within the limits."""
    most = limits.bytes // TEXT_SHARE
    try:
        with file.open("rb") as opened:
            data = opened.read(most + 1)
        return None if len(data) > most else data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"no readable {FILE} in {str(file.parent)!r}", "a directory of `scverify export --coq`", "export first") from error


def compile_library(build: Path, names: tuple[str, ...] = CLASSES.library, allowed: Allowed | None = None) -> None:
    """Copy the library's sources and compile them in place; raises MissingTool."""
    for name in names:
        shutil.copy(library() / f"{name}.v", build)
        run = coqc(build, f"{name}.v", allowed)
        if run.returncode != 0:
            raise MissingTool(f"this coqc does not compile {name}.v of proofs/coq; allowed: Coq 8.16: {_line(run.stderr)}")


def library() -> Path:
    """The folder of the library's sources: in the package where it was installed, else beside it."""
    package = Path(__file__).parent.parent
    for folder in (package / "proofs" / "coq", package.parent / "proofs" / "coq"):
        if (folder / "Checker.v").is_file():
            return folder
    raise MissingTool("the Coq library is not installed; allowed: a checkout or a wheel with proofs/coq; reinstall scverify")


def coqc(build: Path, file: str, allowed: Allowed | None = None) -> subprocess.CompletedProcess[str]:
    """Run coqc on a file of the folder; Exceeded where it needs more than it is allowed."""
    program = shutil.which("coqc")
    if program is None:
        raise MissingTool("no coqc on the PATH; allowed: Coq 8.16 or later; apt-get install -y coq")
    command = [program, "-q", "-Q", ".", "Scverify", file]
    if allowed is None:
        return subprocess.run(command, cwd=build, capture_output=True, text=True, check=False)
    left = max(0.0, allowed.until - time.monotonic())
    line = held(command, left, allowed.bytes)
    try:
        run = subprocess.run(line, cwd=build, capture_output=True, text=True, check=False, timeout=left)
    except subprocess.TimeoutExpired as late:
        raise Exceeded("Coq takes longer than the limit of time") from late
    # coqc has no exit code of its own for this: it reports it as an error, or is ended by a signal
    if run.returncode not in (0, 1) or "out of memory" in run.stderr.lower():
        raise Exceeded(f"Coq needs more than the limits of time or of {allowed.bytes / 2**30:.3g} GiB of memory (code {run.returncode})")
    return run


def assumptions(printed: str) -> set[str]:
    """The names of the axioms in the output of Print Assumptions."""
    return set(re.findall(r"^([A-Za-z_][\w.']*)(?=\s*$|\s+:)", printed.replace("Axioms:", ""), re.MULTILINE))


def _notation(value: Any) -> str:
    return "[" + "; ".join(map(_notation, value)) + "]" if isinstance(value, list) else str(value)


def _line(text: str) -> str:
    return " ".join(text.split())[-200:]
