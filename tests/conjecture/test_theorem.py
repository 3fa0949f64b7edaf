"""Theorems are found in files and chosen by name."""

from pathlib import Path

import pytest

from scverify.conjecture.theorem import chosen_theorems
from scverify.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "proofs"


def test_statements_are_chosen_by_name():
    kinds = [f"T7-{kind}" for kind in ("sphere", "attraction", "warm", "ball", "high", "next")]
    assert [chosen.id for chosen in chosen_theorems([str(FOLDER), "t7", "T8"])] == [*kinds, "T8"]
    with pytest.raises(InputError, match="unknown statement 'T99'"):
        chosen_theorems([str(FOLDER), "T99"])
