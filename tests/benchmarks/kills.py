"""Kills commands at random moments, the parent alone, and looks at what is left: python -m tests.benchmarks.kills [--kills 100] [--seed 0].

Moments are drawn in processor time, so that they fall into the work on a busy machine too, and where a command has workers, from the time
in which they live; the signal waits until some do. A kill passes where no process of the command runs five seconds later, no file is half
written, and the same command, run again in the same directory, takes up the work and ends with the certificates and the exit code of a run
that nobody stopped. A sweep loses no point but those at work.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scverify.kernel.certificate import Rejected, read

# work is kept twice a second here, so that runs of seconds meet what a user's runs of minutes do
COMMAND = [
    sys.executable,
    "-P",
    "-c",
    "from scverify.certify import checkpoints; checkpoints.EVERY = 0.5; from scverify.cli import main; main()",
]
STATEMENT = """
import scverify as sv

@sv.conjecture(classes=[(2, 2), (3, 2), (4, 2), (2, 2, 2), (3, 3), (5, 2)], temperature=["1/2", "1/3", "1/4", "1/5"], dim=lambda classes: 2)
def bounded(problem):
    '''Every local minimum is at most 100.'''
    return sv.for_all_minima(problem, lambda point: point.value <= 100)

@sv.conjecture(classes=[(4, 2)], temperature=["1/20"], dim=lambda classes: 3)
def benign(problem):
    '''Every local minimum is global.'''
    return sv.for_all_minima(problem, lambda point: point.is_global)
"""
COMMANDS = {
    "check": "check statement.py --budget 600 --jobs 2 --save out",
    "points": "points --sizes 4,2 --dim 3 --tau 1/20 --starts 96 --save out",
    "landscape": "landscape --sizes 4,2 --dim 2 --tau 1/2 --starts 4 --jobs 2 --save out",
    "landscape, refuted": "landscape --sizes 2,2 --dim 2 --tau 1/5 --jobs 2 --save out",
    "list": "landscape --sizes 2,2 --dim 3 --tau 1/2 --all --jobs 2 --save out",
    "threshold": "threshold --sizes 4,2 --dim 3 --tau 1/20,1/19 --starts 16 --save out",
    "optimum": "optimum --sizes 19,17,13,11,7,5,3,2 --tau 1/10 --digits 200 --save out",
    "below the rank": "optimum --sizes 9,8,7,6,5,4,3,2 --dim 3 --tau 1/5 --save out",
    "pairs below the rank": "optimum --loss clip --pairs 5 --dim 2 --tau 1/2 --save out",
    "sweep": "sweep grid.toml --question points --starts 32 --out out --jobs 2",
    # what it saves depends on its time; nothing of it is compared
    "suite": "suite --loss spectral --budget 1 --jobs 2 --save out",
}
SIGNALS = (signal.SIGTERM, signal.SIGKILL)
PATIENCE = 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def started(command, folder):
    (folder / "statement.py").write_text(STATEMENT)
    (folder / "grid.toml").write_text('sizes = [[2, 2], [3, 2], [4, 2]]\ndim = 3\ntau = ["1/2", "1/3", "1/4", "1/5"]\n')
    return subprocess.Popen([*COMMAND, *command.split()], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def descendants(process):
    """The process ids below a process, itself left out."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in table.splitlines()}
    found = {process}
    while new := {child for child, parent in parents.items() if parent in found} - found:
        found |= new
    return found - {process}


def runs(process):
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def processor_seconds(process):
    """Seconds that a process and those below it have used so far."""
    return sum(map(_own_seconds, {process, *descendants(process)}))


def _own_seconds(process):
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def wait_until_used(process, seconds):
    """Wait until a command has used so much processor time, on a busy machine as on a quiet one, or has ended."""
    while process.poll() is None and processor_seconds(process.pid) < seconds:
        time.sleep(0.02)


def wait_for_workers(process):
    """Wait until a command has a process below it, or has ended."""
    while process.poll() is None and not any(map(runs, descendants(process.pid))):
        time.sleep(0.005)


