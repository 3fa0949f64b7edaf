"""The one place where the threads of BLAS are capped: small problems must not pay for waking them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_SMALL = 500


@contextmanager
def blas_threads_for(size: int) -> Iterator[None]:
    """One BLAS thread inside the block for matrices of up to 500 rows; otherwise as many as the user allows."""
    if size > _SMALL:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
