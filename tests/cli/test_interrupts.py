"""Kills and interrupts at random moments: no process or half file is left, and the same command then ends as a straight run does."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from importlib import import_module

import numpy as np
import pytest
from click.testing import CliRunner

from scverify.cli import main
from tests.test_processes import runs

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]
COMMANDS = {
    "proved": "landscape --sizes 2,2 --dim 3 --tau 2 --starts 4 --jobs 2 --save out",
    "refuted": "landscape --sizes 2,2 --dim 2 --tau 1/5 --jobs 2 --save out",
    "list": "landscape --sizes 2,2 --dim 3 --tau 2 --all --jobs 2 --save out",
    "optimum": "optimum --sizes 3,2 --tau 1/2 --save out",
}
SIGNALS = {signal.SIGKILL: {-9}, signal.SIGTERM: {143, -15}, signal.SIGINT: {130}}
MOMENTS = [random.Random(number).uniform(0, 5) for number in range(10)] if THOROUGH else [1.0]


def straight(name, folder):
    folder.mkdir()
    command = COMMANDS[name].replace("--save out", f"--save {folder / 'out'}").split()
    assert main(command, standalone_mode=False) in (0, 1)
    return certificates(folder)


def certificates(folder):
    return {file.name: file.read_text() for file in (folder / "out").glob("*") if not file.name.startswith("manifest")}


def children(process):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(number) for number in found.split()]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked at in /proc")
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", COMMANDS if THOROUGH else ["refuted"])
def test_what_was_stopped_ends_as_if_it_had_not_been(tmp_path, name, moment):
    expected = straight(name, tmp_path / "straight")
    for number, codes in SIGNALS.items():
        folder = tmp_path / number.name
        folder.mkdir()
        with subprocess.Popen([*COMMAND, *COMMANDS[name].split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder) as process:
            time.sleep(moment)
            workers = children(process.pid)
            process.send_signal(number)
            process.communicate()
        # it may have been through, or not yet have begun: Python itself ends then by the signal
        assert process.returncode in {0, 1, -number, *codes}
        while any(map(runs, workers)):
            time.sleep(0.05)
        assert subprocess.run([*COMMAND, *COMMANDS[name].split()], cwd=folder, capture_output=True, check=False).returncode in (0, 1)
        assert certificates(folder) == expected


def after(times, function):
    """The function, which is interrupted when it has been called so often."""
    calls = []

    def called(*arguments, **rest):
        calls.append(1)
        if len(calls) > times:
            raise KeyboardInterrupt
        return function(*arguments, **rest)

    return called


def interrupted(monkeypatch, place, times, command):
    """What a command says that is interrupted at the call after so many of what stands at a place, MODULE:NAME."""
    module, name = place.split(":")
    held = import_module(module)
    monkeypatch.setattr(held, name, after(times, getattr(held, name)))
    return CliRunner().invoke(main, command.split())


GRID = 'sizes = [[2, 2], [3, 3]]\ntau = ["1/2", "1"]\n'
STEP = "--profile step --k 4 --n-min 3 --ratio 50,200 --tau 1/2"
MERGED = f"threshold {STEP} --kind merged --save out"
ENDED = {
    "sweep": ("scverify.sweep:answer_point", 2, "sweep grid.toml --out out --json"),
    "bracket": ("scverify.certify.thresholds.bracket:merging", 1, MERGED),
    "audit": ("scverify.audit:audit", 0, "audit h.npy y.npy --tau 1 --html page.html --save out"),
    "optimum of units": ("scverify.certify.units:unit_optimum", 0, "optimum --loss clip --pairs 3 --tau 1 --save out"),
    "bounded": ("scverify.certify.dimension.bounded:bounded_optimum", 0, "optimum --sizes 3,3,3 --dim 1 --tau 1 --save out"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.toml").write_text(GRID)
    np.save("h.npy", np.repeat(np.eye(3), 4, axis=0))
    np.save("y.npy", np.repeat(np.arange(3), 4))
    return tmp_path


@pytest.mark.parametrize("name", ENDED)
def test_an_interrupt_is_said_in_one_line_and_leaves_nothing_half_done(folder, monkeypatch, name):
    before = set(folder.iterdir())
    result = interrupted(monkeypatch, *ENDED[name])
    assert result.exit_code == 130 and result.stderr.startswith("scverify: interrupted") and result.stderr.count("\n") == 1
    assert {file.name for file in set(folder.iterdir()) - before} == ({"out"} if name == "sweep" else set())


def test_a_sweep_that_is_interrupted_keeps_its_points_and_goes_on(folder, monkeypatch):
    with monkeypatch.context() as patch:
        kept = json.loads(interrupted(patch, *ENDED["sweep"]).stdout)
    assert kept["interrupted"] and len(kept["rows"]) == 2
    done = json.loads(CliRunner().invoke(main, ENDED["sweep"][2].split()).stdout)
    assert not done["interrupted"] and len(done["rows"]) == 4 and done["rows"][:2] == kept["rows"]


def test_a_bracket_that_is_interrupted_is_wider_and_as_proved(folder, monkeypatch):
    with monkeypatch.context() as patch:
        sides = import_module("scverify.certify.thresholds.bracket")._Sides
        patch.setattr(sides, "at", after(6, sides.at))  # the two ends, and four halvings
        result = CliRunner().invoke(main, [*MERGED.split(), "--json"])
    told = json.loads(result.stdout)
    assert result.exit_code == 130 and told["interrupted"] and "interrupted" in told["note"]
    lower, upper = (float(told["bracket"][end]) for end in ("lower", "upper"))
    assert 50 < lower < 131.66 < upper < 200 and upper - lower > 1
    assert main(["verify", "out"], standalone_mode=False) == 0


def test_an_optimum_below_the_rank_that_is_interrupted_goes_on(folder, monkeypatch):
    command = "optimum --sizes 3,2,2 --dim 1 --tau 1/2 --json --save"
    straight = CliRunner().invoke(main, [*command.split(), "straight"])
    with monkeypatch.context() as patch:
        result = interrupted(patch, "scverify.search.factorised:_minimise", 2, f"{command} out")
    assert result.exit_code == 130 and [file.name for file in (folder / "out").iterdir()] == ["optimum.unfinished"]
    search = import_module("scverify.search.factorised")._minimise
    calls = []
    monkeypatch.setattr("scverify.search.factorised._minimise", lambda *arguments: calls.append(1) or search(*arguments))
    again = CliRunner().invoke(main, [*command.split(), "out"])
    assert again.exit_code == 0 and json.loads(again.stdout)["upper"] == json.loads(straight.stdout)["upper"] and len(calls) == 18
    assert {file.name for file in (folder / "out").iterdir()} == {file.name for file in (folder / "straight").iterdir()}
