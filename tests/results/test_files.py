import os
import subprocess
import sys

import pytest

from scverify.errors import InputError
from scverify.results.files import check_writable, write_certificates


def test_a_check_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_certificates_are_written_whole(tmp_path):
    write_certificates(tmp_path / "a" / "b", {"one.json": "1", "two.json": "2"})
    assert {file.name: file.read_text() for file in (tmp_path / "a" / "b").iterdir()} == {"one.json": "1", "two.json": "2"}


def test_nothing_is_renamed_when_one_cannot_be_written(tmp_path):
    (tmp_path / "one.json").write_text("old")
    with pytest.raises(InputError, match="surrogates"):
        write_certificates(tmp_path, {"one.json": "new", "two.json": "\ud800"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("one.json", "old")]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_no_temporary_file_survives_an_interruption(tmp_path, monkeypatch, interruption):
    def interrupted(*paths):
        raise interruption

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises((KeyboardInterrupt, InputError)):
        write_certificates(tmp_path / "a" / "b", {"one.json": "1"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("work", [check_writable, lambda folder: write_certificates(folder, {"one.json": "1"})])
def test_a_directory_below_a_file_is_refused(tmp_path, work):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another one"):
        work(tmp_path / "file" / "below")


def test_what_a_killed_process_left_is_cleared_up_and_nothing_else(tmp_path):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    ).stdout.strip()
    for name in (f".one.json.{gone}", f".one.json.{os.getpid()}", ".hidden", ".version.two"):
        (tmp_path / name).write_text("half")
    write_certificates(tmp_path, {"two.json": "2"})
    assert {file.name for file in tmp_path.iterdir()} == {f".one.json.{os.getpid()}", ".hidden", ".version.two", "two.json"}
