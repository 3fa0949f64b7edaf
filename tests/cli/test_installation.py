"""`scverify doctor` as a user meets it: what is here, and an exit code where something is missing."""

import json

from click.testing import CliRunner

from scverify.cli import environment, main
from scverify.cli.environment import Environment, Package


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_doctor_tells_what_is_here():
    result = run("doctor")
    assert result.exit_code == 0
    for name in ("scverify", "CLARABEL", "SCS", "MOSEK"):
        assert name in result.stdout
    told = json.loads(run("doctor", "--json").stdout)
    assert told.get("missing", []) == [] and all(solver["available"] for solver in told["solvers"] if solver["name"] in ("CLARABEL", "SCS"))


def test_a_missing_requirement_has_the_exit_code_of_a_missing_tool(monkeypatch):
    lacking = Environment(python="3.11", scverify="0", packages=(Package("no-such-thing", ">=1", None, None),), solvers=(), coq="8.16")
    monkeypatch.setattr(environment, "look_around", lambda: lacking)
    result = run("doctor", "--json")
    assert result.exit_code == 3 and json.loads(result.stdout)["missing"] == ["no-such-thing"]
