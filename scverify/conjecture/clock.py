"""The clock of a budget, and a time limit that also ends a single long computation."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# seconds after which it is raised again, where foreign code has swallowed it
_AGAIN = 0.5


def now() -> float:
    """Seconds of the clock by which budgets are kept; tests put another one in its place."""
    return time.monotonic()


class OutOfTime(BaseException):
    """The time is up. Not an Exception: nothing between the clock and the one who set it should handle it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Ends what runs inside by OutOfTime once the time is up; in the main thread at any point, elsewhere not at all.

    It rings again until the work ends, because foreign code may swallow an exception. A surrounding alarm, if there is one, rings inside
    too, and is set again afterwards with what was left of it.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    started = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, max(min(seconds, left) if left > 0 else seconds, 1e-3), _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        if left > 0:
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, left - (time.monotonic() - started)), interval)
