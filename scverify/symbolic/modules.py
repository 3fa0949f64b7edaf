"""A user's Python file, executed as a module of its own, without leaving compiled files beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from scverify.errors import InputError

Place = TypeVar("Place")
Held = TypeVar("Held")


def load_module(path: Path, what: str) -> ModuleType:
    """Execute a file that messages call `what`, such as "loss file". Raises InputError where it is missing, not a .py file, or raises."""
    spec = spec_from_file_location(f"scverify_user_{path.stem}", path) if path.suffix == ".py" else None
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"{what} {path}", "an existing Python file (.py)", "check the path")
    module = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(f"{path} raises {one_line(error)}", "a file that can be executed", "run it with Python to see why") from error
    finally:
        sys.dont_write_bytecode = before
    return module


def read_each(places: Iterable[Place], read: Callable[[Place], Iterable[Held]]) -> tuple[list[Held], dict[Place, InputError]]:
    """What is read in each place, and why some could not be read: one broken file does not keep the others from being read."""
    found: list[Held] = []
    broken: dict[Place, InputError] = {}
    for place in places:
        try:
            found += read(place)
        except InputError as error:
            broken[place] = error
    return found, broken


def one_line(error: BaseException) -> str:
    """An exception's type and message in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
