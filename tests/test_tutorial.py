"""The tutorial is true: its files are written, its commands are run in order, and what it shows is printed."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from click.testing import CliRunner

from scverify.cli import main

TUTORIAL = (Path(__file__).resolve().parents[1] / "docs" / "tutorial.md").read_text()
FILES = {body.splitlines()[0].removeprefix("# "): body for body in re.findall(r"^```python\n(# \w+\.py\n.*?)^```$", TUTORIAL, re.M | re.S)}
SHOWN = re.findall(r"^```console\n\$ (.*?)\n```\n\n```text\n(.*?)^```$", TUTORIAL, re.M | re.S)
PLUGIN = [] if entry_points(group="pytest11", name="scverify") else ["-p", "scverify.pytest_plugin"]


def printed_by(command):
    program, *arguments = shlex.split(command)
    if program == "pytest":
        done = subprocess.run([sys.executable, "-P", "-m", "pytest", *PLUGIN, *arguments], capture_output=True, text=True, check=False)
    else:
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_every_block_is_a_file_a_command_or_what_it_prints():
    assert TUTORIAL.count("```") == 2 * (len(FILES) + 2 * len(SHOWN))


def test_every_command_prints_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, body in FILES.items():
        (tmp_path / name).write_text(body)
    for command, shown in SHOWN:
        printed = printed_by(command)
        for line in shown.splitlines():
            assert any(line.strip() in found for found in printed), "\n".join([command, line, *printed])


def test_every_option_shown_exists():
    for command in re.findall(r"`scverify ([a-z]+)`", TUTORIAL):
        assert command in main.commands
