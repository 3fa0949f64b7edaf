"""What checking may cost. A stranger's file of a kilobyte can ask for a year: costs that are known beforehand are weighed before the work.

Within `limited` the kernel asks `afford` before what may be long, and between rows, boxes and leaves. One call into the
library cannot be stopped from within; whoever needs a hard stop runs the kernel in a process of its own (`scverify.verification`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Limits(NamedTuple):
    """Seconds of wall time and bytes of memory.

    >>> Limits(seconds=60, bytes=2**30).seconds
    60
    """

    seconds: float = 600.0
    bytes: int = 4 << 30


class Exceeded(Exception):
    """Checking would cost more than it may; the message says what."""


_running: ContextVar[tuple[Limits, float] | None] = ContextVar("_running", default=None)


@contextmanager
def limited(limits: Limits | None) -> Iterator[None]:
    """Hold the work inside to the limits; None: to none."""
    token = _running.set(None if limits is None else (limits, time.monotonic() + limits.seconds))
    try:
        yield
    finally:
        _running.reset(token)


def afford(what: str, seconds: float = 0.0, size: float = 0.0) -> None:
    """Raise Exceeded where `what` costs at least these seconds or bytes and fewer are left, or where the time is over."""
    running = _running.get()
    if running is None:
        return
    limits, end = running
    if size > limits.bytes:
        raise Exceeded(f"{what} needs at least {size / 2**30:.1f} GiB of memory; the limit is {limits.bytes / 2**30:.3g} GiB")
    if time.monotonic() + seconds > end:
        needed = f" needs at least {seconds:.0f} s" if seconds else ": the time is over"
        raise Exceeded(f"{what}{needed}; the limit is {limits.seconds:g} s")
