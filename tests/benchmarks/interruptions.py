"""Ten kills and ten interrupts at random moments of a straight run, its final check included: the same command then ends as that run did.

python -m tests.benchmarks.interruptions [COUNT]
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]
WORK = {
    "landscape": "landscape --sizes 2,2 --dim 3 --tau 1/10 --starts 4 --jobs 2 --save out",
    "list": "landscape --sizes 2,2 --dim 3 --tau 2 --all --jobs 2 --save out",
}


def files(folder):
    return {file.name: file.read_bytes() for file in (folder / "out").iterdir()}


def run(work, folder):
    started = time.monotonic()
    code = subprocess.run([*COMMAND, *work.split()], cwd=folder, capture_output=True, check=False).returncode
    return code, time.monotonic() - started


def stopped(work, folder, moment, how):
    """The exit code of a run that gets a signal at a moment."""
    with subprocess.Popen([*COMMAND, *work.split()], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(how)
        return process.wait()


def main(count):
    rng = random.Random(19)
    for name, work in WORK.items():
        with tempfile.TemporaryDirectory() as folder:
            # the first run may compile: its time is not that of the others
            for straight in (Path(folder) / "first", Path(folder) / "straight"):
                straight.mkdir()
                code, seconds = run(work, straight)
                assert code == 0
            assert files(straight) == files(Path(folder) / "first")
            for how in (signal.SIGKILL, signal.SIGINT):
                codes, same = [], 0
                # the last three moments lie in the last fifth of the run, where the kernel checks
                for number in range(count):
                    place = Path(folder) / f"{how.name}-{number}"
                    place.mkdir()
                    moment = seconds * (rng.uniform(0.8, 1.0) if number >= count - 3 else rng.random())
                    codes.append(stopped(work, place, moment, how))
                    same += run(work, place)[0] == 0 and files(place) == files(straight)
                print(
                    f"{name}: {how.name} at {count} moments of {seconds:.1f} s: exit codes {codes}; then the same: {same} of {count}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
