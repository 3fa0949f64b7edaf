"""Coq as the judge: a certificate as a Coq file that holds data only, and coqc's word on such a file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from scverify.certify.coq import CoqCertificate
from scverify.errors import InputError, MissingTool

FILE = "Certificate.v"
LIBRARY = ("Sums", "Rows", "Loss", "Reduction", "Exponential", "Checker")
COUNTS = ("halvings", "half_terms")
REALS = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
_HEAD = """From Coq Require Import ZArith List.
From Scverify Require Import Checker.
Import ListNotations.
Open Scope Z_scope.

Definition data : certificate := {|
"""
_TAIL = """
|}.

Theorem optimum : optimum_between data.
Proof. apply check_sound. vm_cast_no_check (eq_refl true). Qed.

Print Assumptions optimum.
"""
_FIELD = re.compile(r"^  (\w+) := ([-0-9\[\]; ]*[0-9\]])(?:%nat)?;?$", re.MULTILINE)


@dataclass(frozen=True)
class Judgement:
    """Coq's word on a directory, the claim in words, and why it was rejected."""

    word: Literal["VERIFIED", "REJECTED"]
    claim: str
    reason: str


def coq_text(certificate: CoqCertificate) -> str:
    """The Coq file of a certificate: its data, and one application of the soundness theorem."""
    lines = []
    for field in fields(certificate):
        suffix = "%nat" if field.name in COUNTS else ""
        lines.append(f"  {field.name} := {_notation(getattr(certificate, field.name))}{suffix}")
    return _HEAD + ";\n".join(lines) + _TAIL


def read_coq(text: str) -> CoqCertificate | None:
    """The certificate of a file that `coq_text` wrote; None for any other text, so that coqc runs no code but data.

    None, too, where the data make no claim that can be told: a denominator of 0, no class, a list for a number.
    """
    try:
        values = {name: json.loads(value.replace(";", ",")) for name, value in _FIELD.findall(text)}
        certificate = CoqCertificate(**values)
        return certificate if coq_text(certificate) == text and certificate.claim else None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None


def write_coq(directory: Path, certificate: CoqCertificate) -> Path:
    """Write the file into the directory, which is made; raises InputError where that fails."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / FILE
        file.write_text(coq_text(certificate), encoding="utf-8")
    except OSError as error:
        raise InputError(f"directory {str(directory)!r} ({error.strerror})", "a directory to write to", "give another --out") from error
    return file


def judge(directory: Path) -> Judgement:
    """Compile the library and the directory's Certificate.v with coqc; raises MissingTool without coqc, InputError without the file."""
    try:
        text = (directory / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"no readable {FILE} in {str(directory)!r}", "a directory of `scverify export --coq`", "export first") from error
    certificate = read_coq(text)
    if certificate is None:
        return Judgement("REJECTED", "", f"{FILE} is not a file that `scverify export --coq` writes")
    with tempfile.TemporaryDirectory() as place:
        build = Path(place)
        compile_library(build)
        (build / FILE).write_text(text, encoding="utf-8")
        run = coqc(build, FILE)
    if run.returncode != 0:
        return Judgement("REJECTED", certificate.claim, " ".join(run.stderr.split())[-300:])
    foreign = assumptions(run.stdout) - REALS
    if foreign or "Axioms:" not in run.stdout:
        return Judgement("REJECTED", certificate.claim, f"the proof rests on {', '.join(sorted(foreign)) or 'unknown axioms'}")
    return Judgement("VERIFIED", certificate.claim, "")


def compile_library(build: Path, names: tuple[str, ...] = LIBRARY) -> None:
    """Copy the library's sources and compile them in place; raises MissingTool."""
    for name in names:
        shutil.copy(library() / f"{name}.v", build)
        run = coqc(build, f"{name}.v")
        if run.returncode != 0:
            raise MissingTool(f"this coqc does not compile {name}.v of proofs/coq; allowed: Coq 8.16: {_line(run.stderr)}")


def library() -> Path:
    """The folder of the library's sources: in the package where it was installed, else beside it."""
    package = Path(__file__).parent.parent
    for folder in (package / "coq", package.parent / "proofs" / "coq"):
        if (folder / "Checker.v").is_file():
            return folder
    raise MissingTool("the Coq library is not installed; allowed: a checkout or a wheel with proofs/coq; reinstall scverify")


def coqc(build: Path, file: str) -> subprocess.CompletedProcess[str]:
    """Run coqc on a file of the folder."""
    program = shutil.which("coqc")
    if program is None:
        raise MissingTool("no coqc on the PATH; allowed: Coq 8.16 or later; apt-get install -y coq")
    return subprocess.run([program, "-q", "-Q", ".", "Scverify", file], cwd=build, capture_output=True, text=True, check=False)


def assumptions(printed: str) -> set[str]:
    """The names of the axioms in the output of Print Assumptions."""
    return set(re.findall(r"^([A-Za-z_][\w.']*)(?=\s*$|\s+:)", printed.replace("Axioms:", ""), re.MULTILINE))


def _notation(value: Any) -> str:
    return "[" + "; ".join(map(_notation, value)) + "]" if isinstance(value, list) else str(value)


def _line(text: str) -> str:
    return " ".join(text.split())[-200:]
