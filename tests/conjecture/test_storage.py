"""Nothing of Hypothesis's own is left where a user happens to be."""

import os
import subprocess
import sys

from hypothesis import configuration

from scverify.conjecture.storage import nothing_left_here

STATEMENT = """
import scverify as sv

@sv.conjecture(classes=sv.strategies.classes(k=2, size=(2, 9)), temperature=sv.strategies.rationals("1/2", 1))
def positive(problem):
    return sv.exact(problem.classes.n > 3, "counted")
"""


def test_a_check_leaves_nothing(tmp_path):
    (tmp_path / "statement.py").write_text(STATEMENT)
    code = [sys.executable, "-P", "-c", "from scverify.cli import main; main()", "check", "statement.py", "--budget", "2"]
    environment = {name: value for name, value in os.environ.items() if name != "HYPOTHESIS_STORAGE_DIRECTORY"}
    assert subprocess.run(code, cwd=tmp_path, env=environment, capture_output=True, check=False).returncode in (0, 4)
    assert [file.name for file in tmp_path.iterdir()] == ["statement.py"]


def test_where_hypothesis_was_told_to_keep_its_files_it_does(tmp_path, monkeypatch):
    def where():
        return configuration.storage_directory("constants").path

    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY", raising=False)
    monkeypatch.setattr(configuration, "__hypothesis_home_directory", tmp_path)
    with nothing_left_here():
        assert where() == tmp_path / "constants"
    monkeypatch.setattr(configuration, "__hypothesis_home_directory", None)
    with nothing_left_here():
        inside = where()
        assert inside.parent.is_dir()
    assert where() != inside and not inside.parent.exists()
    monkeypatch.setattr(configuration, "__hypothesis_home_directory", None)
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path / "chosen"))
    with nothing_left_here():
        assert where() == tmp_path / "chosen" / "constants"
