"""Every command explains itself, with an example that it understands."""

import re
import shlex

import pytest
from click.testing import CliRunner

from scverify.cli import main


@pytest.mark.parametrize("name", main.commands)
def test_help_ends_with_an_example_of_options_that_exist(name):
    shown = CliRunner().invoke(main, [name, "--help"]).stdout
    example = " ".join(shown[shown.index("Example: ") :].removeprefix("Example: ").split())
    program, command, *arguments = shlex.split(example)
    assert (program, command) == ("scverify", name)
    assert {word for word in arguments if word.startswith("--")} <= set(re.findall(r"--[a-z-]+", shown))


@pytest.mark.parametrize("name", ["points", "landscape"])
def test_a_dimension_that_is_needed_has_no_default(name):
    shown = CliRunner().invoke(main, [name, "--help"]).stdout
    assert "Embedding dimension; needed." in shown
