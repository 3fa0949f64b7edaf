"""Python files of a user that hold conjectures, executed as modules of their own."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from scverify.errors import InputError
from scverify.symbolic.modules import execute


def load_module(path: Path) -> ModuleType:
    """Execute a file. Raises InputError where it is missing, is no Python file, or raises."""
    spec = spec_from_file_location(f"scverify_conjectures_{path.stem}", path) if path.suffix == ".py" else None
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"conjecture file {path}", "an existing Python file (.py)", "check the path")
    module = module_from_spec(spec)
    try:
        execute(spec, module)
    except Exception as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise InputError(f"{path} raises {told}", "a file that can be executed", "run it with Python to see why") from error
    return module
