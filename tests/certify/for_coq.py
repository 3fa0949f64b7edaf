"""Optima as the tests of the second judge use them, its library compiled once, and its checkers asked about many files at once."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from functools import cache

from scverify.certify import coq_judge
from scverify.certify.coq_judge import compile_library, coq_text, coqc
from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.model import named as losses
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import load_loss, supcon


def certified(sizes, tau, loss=supcon, **options):
    """The certificate of an optimum."""
    return optimum(Problem(loss, Classes(sizes), temperature=tau, **options)).certificate


def files() -> tuple[str, ...]:
    """The library's files in the order in which they compile."""
    lines = (coq_judge.library() / "_CoqProject").read_text(encoding="utf-8").split()
    return tuple(line.removesuffix(".v") for line in lines if line.endswith(".v"))


def compiled(config, build, names):
    """A folder with these files of the library, each compiled again only where a source or coqc has changed since the last run.

    Of several workers that need a file one compiles it, and the others wait for that file alone.
    """
    sources = [(coq_judge.library() / f"{name}.v").read_bytes() for name in files()]
    version = subprocess.run(["coqc", "--version"], capture_output=True, check=True).stdout
    key = hashlib.sha256(b"\0".join([version, *sources])).hexdigest()[:16]
    remembered = getattr(config, "cache", None)
    kept = remembered.mkdir(f"coq-{key}") if remembered else build
    for name in names:
        done, here = kept / f"{name}.vo", build / f"{name}.vo"
        with (kept / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                compile_library(build, (name,))
                if here != done:
                    shutil.copy(here, kept / f"{name}.part")
                    (kept / f"{name}.part").rename(done)
        if not here.exists():
            shutil.copy(done, here)
    return build


UNITS = {
    "clip": lambda: UnitProblem(losses.clip(pairs=2), temperature="1/2"),
    "clip on a ball": lambda: UnitProblem(losses.clip(pairs=2), temperature="1/2", constraint=Ball("3/2")),
    "siglip": lambda: UnitProblem(losses.siglip(pairs=2, bias=-1), temperature="1/2"),
    "cross_entropy": lambda: UnitProblem(losses.cross_entropy(sizes=(2, 1)), temperature=1, constraint=Ridge("1/10")),
    "ntxent": lambda: UnitProblem(losses.ntxent(images=2), temperature="1/2", reduction="mean"),
}
CLASSES = {
    "supcon under a ridge": lambda: Problem(supcon, Classes([2, 2]), temperature="1/2", constraint=Ridge("1/10")),
    "decoupled": lambda: Problem(load_loss("decoupled"), Classes([2, 2]), temperature="1/2"),
}


@cache
def on_nodes(name):
    """The certificate of a small optimum whose loss is written out on nodes."""
    return unit_optimum(UNITS[name]()).certificate if name in UNITS else optimum(CLASSES[name]()).certificate


def words(library, certificates, check):
    """What a checker of the library evaluates to on each certificate, in one run of coqc."""
    head = coq_text(certificates[0]).split("Definition data")[0]
    data = [coq_text(c)[len(head) :].split("Theorem")[0].replace("data", f"data{i}", 1) for i, c in enumerate(certificates)]
    listed = "; ".join(f"data{i}" for i in range(len(certificates)))
    (library / "Asked.v").write_text(f"{head}{''.join(data)}Eval vm_compute in map {check} [{listed}].\n", encoding="utf-8")
    run = coqc(library, "Asked.v")
    assert run.returncode == 0, run.stderr
    return [word.strip(" []\n") for word in run.stdout.split("=")[1].split(":")[0].split(";")]


def proved(library, certificates):
    """Whether coqc accepts the theorem of every certificate, in one run. What the theorems rest on is not printed: that takes longer."""
    head = coq_text(certificates[0]).split("Definition data")[0]
    bodies = [coq_text(c)[len(head) :].partition("Print")[0] for c in certificates]
    numbered = (re.sub(r"\b(data|optimum)\b", rf"\g<1>{i}", body) for i, body in enumerate(bodies))
    (library / "Certificates.v").write_text(head + "".join(numbered), encoding="utf-8")
    return coqc(library, "Certificates.v").returncode == 0


def edited(table, row, column, by):
    """A copy of a table with one entry changed."""
    copy = [list(entries) for entries in table]
    copy[row][column] += by
    return copy
