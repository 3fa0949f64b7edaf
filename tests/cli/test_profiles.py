"""The command that lists profiles: as a table, and as JSON."""

import json

import pytest
from click.testing import CliRunner

from scverify.cli import main


def test_profiles_with_their_numbers():
    text = CliRunner().invoke(main, ["profiles"]).stdout
    assert ["places-lt", "365", "62500", "4980", "…", "5"] in [line.split() for line in text.splitlines()]
    assert "--k --n-min --ratio" in text
    assert "published counts of Liu et al. 2019" in text


def test_profiles_as_json():
    entries = {entry["name"]: entry for entry in json.loads(CliRunner().invoke(main, ["profiles", "--json"]).stdout)["profiles"]}
    places, step = entries["places-lt"], entries["step"]
    assert (places["k"], places["n"], places["largest"], places["smallest"]) == (365, 62500, 4980, 5)
    assert step["options"] == {"k": None, "n-min": None, "ratio": None, "majorities": 0}
    assert "k" not in step


@pytest.mark.parametrize("line", ["profiles extra", "profiles --nonsense"])
def test_a_wrong_line_is_refused(line):
    result = CliRunner().invoke(main, line.split())
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
