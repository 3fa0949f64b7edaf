"""The command line: reads options, calls the library, prints. One file a group of commands.

Exit codes: 0 done or verified; 1 not verified, refuted; 2 wrong input; 3 a tool is missing; 4 undecided or out of budget;
5 out of memory or disk, or an internal error; 130, 143 interrupted (Ctrl-C, SIGTERM), work kept. 1 is never the code of a crash.
"""

from __future__ import annotations

import click

from scverify import __version__
from scverify.cli.audits import audit
from scverify.cli.certificates import export, verify
from scverify.cli.failures import OneLineFailures, with_debug
from scverify.cli.installation import doctor
from scverify.cli.landscapes import landscape
from scverify.cli.losses import losses
from scverify.cli.problems import crosscheck, optimum, points
from scverify.cli.profiles import profiles
from scverify.cli.statements import check, prove
from scverify.cli.suite import suite
from scverify.cli.sweeps import sweep
from scverify.cli.thresholds import threshold

__all__ = ["main"]


@click.group(name="scverify", cls=OneLineFailures, no_args_is_help=False)
@click.version_option(__version__, prog_name="scverify")
def main() -> None:
    """Certified optima of supervised contrastive losses with unconstrained features."""


_COMMANDS = (audit, check, crosscheck, doctor, export, landscape, losses, optimum, points, profiles, prove, suite, sweep, threshold, verify)
for _command in _COMMANDS:
    main.add_command(with_debug(_command))
with_debug(main)