def working_time(process):
    """The processor time at which workers were first and last seen, or of the whole run where there are none."""
    used, seen = 0.0, []
    while process.poll() is None:
        used = max(used, processor_seconds(process.pid))
        seen += [used] if any(map(runs, descendants(process.pid))) else []
        time.sleep(0.02)
    return (seen[0], seen[-1]) if seen else (0.0, used)


def half_files(folder):
    """Certificates that cannot be read, and states that are no JSON document."""
    found = []
    for file in [*(folder / "out").glob("*.json"), *(folder / "out").glob("*.unfinished")]:
        try:
            read(file.read_text())
        except (Rejected, UnicodeDecodeError) as error:
            if file.suffix == ".json" or "JSON" in str(error):
                found.append(file.name)
    return found


def certificates(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in (folder / "out").rglob("*.json")}


def finished(command, folder):
    process = started(command, folder)
    complaint = process.communicate()[1]
    return process.returncode, complaint


def rows(folder):
    """The points of a sweep that are answered, by name."""
    return {file.name: file.read_text() for file in (folder / "out" / "points").glob("*.row")}


def kill(name, number, moment, expected, folder, count):
    """One kill, counted by what came of it."""
    process = started(COMMANDS[name], folder)
    wait_until_used(process, moment)
    if "--jobs" in COMMANDS[name]:
        wait_for_workers(process)
    below = descendants(process.pid)
    through = process.poll() is not None
    process.send_signal(number)
    process.communicate()
    until = time.monotonic() + PATIENCE
    while any(map(runs, below)) and time.monotonic() < until:
        time.sleep(0.02)
    orphans = [one for one in below if runs(one)]
    count["kills"] += 1
    count["after its end"] += through
    count["with workers"] += len(below) > 0
    count["orphans"] += len(orphans)
    count["half files"] += len(half_files(folder))
    count["wrong exit code"] += process.returncode not in ({-number, 143, 0, 1, 4} if number == signal.SIGTERM else {-number, 0, 1, 4})
    count["work kept"] += any((folder / "out").glob("*.unfinished"))
    answered = rows(folder)
    code, complaint = finished(COMMANDS[name], folder)
    count["points kept"] += len(answered)
    count["points asked again"] += sum(rows(folder)[point] != row for point, row in answered.items())
    count["resumed otherwise"] += name != "suite" and (code, certificates(folder)) != expected
    left = [file.name for file in (folder / "out").rglob("*") if file.suffix == ".unfinished" or file.name.startswith(".")]
    count["left behind"] += len(left)
    if code not in (0, 1, 4) or left:
        print(
            f"{name}, {number.name} after {moment:.2f} s of processor time: exit code {code}, left {left}, {complaint.strip()}", flush=True
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=COMMANDS)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    names = [given.only] if given.only else list(COMMANDS)
    counts = {name: Counter() for name in names}
    straight = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            finished(COMMANDS[name], Path(folder))  # the first run may compile
        with tempfile.TemporaryDirectory() as folder:
            process = started(COMMANDS[name], Path(folder))
            window = working_time(process)
            process.communicate()
            straight[name] = (process.returncode, certificates(Path(folder))), window
        (code, saved), (first, last) = straight[name]
        print(f"{name}: at {first:.1f} to {last:.1f} s of processor time, exit code {code}, {len(saved)} certificates", flush=True)
    for place in range(given.kills):
        name, number = names[place % len(names)], SIGNALS[place // len(names) % 2]
        expected, window = straight[name]
        with tempfile.TemporaryDirectory() as folder:
            kill(name, number, draw.uniform(*window), expected, Path(folder), counts[name])
    for name, count in counts.items():
        print(f"{name}: {', '.join(f'{value} {what}' for what, value in count.items())}")
    total = sum(counts.values(), Counter())
    bad = sum(
        total[what] for what in ("orphans", "half files", "wrong exit code", "resumed otherwise", "left behind", "points asked again")
    )
    print(f"all: {dict(total)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
