"""A user's Python file as a module."""

import sys

import pytest

from scverify.errors import InputError
from scverify.symbolic.modules import load_module, one_line, read_each


@pytest.fixture(autouse=True)
def bytecode(monkeypatch):
    """Python writes compiled files, as it does by default."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_a_file_is_executed_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("answer = 6 * 7")
    assert load_module(path, "loss file").answer == 42
    assert list(tmp_path.iterdir()) == [path]
    assert not sys.dont_write_bytecode
    assert "mine" not in sys.modules


def test_what_can_be_read_is_read_in_order_with_a_reason_for_the_rest():
    def halves(number):
        if number % 2:
            raise InputError(str(number), "an even number", "halve another")
        return [number // 2]

    found, broken = read_each([4, 3, 2], halves)
    assert found == [2, 1] and list(broken) == [3]


@pytest.mark.parametrize("name", ["missing.py", "text.txt", "folder.py"])
def test_what_is_not_a_python_file_is_refused(tmp_path, name):
    (tmp_path / "text.txt").write_text("answer = 1")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(InputError, match=r"loss file .*an existing Python file"):
        load_module(tmp_path / name, "loss file")


@pytest.mark.parametrize("source", ["answer = 1 /", "raise ValueError('first\\nsecond')", "import nothing_of_this_name"])
def test_a_file_that_raises_is_refused_in_one_line_and_bytecode_is_written_again(tmp_path, source):
    path = tmp_path / "broken.py"
    path.write_text(source)
    with pytest.raises(InputError, match=r"broken\.py raises") as refusal:
        load_module(path, "loss file")
    assert "\n" not in str(refusal.value)
    assert not sys.dont_write_bytecode


def test_an_error_in_one_line():
    assert one_line(ValueError("first\n  second")) == "ValueError: first second"
