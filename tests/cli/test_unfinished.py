"""Unfinished work: kept under its name, read back, gone once it is finished; nothing without a directory."""

import pytest

from scverify.cli.unfinished import Unfinished
from scverify.errors import InputError


def test_what_is_kept_is_read_back_until_it_is_finished(tmp_path):
    work = Unfinished(tmp_path / "new", "points")
    assert work.earlier is None
    work.keep({"done": 3})
    assert work.earlier == {"done": 3}
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["points.unfinished"]
    assert Unfinished(tmp_path / "new", "threshold").earlier is None
    work.finished()
    work.finished()
    assert work.earlier is None


def test_without_a_directory_nothing_is_kept():
    work = Unfinished(None, "points")
    assert (work.earlier, work.keep) == (None, None)
    work.finished()


def test_what_is_no_json_is_refused_and_stays(tmp_path):
    (tmp_path / "points.unfinished").write_text("{")
    with pytest.raises(InputError, match="remove it to begin anew"):
        _ = Unfinished(tmp_path, "points").earlier
    assert (tmp_path / "points.unfinished").read_text() == "{"
