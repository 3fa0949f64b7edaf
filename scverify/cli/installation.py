"""The command that says what is installed: doctor."""

from __future__ import annotations

import click

from scverify.cli.options import json_option
from scverify.cli.output import show_result, working


@click.command(epilog="Example: scverify doctor --json")
@json_option
def doctor(as_json: bool) -> int:
    """Tell versions, solvers, licences, what is missing and how to get it."""
    with working("solving a tiny problem with each solver"):
        from scverify.cli.environment import look_around

        environment = look_around()
    show_result(environment, as_json)
    return 3 if environment.missing else 0
