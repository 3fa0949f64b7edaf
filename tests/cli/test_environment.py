from importlib import metadata

import pytest

from scverify.cli import environment
from scverify.cli.environment import Environment, Package, look_around


@pytest.fixture
def required(monkeypatch):
    lines = ["click>=8.2", "no-such-thing>=1", "no-such-extra<2,>=1; extra == 'oracles'"]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    monkeypatch.setattr(environment, "solver_report", lambda: [("SCS", True, "3.2"), ("MOSEK", False, "no licence")])
    return look_around()


def test_requirements_are_read_with_their_range_and_extra(required):
    click, thing, extra = required.packages
    assert (click.name, click.wanted, click.version, click.extra) == ("click", ">=8.2", metadata.version("click"), None)
    assert thing == Package("no-such-thing", ">=1", None, None)
    assert extra == Package("no-such-extra", "<2,>=1", None, "oracles")
    assert required.missing == (thing,)


def test_what_is_missing_comes_with_the_way_to_get_it(required):
    out = required.text(width=100)
    assert "needed: pip install 'no-such-thing>=1'" in out and "oracles: pip install 'no-such-extra<2,>=1'" in out
    assert "no licence" in out and "nothing" not in out


def test_json_leaves_out_what_is_not_known(required):
    told = required.to_json()
    assert told["missing"] == ["no-such-thing"]
    assert told["packages"][1] == {"name": "no-such-thing", "wanted": ">=1"}
    assert not {"packages", "missing"} & set(Environment(python="3.11", scverify="0", packages=(), solvers=(), coq="8.16").to_json())
