"""The house plan of the package: who may import whom, what the kernel may trust, and what `import scverify` may cost."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import scverify

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "scverify"
FILES = sorted(PACKAGE.rglob("*.py"))
KERNEL_FILES = sorted((PACKAGE / "kernel").rglob("*.py"))

ORDER = (
    "errors",
    "processes",
    "reading",
    "kernel",
    "symbolic",
    "model",
    "results",
    "search",
    "certify",
    "routes",
    "crosscheck",
    "audit",
    "sweep",
    "conjecture",
    "report",
    "verification",
    "cli",
    "pytest_plugin",
)
LAYER = {name: place for place, name in enumerate(ORDER)}
# these stand beside each other: neither may import the other
BESIDE = ({"crosscheck", "audit", "sweep"}, {"cli", "pytest_plugin"})
# Anyone may read the kernel's data types; its checkers are called by makers and by thin callers.
CALLERS_OF_CHECKERS = {"certify", "routes", "audit", "cli", "kernel", "verification", "__init__"}
READERS = {
    f"scverify.kernel.{name}"
    for name in (
        "certificate",
        "formula",
        "limits",
        "problem",
        "level",
        "samples",
        "optimum.terms",
        "points.nodes",
        "units.fixed",
        "units.level",
        "units.nodes",
        "units.problem",
        "units.written",
    )
}
HEAVY = {"sympy", "cvxpy", "scipy", "matplotlib", "mosek", "hypothesis", "numpy", "flint", "rich", "mpmath"}
TOP_LEVEL = {
    *("pyproject.toml", "tox.ini", "scverify", "proofs", "tests", "docs"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE"),
}


def imports(node: ast.AST, package: str) -> Iterator[str]:
    """Every absolute module that a syntax tree imports when it runs, wherever the import stands."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            yield from (found for branch in child.orelse for found in imports(ast.Module([branch], []), package))
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            parents = package.split(".")[: 1 - child.level or None] if child.level else []
            base = ".".join([*parents, *([child.module] if child.module else [])])
            yield from (f"{base}.{alias.name}" if base == "scverify" else base for alias in child.names)
        else:
            yield from imports(child, package)


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def imports_of(file: Path) -> list[str]:
    package = ".".join(file.parent.relative_to(ROOT).parts)
    return list(imports(tree_of(file), package))


def room(module: str) -> str:
    return module.split(".")[1]


def may_import(importer: str, module: str) -> bool:
    """Whether a room of scverify may import a module of scverify."""
    target = room(module)
    if importer == "__init__" or target in (importer, "__version__"):
        return True
    if target == "kernel":
        return importer in CALLERS_OF_CHECKERS or module in READERS
    if importer == "kernel":
        return False
    return LAYER[target] < LAYER[importer] and not any({importer, target} <= beside for beside in BESIDE)


def ours(module: str) -> bool:
    return module.startswith("scverify.") and module != "scverify.__version__"


