"""What unfinished work needs to be taken up again: kept now and then, sealed by a digest, and refused where it is not what was kept."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scverify.certify.claims import Data
from scverify.errors import InputError, must_be_callable
from scverify.kernel.certificate import digest
from scverify.kernel.limits import Limits

# seconds between two checkpoints: a process that is killed loses no more than this and one slice of work
EVERY = 20.0
Keep = Callable[[Data], object]
Report = TypeVar("Report")


class Checkpoints:
    """Hands the state of a piece of work to whoever keeps it, by time; to nobody where nobody does."""

    def __init__(self, keep: Keep | None, state: Callable[[], Data]) -> None:
        """The first is due after EVERY seconds; raises InputError where `keep` cannot be called."""
        if keep is not None:
            must_be_callable(keep, "keep")
        self._keep, self._state = keep, state
        self._last = time.monotonic()

    def when_due(self) -> None:
        """Keep the state if the last time is long ago."""
        if time.monotonic() >= self._last + EVERY:
            self.now()

    def watching(self, progress: Callable[[Report], None] | None) -> Callable[[Report], None]:
        """A watch that keeps the state when it is due, and passes on what it is given."""

        def watch(at: Report) -> None:
            self.when_due()
            if progress is not None:
                progress(at)

        return watch

    def now(self) -> None:
        """Keep the state."""
        if self._keep is not None:
            self._keep(self._state())
        self._last = time.monotonic()


def sealed(state: Data) -> Data:
    """A state with its digest."""
    return {**state, "digest": digest(state)}


def opened(state: Any, form: str, claim: Data) -> Data:
    """A state of this format and claim that is as it was sealed; raises InputError for any other."""
    if not isinstance(state, dict) or state.get("format") != form:
        raise damaged(f"it is not a {form} of this version")
    found = {name: value for name, value in state.items() if name != "digest"}
    if digest(found) != state.get("digest"):
        raise damaged("it is not as it was written")
    if found.get("claim") != claim:
        raise damaged("it belongs to another problem or statement")
    return found


def seconds_left(budget: float | None, until: float) -> Limits | None:
    """The limits of the kernel's check within a budget: of time alone, and none without a budget."""
    return None if budget is None else Limits(max(0.0, until - time.monotonic()), sys.maxsize)


def hexadecimal(h: NDArray[np.float64]) -> list[list[str]]:
    """A matrix of floats as text, without loss."""
    return [[x.hex() for x in row] for row in h.tolist()]


def from_hexadecimal(rows: Any) -> NDArray[np.float64]:
    """The matrix that `hexadecimal` wrote; raises TypeError or ValueError for anything else."""
    return np.array([[float.fromhex(x) for x in row] for row in rows])


def damaged(why: str) -> InputError:
    """The refusal of a state."""
    return InputError(f"unfinished search: {why}", "what an earlier run of the same problem kept", "move it away to begin anew")
