"""The README is true: its commands parse, its Python runs, its loss loads."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from scverify.cli import main
from scverify.symbolic.losses import load_loss, supcon

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def test_the_first_two_commands_install_and_run_the_tests():
    first, second = blocks("sh")
    assert first == (
        "python3 -m venv .venv && .venv/bin/pip install '.[fast]' && .venv/bin/scverify optimum --sizes 7,3,3,2,2 --tau 37/100\n"
    )
    assert second == ".ci/install-coq && .venv/bin/pip install tox && .venv/bin/tox\n"


def test_the_first_command_prints_what_is_shown():
    arguments = shlex.split(blocks("sh")[0].split("bin/scverify")[1])
    printed = CliRunner().invoke(main, arguments).stdout
    [shown] = blocks("text")
    for line in filter(None, shown.splitlines()):
        assert line.removesuffix("…") in printed


@pytest.mark.parametrize("line", [line for block in blocks("console") for line in block.splitlines()])
def test_every_command_shown_is_understood(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "optimum.json").write_text("{}")
    dollar, program, name, *arguments = shlex.split(line, comments=True)
    assert (dollar, program) == ("$", "scverify")
    main.commands[name].make_context(name, arguments)


def test_the_python_shown_runs():
    exec(blocks("python")[0], {})


def test_the_loss_shown_is_supcon(tmp_path):
    (tmp_path / "my_loss.py").write_text(blocks("python")[1])
    assert load_loss(f"{tmp_path / 'my_loss.py'}::mine").formula.expression == supcon.formula.expression
