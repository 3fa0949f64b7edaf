"""The processor's rounding mode, set upward for compiled code and put back, with a test that it is what it should be."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Iterator
from contextlib import contextmanager

# <fenv.h>: of the processors whose modes are known here
UPWARD = {"x86_64": 0x800, "AMD64": 0x200, "aarch64": 0x400000, "arm64": 0x400000}


class WrongRounding(Exception):
    """The mode cannot be set, or operations round otherwise: nothing may be decided."""


@contextmanager
def upward() -> Iterator[None]:
    """Round upward within, in this thread; the mode before is put back whatever happens."""
    library = ctypes.CDLL(None)
    mode = UPWARD.get(platform.machine())
    if mode is None:
        raise WrongRounding(f"the rounding modes of {platform.machine()} are not known")
    before = library.fegetround()
    if library.fesetround(mode):
        raise WrongRounding("the processor does not round upward")
    try:
        yield
    finally:
        library.fesetround(before)
