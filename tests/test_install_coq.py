"""The script that installs Coq for the tests: it acts only where coqc is missing, and never makes a run of the tests fail."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "install-coq"
TOOLS = ("sh", "env", "head", "touch", "chmod")


@pytest.fixture
def machine(tmp_path):
    """A folder that is the whole PATH: `install(name, line)` puts a program there, and `run()` runs the script."""

    class Machine:
        def install(self, name, line):
            (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
            (tmp_path / name).chmod(0o755)

        def run(self):
            done = subprocess.run([SCRIPT], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout + done.stderr

        calls = tmp_path / "calls"

    for tool in TOOLS:
        (tmp_path / tool).symlink_to(shutil.which(tool))
    machine = Machine()
    machine.install("id", "echo 1000")
    return machine


COQC = "echo The Coq Proof Assistant, version 8.16.1"


def apt_get(machine, succeeds=True):
    """An apt-get that writes down what it is asked for, and installs a coqc."""
    made = f"printf '#!/bin/sh\\n{COQC}\\n' > {machine.calls.parent}/coqc; chmod +x {machine.calls.parent}/coqc"
    machine.install("apt-get", f'echo "$@" >> {machine.calls}; case "$1" in install) {made if succeeds else "exit 100"};; esac')


def test_nothing_is_done_where_coqc_is_there(machine):
    machine.install("coqc", COQC)
    apt_get(machine)
    assert "8.16.1 is there" in machine.run() and not machine.calls.exists()


def test_root_installs_coq_alone(machine):
    machine.install("id", "echo 0")
    apt_get(machine)
    assert "8.16.1 is installed" in machine.run()
    assert [line.split()[-1] for line in machine.calls.read_text().splitlines()] == ["-qq", "coq"]


def test_a_user_with_sudo_installs_coq(machine):
    machine.install("sudo", 'shift; if [ "$1" != true ]; then exec "$@"; fi')
    apt_get(machine)
    assert "8.16.1 is installed" in machine.run()


@pytest.mark.parametrize(
    ("programs", "reason"),
    [
        ((), "no apt-get"),
        (("apt-get",), "neither root nor a sudo"),
        (("apt-get", "sudo that asks"), "neither root nor a sudo"),
        (("apt-get that fails", "root"), "apt-get could not install coq"),
    ],
)
def test_what_keeps_it_from_installing_is_told(machine, programs, reason):
    for program in programs:
        match program:
            case "root":
                machine.install("id", "echo 0")
            case "sudo that asks":
                machine.install("sudo", "exit 1")
            case _:
                apt_get(machine, succeeds=program == "apt-get")
    told = machine.run()
    assert reason in told and "the tests of Coq will be skipped" in told
