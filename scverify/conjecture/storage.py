"""Where Hypothesis keeps what it reads of source files: not in the directory in which a user happens to be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import configuration

_CHOSEN = "HYPOTHESIS_STORAGE_DIRECTORY"
_HOME = "__hypothesis_home_directory"


@contextmanager
def nothing_left_here() -> Iterator[None]:
    """Hypothesis keeps its files in a directory that goes with the work, unless it was told where, or has a place already."""
    if _CHOSEN in os.environ or vars(configuration).get(_HOME) is not None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="scverify-") as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)
