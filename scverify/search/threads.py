"""The one place where the threads of BLAS are capped: small problems must not pay for waking them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_SMALL = 500


def blas_threads_for(size: int) -> AbstractContextManager[None]:
    """One BLAS thread inside the block for matrices of up to 500 rows; otherwise as many as the user allows."""
    return nullcontext() if size > _SMALL else one_blas_thread()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One BLAS thread inside the block."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """The thread pools of this process: looking for them costs more than a small problem."""
    from threadpoolctl import ThreadpoolController

    import_module("scipy.linalg")  # it brings a BLAS of its own, to be found beside NumPy's
    return ThreadpoolController()
