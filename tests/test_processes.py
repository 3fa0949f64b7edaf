"""No worker outlives the process that started it, however that one ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

PARENTS = {
    "workers": """
import time
from scverify.conjecture.workers import Workers

with Workers(lambda question: time.sleep(3600), 2) as workers:
    workers.expect([1, 2])
    print(*(worker.process.pid for worker in workers._workers), flush=True)
    time.sleep(3600)
""",
    "pool": """
import os, time
from scverify.certify.subdivision import _pool

with _pool(2) as pool:
    pool.submit(time.sleep, 3600), pool.submit(time.sleep, 3600)
    print(*pool._processes, flush=True)
    time.sleep(3600)
""",
    "without the help of the system": """
import multiprocessing, os, time
from scverify import processes

def serve(parent):
    processes.serve_parent(parent)
    time.sleep(3600)

processes._killed_with_parent = lambda: False
started = [multiprocessing.get_context("fork").Process(target=serve, args=(os.getpid(),)) for _ in range(2)]
for process in started:
    process.start()
print(*(process.pid for process in started), flush=True)
time.sleep(3600)
""",
}


def runs(process):
    """Whether a process exists and is no zombie that nobody has collected."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked at in /proc")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=lambda end: end.name)
@pytest.mark.parametrize("parent", PARENTS)
def test_workers_end_with_their_parent(parent, end):
    with subprocess.Popen([sys.executable, "-c", PARENTS[parent]], stdout=subprocess.PIPE, text=True) as process:
        workers = [int(number) for number in process.stdout.readline().split()]
        assert len(workers) == 2 and all(map(runs, workers))
        process.send_signal(end)
        process.communicate()  # ends only when nobody holds stdout any more
    while any(map(runs, workers)):
        time.sleep(0.05)
