"""The one place where the threads of BLAS are capped: small problems must not pay for waking them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

# rows: from 300 to 800 two threads took 7 to 9 times the processor time of one on busy cores; only large matrices can gain by them
_SMALL = 500


def blas_threads_for(size: int) -> AbstractContextManager[None]:
    """One thread inside the block, for matrices of up to 500 rows, in the BLAS libraries loaded so far; otherwise as many as allowed."""
    return nullcontext() if size > _SMALL else one_blas_thread()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One thread inside the block in the BLAS libraries loaded so far: SciPy brings one of its own, beside NumPy's."""
    with _libraries("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries(with_scipy: bool) -> ThreadpoolController:
    """The thread pools of this process, with SciPy's where it is loaded: looking for them costs more than a small problem."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
