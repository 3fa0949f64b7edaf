"""The examples in docstrings run and show what they give; and every public name that a user calls has one."""

import doctest
import importlib
import inspect
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

import scverify as sv
from scverify.results.base import Result

ROOT = Path(__file__).parents[1]
WITH_EXAMPLES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts) for file in sorted(ROOT.glob("scverify/**/*.py")) if ">>> " in file.read_text()
]
# what a user may have at hand where an example stands
NAMES = {name: getattr(sv, name) for name in sv.__all__} | {"np": np, "sympy": sympy, "Fraction": Fraction}


def is_returned(value):
    """Results and errors are shown by the functions that give or raise them; a named loss by `Problem`; a module has its own page."""
    kind = value if inspect.isclass(value) else type(value)
    return issubclass(kind, (Result, Exception, sv.Loss, sv.Conjecture)) or inspect.ismodule(value)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module_show_what_they_give(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testmod(importlib.import_module(module), extraglobs=NAMES, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("name", [name for name in sv.__all__ if not is_returned(getattr(sv, name))])
def test_a_public_name_has_an_example(name):
    assert ">>> " in (inspect.getdoc(getattr(sv, name)) or "")
