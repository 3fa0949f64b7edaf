"""Reading what a user names: files, devices without end, pipes with and without somebody at their other end."""

import os
import subprocess
import sys

import pytest

from scverify.reading import MOST_BYTES, read_bytes, read_text

PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


def test_a_file_is_read_whole_and_no_more_than_allowed(tmp_path):
    file = tmp_path / "file"
    file.write_bytes("é".encode() * 5000)
    assert read_text(file) == "é" * 5000 and read_text(file, 10_000) == "é" * 5000
    assert len(read_bytes(file, 99)) == 100
    with pytest.raises(OSError, match="longer than 0 MiB"):
        read_text(file, 9_999)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no device without end")
def test_what_has_no_end_is_left_where_it_does_not_begin_well(monkeypatch):
    assert len(read_bytes("/dev/zero", MOST_BYTES, b"{")) <= 1 << 20
    with pytest.raises(OSError, match="longer than 1 MiB"):
        read_text("/dev/zero", 1 << 20)


@PIPES
def test_a_pipe_that_nobody_writes_to_does_not_hold_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="nobody writes"):
        read_text(tmp_path / "pipe")


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="no names of open files")
def test_a_pipe_that_was_written_to_is_read_to_its_end():
    ours, theirs = os.pipe()
    os.write(theirs, b"whole")
    os.close(theirs)
    assert read_text(f"/dev/fd/{ours}") == "whole"
    os.close(ours)


@pytest.mark.skipif(sys.platform == "win32", reason="no bash")
def test_what_a_shell_substitutes_is_read_however_late_it_comes():
    code = "from scverify.reading import read_text; import sys; print(read_text(sys.argv[1]))"
    line = f'"{sys.executable}" -P -c "{code}" <(sleep 0.2; echo there)'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "there", done.stderr


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5000, "", "/"], ids=ascii)
def test_what_no_file_can_be_called_is_an_error_of_the_system(name):
    with pytest.raises(OSError):
        read_text(name)
