"""Hostile command lines: pipes, devices, cut and endless files, places that are none. Each is refused at once, in one line."""

import os
import sys

import numpy as np
import pytest

from tests.cli.hostile_lines import HOSTILE
from tests.cli.test_wrong_input import is_refused

LOSS = "import sympy as sp\n\ndef mine(s, c, q, tau, a, m):\n    return {}\n"
PROOF = "import scverify as sv\n\n@sv.theorem('M1', 'x', 'x')\ndef {}(loss):\n    yield sv.fact('a', lambda: True)\n"
TEXTS = {
    "plain": b"a file",
    "grid.toml": b'sizes = [[2, 2]]\ntau = "1/2"\n',
    "deep.toml": b"a = " + b"[" * 10_000,
    "empty.toml": b"",
    "empty.json": b"",
    "deep.json": b"[" * 100_000,
    "long.json": b"[[" + b"1" * 100_000 + b"]]",
    "nul.json": b"\0" * 100,
    "object.json": b'{"c": 1}',
    "nan.json": b"[[NaN, 1], [1, 2]]",
    "nul.csv": b"a\0,b\n1,2\n",
    "utf16.txt": "a\nb\na\nb\n".encode("utf-16"),
    "damaged.npz": b"PK\x03\x04 nothing",
    "cut.npy": b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 3), }".ljust(117) + b"\n",
    "exits.py": b"raise SystemExit(3)\n",
    "deep.py": b"def f(): f()\nf()\n",
    "number.py": b"mine = 3\n",
    "raises.py": LOSS.format("1 / 0").encode(),
    "nothing.py": LOSS.format("None").encode(),
    "bytes.py": LOSS.format("b'x'").encode(),
    "complex.py": LOSS.format("sp.I * sp.Sum(c[a] * s[a], (a, 0, m - 1))").encode(),
    "infinite.py": LOSS.format("sp.zoo").encode(),
    "kinked.py": LOSS.format("sp.Sum(sp.Max(0, s[a]) * c[a], (a, 0, m - 1))").encode(),
    "proof.py": PROOF.format("first").encode(),
    "twice.py": (PROOF + PROOF.removeprefix("import scverify as sv\n")).format("first", "second").encode(),
}
DIRECTORIES = ("empty", "directory.npy", "directory.json", "directory.toml", "directory.csv", "directory.png", "directory.py")
PIPES = ("pipe", "pipe.npy", "pipe.json", "pipe.toml", "pipe.csv", "pipe.py", "pipe.png")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    for name, text in TEXTS.items():
        (place / name).write_bytes(text)
    for name in DIRECTORIES:
        (place / name).mkdir()
    for name in PIPES:
        os.mkfifo(place / name)
    for name in ("loop", "loop.npy"):
        (place / name).symlink_to(name)
    np.save(place / "frame.npy", np.repeat(np.eye(3), 4, axis=0))
    np.save(place / "y.npy", np.repeat(np.arange(3), 4))
    return place


@pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices as Linux has them")
@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:90])
def test_a_hostile_line_is_refused_before_the_work(folder, monkeypatch, line):
    monkeypatch.chdir(folder)
    is_refused(folder, line)


def test_there_are_as_many_lines_as_were_tried():
    assert len(set(HOSTILE)) >= 180
