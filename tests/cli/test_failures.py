"""The door: every failure leaves in one line with its exit code, and 1 is never the code of a crash."""

import errno
import os
import signal
import subprocess
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner

from scverify.cli import main

SMALL = ("--sizes", "3,2", "--tau", "1/2")
COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]


def failing(monkeypatch, error):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr(import_module("scverify.crosscheck"), "crosscheck", fails)


def assert_one_line(result, code, *fragments):
    assert result.exit_code == code, result.stderr
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("scverify: ")
    for fragment in fragments:
        assert fragment in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "fragment"),
    [
        (ZeroDivisionError("division\nby zero"), 5, "internal error (ZeroDivisionError: division by zero)"),
        (RecursionError("too deep"), 5, "please report it"),
        (AssertionError(), 5, "--debug"),
        (MemoryError(), 5, "out of memory"),
        (OSError(errno.ENOSPC, "No space left on device", "out/a.json"), 5, "no space to write 'out/a.json'"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 5, "no space"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), 5, "--jobs"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 5, "its reader has gone"),
        (PermissionError(errno.EACCES, "Permission denied", "here"), 2, "file 'here' (Permission denied)"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_nobody_expected_is_one_line(monkeypatch, error, code, fragment):
    failing(monkeypatch, error)
    result = CliRunner().invoke(main, ["crosscheck", *SMALL])
    assert_one_line(result, code, fragment)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["--debug", "crosscheck", *SMALL], ["crosscheck", *SMALL, "--debug"]])
def test_debug_shows_the_traceback(monkeypatch, arguments):
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 5 and "Traceback" in result.stderr and result.stderr.splitlines()[-1].startswith("scverify: internal error")


def shell(line, **environment):
    """A line of shell in which $S is the command; its status and stderr."""
    script = f'set -o pipefail; S() {{ "{COMMAND[0]}" -P -c "{COMMAND[3]}" "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, errors="replace", env={**os.environ, **environment}, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("S verify absent --json > /dev/full", 2),
        ("S doctor --help > /dev/full", 5),
        ("S --help | true", 5),
        ("S crosscheck --sizes 2,2 --tau 1 --dim 2 --json > /dev/full", 5),
        ("S --help >&-", 0),
        ("S optimum --sizes 2,2 --tau 1 >&-", 0),
        ("S optimum --sizes 2,x --tau 1 2>&-", 2),
    ],
)
def test_broken_streams(line, code):
    status, _, err = shell(line)
    assert status == code and "Traceback" not in err and "Exception ignored" not in err
    assert err.count("\n") == (code != 0 and "2>&-" not in line)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stream_that_cannot_show_greek(encoding):
    status, out, err = shell("S optimum --sizes 2,2 --tau 1", PYTHONIOENCODING=encoding)
    assert status == 0 and "Certified optimum" in out and err == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"])
def test_a_signal_ends_work_with_its_code(tmp_path, number, code):
    slow = "import os, sys, time\nprint('on', file=sys.stderr, flush=True)\ntime.sleep(3600)\n"
    (tmp_path / "slow.py").write_text(slow)
    command = [*COMMAND, "optimum", *SMALL, "--loss", "slow.py::mine", "--save", "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stderr.readline() == "on\n"
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (code, "", "scverify: interrupted\n")
    assert not (tmp_path / "out").exists()


HOOKS = {
    "the answer is written": (["--version"], "atexit.register(strike)", 0, ""),
    "streams are closed": (["--version"], "failures._drop_unwritten = strike", 0, ""),
    "all is torn down": (["--version"], "last = type('Last', (), {'__del__': lambda self, strike=strike: strike()})()", 0, ""),
    "a failure is said": (
        ["nonsense"],
        "failures.click.echo = lambda *a, echo=failures.click.echo, **k: (strike(), echo(*a, **k))",
        2,
        "nonsense",
    ),
    "a failure is put in words": (["nonsense"], "failures._help_command = strike", None, "interrupted"),
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
@pytest.mark.parametrize("moment", HOOKS)
def test_a_signal_that_comes_late_changes_no_answer(moment, number):
    """Between the end of the work and that of the process there is no moment at which a signal is a death or a traceback."""
    arguments, hook, code, said = HOOKS[moment]
    strike = f"def strike(*_, kill=os.kill, me=os.getpid()): kill(me, {int(number)})"
    script = f"import atexit, os, sys\nfrom scverify.cli import failures, main\n{strike}\n{hook}\nmain()"
    done = subprocess.run([sys.executable, "-P", "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == (128 + number if code is None else code), done.stderr
    assert said in done.stderr and done.stderr.count("\n") == bool(said) and ("version" in done.stdout) == (code == 0)


def test_a_command_that_is_called_gives_the_handlers_back():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    assert main(["--version"], standalone_mode=False) == 0
    assert CliRunner().invoke(main, ["--version"]).exit_code == 0
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
