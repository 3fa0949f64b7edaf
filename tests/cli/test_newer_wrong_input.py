"""Wrong lines of later commands: each is refused in one line with a code that is not 1, and leaves nothing behind."""

import shlex

import numpy as np
import pytest
from click.testing import CliRunner

from scverify.cli import main
from tests.cli.newer_wrong_lines import WRONG_ENDINGS, WRONG_GRIDS
from tests.cli.test_wrong_input import is_refused

LINES = [
    *(f"{base} {end}".strip() for base, ends in WRONG_ENDINGS.items() for end in ends),
    *(f"sweep {number}.toml --out swept" for number in range(len(WRONG_GRIDS))),
]
LABELS = np.repeat(np.arange(3), 4)
ARRAYS = {
    "frame": np.repeat(np.eye(3), 4, axis=0),
    "y": LABELS,
    "float": np.array([0.5, 1.5, 0.5, 1.5]),
    "nan": np.full((12, 3), np.nan),
    "neg": np.array([-1, -1, 2, 2]),
    "inf": np.full((12, 3), np.inf),
    "empty": np.zeros((0, 3)),
    "three": np.zeros((2, 3, 4)),
    "complex": 1j * np.eye(12, 3),
    "text": np.array(["a"] * 12),
    "zeros": np.zeros((12, 3)),
    "obj": np.array([{}, 3], dtype=object),
}
TEXTS = {
    "plain": b"a file",
    "broken.py": b"def",
    "exits.py": b"import sys; sys.exit(0)",
    "latin.py": b"x = '\xe9'\n",
    "nul.py": b"x=1\0",
    "latin.txt": b"\xe9\n\xe9\n",
    "binary.bin": bytes(range(256)),
    "table.csv": b"a,b\n1,2\n2,3\n1,2\n",
    "mine.py": b"import scverify as sv\n@sv.theorem('M1','x','x')\ndef f(loss):\n    yield sv.fact('a', lambda: True)\n",
    "statement.py": b"import scverify as sv\n@sv.conjecture(classes=[(2,2)])\ndef s(problem):\n    return True\n",
    "ok.toml": b"sizes = [[2, 2]]\ntau = 1\n",
    **{f"{number}.toml": grid.encode() for number, grid in enumerate(WRONG_GRIDS)},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("wrong")
    for name, text in TEXTS.items():
        (place / name).write_bytes(text)
    for name, array in ARRAYS.items():
        np.save(place / f"{name}.npy", array, allow_pickle=array.dtype == object)
    np.savez(place / "y.npz", y=LABELS)
    for name in ("empty", "noread.py"):
        (place / name).mkdir()
    return place


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:90])
def test_a_wrong_line_is_refused(folder, monkeypatch, line):
    monkeypatch.chdir(folder)
    is_refused(folder, line)


def test_the_right_lines_are_answered(folder, monkeypatch, tmp_path):
    """So that what is wrong in the lines above is their ends alone."""
    monkeypatch.chdir(folder)
    for line in (
        "check statement.py --budget 2",
        "prove mine.py",
        f"sweep ok.toml --out {tmp_path / 'swept'}",
        "audit frame.npy y.npy --tau 1",
    ):
        assert CliRunner().invoke(main, shlex.split(line)).exit_code in (0, 4), line


def test_there_are_as_many_lines_as_were_tried():
    assert len(set(LINES)) >= 260
