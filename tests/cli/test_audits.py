"""The command that judges trained embeddings."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from scverify.cli import main
from tests.test_audit import spread_out


def test_the_command(tmp_path):
    h, label = spread_out((6, 5, 4), 3)
    np.save(tmp_path / "h.npy", h)
    (tmp_path / "y.txt").write_text("\n".join(f"class {c}" for c in label))
    arguments = ["audit", str(tmp_path / "h.npy"), str(tmp_path / "y.txt"), "--tau", "7/100"]
    shown = CliRunner().invoke(main, [*arguments, "--save", str(tmp_path / "kept")])
    assert shown.exit_code == 0 and "Not at rest" in shown.stdout and "NC1" in shown.stdout
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "kept")]).exit_code == 0
    found = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert {"value", "floor", "excess", "gradient", "collapsed", "kind", "classes"} <= set(found)
    assert found["floor"]["upper"] < found["value"]["lower"] and found["classes"][0]["name"] == "class 0"


@pytest.mark.parametrize("arguments", [["missing.npy", "y.txt"], ["h.npy", "missing.txt"], ["h.txt", "y.txt"]])
def test_the_command_refuses_files_that_are_not_there(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    np.save("h.npy", np.eye(2))
    (tmp_path / "y.txt").write_text("a\na\n")
    answer = CliRunner().invoke(main, ["audit", *arguments, "--tau", "1/2"])
    assert answer.exit_code == 2 and answer.stderr.count("\n") == 1


def test_a_page_and_a_file_of_arrays(tmp_path):
    h, label = spread_out((4, 3, 3), 3)
    np.savez(tmp_path / "run.npz", h=h, y=label)
    np.save(tmp_path / "w.npy", np.eye(3))
    run, page = tmp_path / "run.npz", tmp_path / "page.html"
    line = ["audit", f"{run}::h", f"{run}::y", "--tau", "1/2", "--classifier", str(tmp_path / "w.npy"), "--html", str(page), "--json"]
    found = CliRunner().invoke(main, line)
    assert found.exit_code == 0 and "nc3" in json.loads(found.stdout)["classes"][0]
    assert page.read_text().count("<figure>") == 3
