"""Kills and interrupts at random moments: no process or half file is left, and the same command then ends as a straight run does."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

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
