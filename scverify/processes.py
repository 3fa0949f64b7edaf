"""Processes that never outlive the one that started them, however that one ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
# seconds that a worker outlives its parent where the system cannot end it
_BEAT = 0.5


def serve_parent(parent: int) -> None:
    """Called first in a forked worker, with the process id of its parent: Ctrl-C is the parent's to handle, and its end is ours.

    Linux kills the worker when its parent ends; elsewhere a thread of the worker looks every half second whether the parent is there.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if not _killed_with_parent():
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before the system was asked
        os._exit(1)


def hold_to(seconds: float, size: int) -> None:
    """Called first in a fresh process: the system ends it after the stated processor time, at the stated bytes, and with its parent."""
    try:
        import resource
    except ImportError:  # no such limits here; the parent's clock remains
        return
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _killed_with_parent()


def held(command: list[str], seconds: float, size: int) -> list[str]:
    """The command line that runs another program within such limits."""
    package = str(Path(__file__).resolve().parents[1])
    code = (
        f"import os, sys; sys.path.insert(0, {package!r}); from scverify.processes import hold_to; "
        "hold_to(float(sys.argv[1]), int(sys.argv[2])); os.execv(sys.argv[3], sys.argv[3:])"
    )
    return [sys.executable, "-P", "-c", code, str(seconds), str(size), *command]


def _killed_with_parent() -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    return bool(ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0) == 0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_BEAT)
    os._exit(1)
