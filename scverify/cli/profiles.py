"""The command that lists the named profiles of class sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scverify.cli.options import json_option
from scverify.cli.output import print_json, show

if TYPE_CHECKING:
    from scverify.model.classes import Profile


@click.command(epilog="Example: scverify profiles --json")
@json_option
def profiles(as_json: bool) -> int:
    """List the named profiles of class sizes: options, numbers of classes and samples, and where they are from."""
    from scverify.model.classes import PROFILES
    from scverify.results.layout import Account, Table

    entries = [_entry(name, profile) for name, profile in PROFILES.items()]
    if as_json:
        print_json({"profiles": entries})
        return 0
    columns = ("name", "k", "n", "sizes", "needs")
    rows = [[_cells(entry)[column] for column in columns] for entry in entries]
    notes = [f"{entry['name']}: {entry['source']}" for entry in entries]
    show(Account(heading="Profiles of class sizes", tables=[Table(columns, rows, words=("name", "sizes", "needs"))], notes=notes))
    return 0


def _entry(name: str, profile: Profile) -> dict[str, Any]:
    """What is known of a profile; its numbers where no option has to be given."""
    options = {key.replace("_", "-"): value for key, value in profile.defaults.items()}
    entry = {"name": name, "options": options, "source": profile.source}
    if None in options.values():
        return entry
    classes = profile.build(**profile.defaults)
    return entry | {"k": classes.k, "n": classes.n, "largest": max(classes.sizes), "smallest": min(classes.sizes)}


def _cells(entry: dict[str, Any]) -> dict[str, str]:
    needs = " ".join(f"--{option}" for option, default in entry["options"].items() if default is None)
    if needs:
        return {"name": entry["name"], "k": "", "n": "", "sizes": "", "needs": needs}
    sizes = f"{entry['largest']} … {entry['smallest']}"
    return {"name": entry["name"], "k": str(entry["k"]), "n": str(entry["n"]), "sizes": sizes, "needs": ""}
