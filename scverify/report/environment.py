"""What scverify finds around it: versions, solvers, licences, what is missing and how to get it."""

from __future__ import annotations

import platform
import re
import shlex
from dataclasses import dataclass
from importlib import metadata

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from scverify import __version__
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


@dataclass(frozen=True)
class Environment:
    """Everything that `scverify doctor` tells."""

    python: str
    scverify: str
    packages: tuple[Package, ...]
    solvers: tuple[Solver, ...]

    @property
    def missing(self) -> tuple[Package, ...]:
        """Packages without which scverify does not work."""
        return tuple(package for package in self.packages if package.version is None and package.extra is None)

    def to_json(self) -> dict[str, object]:
        """JSON object; what is absent, or could not be looked up, has no key."""
        solvers = [dict(vars(solver)) for solver in self.solvers]
        told: dict[str, object] = {"python": self.python, "scverify": self.scverify, "solvers": solvers}
        if self.packages:
            told["packages"] = [{key: value for key, value in vars(package).items() if value is not None} for package in self.packages]
            told["missing"] = [package.name for package in self.missing]
        return told


def probe() -> Environment:
    """Looks at the installed packages and solves a tiny problem with each conic solver."""
    solvers = tuple(Solver(*row) for row in solver_report())
    return Environment(platform.python_version(), __version__, _packages(), solvers)


def renderable(environment: Environment) -> Group:
    """The account for a rich console."""
    packages = _table("package", "wanted", "installed", "for")
    for package in environment.packages:
        found = "missing" if package.version is None else package.version
        packages.add_row(*map(Text, (package.name, package.wanted, found, package.extra or "always")))
    solvers = _table("solver", "usable", "detail")
    for solver in environment.solvers:
        solvers.add_row(*map(Text, (solver.name, "yes" if solver.available else "no", solver.detail)))
    heading = Text(f"scverify {environment.scverify} on Python {environment.python}", style="bold")
    tables = [packages, solvers] if environment.packages else [solvers]
    return Group(heading, *tables, *map(Text, _remedies(environment)))


def _remedies(environment: Environment) -> list[str]:
    if not environment.packages:
        return ["scverify runs from a source tree; to have its packages checked: pip install ."]
    wanted: dict[str | None, list[str]] = {}
    for package in environment.packages:
        if package.version is None:
            wanted.setdefault(package.extra, []).append(package.name + package.wanted)
    needed = [] if None in wanted else ["nothing that is always needed is missing"]
    return needed + [f"missing, {'needed' if extra is None else extra}: pip install {shlex.join(wanted[extra])}" for extra in wanted]


def _table(*header: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in header:
        table.add_column(Text(name), overflow="fold")
    return table


def _packages() -> tuple[Package, ...]:
    """The requirements of the installed distribution, or nothing where scverify is only a source tree."""
    try:
        requirements = metadata.requires("scverify") or []
    except metadata.PackageNotFoundError:
        requirements = []
    found = [_REQUIREMENT.fullmatch(requirement) for requirement in requirements]
    return tuple(Package(match["name"], match["range"], _version(match["name"]), match["extra"]) for match in found if match)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
