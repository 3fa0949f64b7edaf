"""Work that a command did not finish: kept in a file of the directory of --save, and taken up by the same command."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scverify.errors import InputError, plainly
from scverify.reading import read_text


@dataclass(frozen=True)
class Unfinished:
    """The file NAME.unfinished of a directory; no *.json: what is unfinished certifies nothing, and `verify DIR` must not take it for one.

    Without a directory nothing is kept.
    """

    folder: Path | None
    name: str

    @property
    def earlier(self) -> dict[str, Any] | None:
        """What an earlier run left; raises InputError where that is not JSON."""
        if self.folder is None or not self._file(self.folder).exists():
            return None
        file = self._file(self.folder)
        try:
            found: dict[str, Any] = json.loads(read_text(file))
        except (OSError, ValueError) as error:
            raise InputError(
                f"unfinished search {str(file)!r}: {plainly(error)}", "what an earlier run left", "remove it to begin anew"
            ) from error
        return found

    @property
    def keep(self) -> Callable[[dict[str, Any]], None] | None:
        """Writes a state, whole or not at all."""
        from scverify.kernel.certificate import canonical
        from scverify.results.files import write_certificates

        folder = self.folder
        if folder is None:
            return None
        return lambda state: write_certificates(folder, {self._file(folder).name: canonical(state)})

    def finished(self) -> None:
        """Nothing is to be taken up any more."""
        if self.folder is not None:
            self._file(self.folder).unlink(missing_ok=True)

    def _file(self, folder: Path) -> Path:
        return folder / f"{self.name}.unfinished"
