"""Sets the examples of docstrings as code on the pages of the reference."""

from __future__ import annotations

import re
from typing import Any

import griffe

# an example begins with its prompt and ends at the first empty line
EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class Fences(griffe.Extension):
    """Fences the examples of every docstring."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of an object that was read."""
        if obj.docstring is not None:
            obj.docstring.value = EXAMPLE.sub(lambda found: f"```pycon\n{found.group()}\n```", obj.docstring.value)