def third_party_after(statement: str) -> set[str]:
    """Top-level modules outside the standard library that a fresh interpreter holds after a statement and did not hold before."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; "
        "print(*(name for name, module in sys.modules.items() if name not in before and getattr(module, '__spec__', None)))"
    )
    out = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    return {name.split(".")[0] for name in out.split()} - sys.stdlib_module_names - {"scverify"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_one_way(file):
    importer = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    ours = [module for module in imports_of(file) if module.split(".")[0] == "scverify"]
    assert [module for module in ours if not may_import(importer, module)] == []


def test_the_direction_rule_refuses_what_it_should():
    assert may_import("certify", "scverify.search.rank_one")
    assert not may_import("search", "scverify.certify.refine")
    assert not may_import("certify", "scverify.crosscheck")
    assert not may_import("model", "scverify.kernel.balls")
    assert may_import("model", "scverify.kernel.level")
    assert not may_import("report", "scverify.kernel.verify")
    assert not may_import("kernel", "scverify.errors")
    assert not may_import("results", "scverify.certify.optimum")
    assert may_import("certify", "scverify.results.optimum")


def test_no_rooms_import_each_other_in_a_circle():
    edges = {
        (file.relative_to(PACKAGE).parts[0].removesuffix(".py"), room(module))
        for file in FILES
        for module in imports_of(file)
        if ours(module)
    }
    graph: dict[str, set[str]] = {}
    for importer, target in edges:
        if importer != target and "__init__" not in (importer, target):
            graph.setdefault(importer, set()).add(target)
    order = TopologicalSorter(graph)
    order.prepare()  # raises CycleError


def test_what_only_a_type_checker_reads_is_no_import():
    source = "if TYPE_CHECKING:\n    import scverify.model\nelse:\n    import scverify.search"
    assert list(imports(ast.parse(source), "scverify.symbolic")) == ["scverify.search"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    if 1:\n        from scverify import sweep", "scverify.sweep"),
        ("from .balls import solve", "scverify.kernel.balls"),
        ("from ..errors import InputError", "scverify.errors"),
        ("from .. import errors", "scverify.errors"),
        ("import scverify.search.rank_one as r", "scverify.search.rank_one"),
    ],
)
def test_no_spelling_of_an_import_is_missed(source, found):
    assert list(imports(ast.parse(source), "scverify.kernel")) == [found]


@pytest.mark.parametrize("file", KERNEL_FILES, ids=lambda file: str(file.relative_to(PACKAGE / "kernel")))
def test_the_kernel_trusts_python_flint_and_the_standard_library_alone(file):
    arrays = {name: {"numpy"} for name in ("intervals.py", "hints.py", "direction_hints.py", "floats.py")}
    compiled = {"compiled.py": {"numpy"}, "compiled_intervals.py": {"numba"}}
    allowed = {*sys.stdlib_module_names, "flint", "scverify"} | (arrays | compiled).get(file.name, set())
    assert {module.split(".")[0] for module in imports_of(file)} <= allowed - {"importlib", "pickle", "runpy", "subprocess"}
    names = {node.id for node in ast.walk(tree_of(file)) if isinstance(node, ast.Name)}
    assert not names & {"__import__", "eval", "exec", "compile"}


def test_the_door_of_the_kernel_loads_no_other_third_party_code():
    assert third_party_after("import scverify.kernel.verify") == {"flint"}


@pytest.mark.parametrize("module", ["scverify", "scverify.cli"])
def test_importing_the_package_loads_nothing_heavy(module):
    loaded = third_party_after(f"import {module}")
    assert not loaded & HEAVY
    assert loaded <= {"click"}


@pytest.mark.parametrize("loss", ["supcon", "supcon_in", "spectral", "clip"])
def test_a_named_loss_runs_without_what_only_others_need(loss):
    given = ["--pairs", "3"] if loss == "clip" else ["--sizes", "3,2,2"]
    command = ["optimum", *given, "--loss", loss, "--tau", "1/2", "--json"]
    quiet = "out = contextlib.redirect_stdout(io.StringIO()); out.__enter__()"
    run = f"scverify.cli.main({command}, standalone_mode=False); out.__exit__(None, None, None)"
    loaded = third_party_after(f"import contextlib, io, scverify.cli; {quiet}; {run}")
    assert not loaded & {"sympy", "mpmath", "cvxpy", "mosek", "hypothesis", "matplotlib", "pytest"}
    assert "numpy" in loaded
    assert loss not in ("supcon",) or "scipy" not in loaded


def test_every_public_name_is_there_and_is_declared_to_type_checkers():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    [guarded] = [node for node in tree.body if isinstance(node, ast.If)]
    declared = sorted(alias.asname or alias.name for node in guarded.body for alias in node.names)
    assert declared == sorted(scverify.__all__) == sorted(dir(scverify))
    for name in scverify.__all__:
        value = getattr(scverify, name)
        assert (value.__name__ if isinstance(value, ModuleType) else value.__module__).startswith("scverify.")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        scverify.__getattr__("nonsense")


def test_a_public_name_survives_the_import_of_the_module_of_the_same_name():
    code = "import scverify.crosscheck, scverify; print(callable(scverify.crosscheck))"
    assert subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"


def test_the_top_level_holds_what_the_house_plan_names():
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")}
    assert found - TOP_LEVEL == set()
    assert TOP_LEVEL - {"proofs"} <= found
    assert (PACKAGE / "py.typed").is_file()


@cache
def names_of(module: str) -> set[str]:
    """What a module of the package binds at its top level, and the modules in it where it is a folder."""
    path = ROOT.joinpath(*module.split("."))
    names = {entry.stem for entry in path.iterdir()} if path.is_dir() else set()
    names |= {*scverify.__all__, "__version__"} if module == "scverify" else set()
    for node in ast.walk(tree_of(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def test_what_proofs_and_tests_import_of_the_package_is_there():
    """A name that was moved is found here in a second, not only where a proof or a test of its own is run."""
    missing = set()
    for file in (*(ROOT / "proofs").rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "scverify":
                names = names_of(node.module)
                missing |= {f"{file.name}: {node.module}.{alias.name}" for alias in node.names if alias.name not in names}
    assert missing == set()
