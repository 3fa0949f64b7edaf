"""A user's Python file, executed as a module without leaving compiled files beside it."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType


def execute(spec: ModuleSpec, module: ModuleType) -> None:
    """Execute the module of a spec; whatever the file raises is passed on, and no __pycache__ is written."""
    assert spec.loader is not None
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
