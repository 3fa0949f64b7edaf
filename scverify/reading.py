"""Files that users name, read whole: but not without end, and not from a pipe that nobody writes to."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# a table or a certificate is far shorter, and a device without end is longer
MOST_BYTES = 1 << 28
_PART = 1 << 20
_BEGINNING = 1 << 12


def read_text(path: Path, most: int = MOST_BYTES) -> str:
    """The text of a file of at most `most` bytes, in UTF-8; raises OSError for what cannot be read so, and UnicodeDecodeError."""
    found = read_bytes(path, most)
    if len(found) > most:
        raise OSError(errno.EFBIG, f"It is longer than {most >> 20} MiB")
    return found.decode("utf-8")


def read_bytes(path: Path, most: int, begins: bytes = b"") -> bytes:
    """The first `most` + 1 bytes of a file, or all; fewer where it does not begin, after blanks, as it should. Raises OSError."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a name with a zero in it, or with half of a letter
        raise OSError(errno.EINVAL, "No file has such a name") from error
    with open(handle, "rb", buffering=0) as file:
        found = bytearray()
        if stat.S_ISFIFO(os.fstat(handle).st_mode):
            first = file.read(1)
            if first == b"":
                raise OSError(errno.EPIPE, "It is a pipe that nobody writes to")
            found += first or b""  # None: whoever writes has not begun
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, True)
        while len(found) <= most and (part := file.read(min(_PART, most + 1 - len(found)))):
            found += part
            if len(found) >= _BEGINNING and not found[:_BEGINNING].lstrip().startswith(begins):
                break
        return bytes(found)
