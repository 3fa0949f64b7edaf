"""What scverify finds around it: versions, solvers, licences, what is missing and how to get it."""

from __future__ import annotations

import platform
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata

from scverify import __version__
from scverify.results.base import Data, Result, known
from scverify.results.layout import Account, Table
from scverify.search.relaxation import solver_report

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?P<range>[^;]*?)\s*(?:;.*extra == ['\"](?P<extra>[\w-]+)['\"].*)?")


@dataclass(frozen=True)
class Package:
    """A requirement of scverify; `version` is None where it is not installed, `extra` None where it is always needed."""

    name: str
    wanted: str
    version: str | None
    extra: str | None


@dataclass(frozen=True)
class Solver:
    """A conic solver: whether a tiny problem could be solved with it, and its version or what stands in the way."""

    name: str
    available: bool
    detail: str


@dataclass(frozen=True, repr=False)
class Environment(Result):
    """Everything that `scverify doctor` looks at."""

    python: str
    scverify: str
    packages: tuple[Package, ...]
    solvers: tuple[Solver, ...]
    coq: str

    @property
    def missing(self) -> tuple[Package, ...]:
        """Packages without which scverify does not work."""
        return tuple(package for package in self.packages if package.version is None and package.extra is None)

    def headline(self) -> str:
        """The versions."""
        return f"scverify {self.scverify} on Python {self.python}"

    def account(self) -> Account:
        """Packages, solvers, Coq, and how to get what is missing."""
        packages = [(p.name, p.wanted, "missing" if p.version is None else p.version, p.extra or "always") for p in self.packages]
        solvers = [(solver.name, "yes" if solver.available else "no", solver.detail) for solver in self.solvers]
        header = ("package", "wanted", "installed", "for")
        tables = [Table(header=header, rows=packages, words=header)] if packages else []
        tables.append(Table(header=("solver", "usable", "detail"), rows=solvers, words=("solver", "usable", "detail")))
        return Account(heading=self.headline(), facts=[("Coq", self.coq)], tables=tables, notes=_remedies(self))

    def to_json(self) -> Data:
        """What is absent, or could not be looked up, has no key."""
        return known(
            python=self.python,
            scverify=self.scverify,
            coq=self.coq,
            solvers=[dict(vars(solver)) for solver in self.solvers],
            packages=[known(**vars(package)) for package in self.packages] or None,
            missing=[package.name for package in self.missing] if self.packages else None,
        )


def look_around() -> Environment:
    """Looks at the installed packages and solves a tiny problem with each conic solver."""
    solvers = tuple(Solver(*row) for row in solver_report())
    return Environment(python=platform.python_version(), scverify=__version__, packages=_packages(), solvers=solvers, coq=_coq())


def _remedies(environment: Environment) -> list[str]:
    if not environment.packages:
        return ["scverify runs from a source tree; to have its packages checked: pip install ."]
    wanted: dict[str | None, list[str]] = {}
    for package in environment.packages:
        if package.version is None:
            wanted.setdefault(package.extra, []).append(package.name + package.wanted)
    needed = [] if None in wanted else ["nothing that is always needed is missing"]
    return needed + [f"missing, {'needed' if extra is None else extra}: pip install {shlex.join(wanted[extra])}" for extra in wanted]


def _packages() -> tuple[Package, ...]:
    """The requirements of the installed distribution, or nothing where scverify is only a source tree."""
    try:
        requirements = metadata.requires("scverify") or []
    except metadata.PackageNotFoundError:
        requirements = []
    found = [_REQUIREMENT.fullmatch(requirement) for requirement in requirements]
    return tuple(Package(match["name"], match["range"], _version(match["name"]), match["extra"]) for match in found if match)


def _coq() -> str:
    """The version of coqc, which `export --coq` and `verify --coq` need."""
    program = shutil.which("coqc")
    if program is None:
        return "missing, needed for `verify --coq` alone: apt-get install coq"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.splitlines()[0] if done.stdout else f"{program} does not answer"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
