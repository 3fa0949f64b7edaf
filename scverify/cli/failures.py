"""The door of the command line: whatever goes wrong inside leaves as one line on stderr and an exit code."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from scverify.errors import InputError, InternalError, OutOfResources, ScverifyError

# 128 and the number of the signal, as shells say it
INTERRUPTED = 130
TERMINATED = 143
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READER_GONE = "the answer could not be written: its reader has gone"
_DEBUG = "scverify.debug"


class Terminated(KeyboardInterrupt):
    """SIGTERM: work ends, and is kept, as after Ctrl-C."""


class OneLineFailures(click.Group):
    """A group whose every failure is one line on stderr and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command with the given arguments (default: those of the process); exits with its code, or returns it."""
        arguments = list(sys.argv[1:] if args is None else args)
        with _signals_interrupt(for_ever=standalone_mode and args is None) as signals:
            try:
                code = self._answered(signals, arguments, prog_name, complete_var, standalone_mode, **extra)
                signals.end()
            except KeyboardInterrupt:  # while it was being said how the work had ended
                signals.end()
                code = fail("interrupted", INTERRUPTED)
            _drop_unwritten()
        code = TERMINATED if code == INTERRUPTED and signal.SIGTERM in signals.came else code
        if standalone_mode:
            sys.exit(code)
        return code

    def _answered(
        self, signals: _Signals, arguments: list[str], prog_name: str | None, complete_var: str | None, standalone_mode: bool, **extra: Any
    ) -> Any:
        """Runs the command; the exit code, and one line on stderr for whatever went wrong."""

        def failed(message: str, code: int) -> int:
            signals.end()
            return fail(message, code)

        try:
            _make_streams_safe()
            if standalone_mode:
                _hold_to_memory()
            code = super().main(arguments, prog_name or "scverify", complete_var, standalone_mode=False, obj=arguments, **extra)
            sys.stdout.flush()
            return failed("interrupted; what had been found is printed", code) if code == INTERRUPTED else code
        except (click.Abort, KeyboardInterrupt):
            return failed("interrupted", INTERRUPTED)
        except SystemExit as left:  # click's own, where its reader has gone
            return failed(_READER_GONE, OutOfResources.exit_code) if left.code else 0
        except click.ClickException as error:
            return failed(f"{error.format_message().rstrip('.')}; see: {_help_command(error)}", InputError.exit_code)
        except ScverifyError as error:
            return failed(str(error), error.exit_code)
        except Exception as error:
            found = _in_words(error)
            return failed(str(found), found.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        """The command; what it raises leaves in words, and with --debug after its traceback."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise click.Abort from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, ScverifyError):
            raise
        except Exception as error:
            if ctx.meta.get(_DEBUG):
                traceback.print_exc()
            raise _in_words(error) from error


def with_debug(command: click.Command) -> click.Command:
    """The command with the option --debug."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.meta[_DEBUG] = True

    text = "Show the traceback of an internal error."
    command.params.append(click.Option(["--debug"], is_flag=True, expose_value=False, callback=remember, help=text))
    return command


def fail(message: str, code: int) -> int:
    """The message in one line on stderr; returns the exit code."""
    with suppress(OSError, ValueError):
        click.echo(f"scverify: {' '.join(message.split())}", err=True)
    return code


def _in_words(error: Exception) -> ScverifyError:
    """What an exception that nobody expected means for the user."""
    if isinstance(error, MemoryError):
        return OutOfResources("out of memory; choose a smaller problem (--sizes, --dim, --starts), or a machine with more memory")
    if isinstance(error, OSError):
        where = f" {error.filename!r}" if error.filename else ""
        if error.errno == errno.EPIPE:
            return OutOfResources(_READER_GONE)
        if error.errno in _FULL:
            return OutOfResources(f"no space to write{where} ({error.strerror}); free some, or write elsewhere")
        if error.errno in (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE):
            return OutOfResources(f"the system refuses more{where} ({error.strerror}); use fewer --jobs, or close other programs")
        if error.filename:
            return InputError(f"file{where} ({error.strerror})", "a file that can be read and written", "give another path")
    return InternalError(f"{type(error).__name__}: {str(error)[:300]}")


def _help_command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'scverify'} --help"


class _Signals:
    """SIGTERM and Ctrl-C while a command works: each raises in the main thread; once the work is over they change nothing."""

    def __init__(self) -> None:
        """No signal has come, and the work goes on."""
        self.came: list[int] = []
        self._working = True

    def interrupt(self, number: int, _: object) -> None:
        """The handler."""
        self.came.append(number)
        if self._working:
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    def end(self) -> None:
        """The exit code is known: what comes from now on is too late."""
        self._working = False


@contextmanager
def _signals_interrupt(for_ever: bool) -> Iterator[_Signals]:
    """Handlers of SIGTERM and Ctrl-C; for_ever: until the process has ended, which no signal changes once its answer is written."""
    signals = _Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, signals.interrupt)}
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else someone has it ignored
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signals.interrupt)
    try:
        yield signals
    finally:
        for number, handler in before.items():
            # the interpreter gives every handler back at its end, and only what is ignored stays so
            signal.signal(number, signal.SIG_IGN if for_ever else handler)


def _make_streams_safe() -> None:
    """A letter that a stream cannot show is written as its code; a stream that was closed swallows what is written.

    The descriptor of a closed stream is taken, so that no file of ours is opened under it and written to by a library.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, os.fdopen(descriptor, "r" if descriptor == 0 else "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper) and descriptor:
            stream.reconfigure(errors="backslashreplace")


def _hold_to_memory() -> None:
    """No more address space than the machine has memory: a request for more then fails in words instead of ending some process."""
    try:
        import resource

        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    except (ImportError, ValueError, OSError, AttributeError):  # no such limit here
        return


def _drop_unwritten() -> None:
    """Nothing that a broken stream still holds is tried again by the interpreter at its end, which would change the exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
