"""Every failure of a command: one line on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from scverify.errors import InputError, ScverifyError

INTERRUPTED = 130
_WRONG_INPUT = InputError.exit_code


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
        try:
            code = super().main(arguments, prog_name or "scverify", complete_var, standalone_mode=False, obj=arguments, **extra)
        except click.Abort:
            code = fail("interrupted", INTERRUPTED)
        except click.ClickException as error:
            code = fail(f"{error.format_message().rstrip('.')}; see: {_help_command(error)}", _WRONG_INPUT)
        except ScverifyError as error:
            code = fail(str(error), error.exit_code)
        if standalone_mode:
            sys.exit(code)
        return code


def fail(message: str, code: int) -> int:
    """The message in one line on stderr; returns the exit code."""
    click.echo(f"scverify: {' '.join(message.split())}", err=True)
    return code


def _help_command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path if context else 'scverify'} --help"
