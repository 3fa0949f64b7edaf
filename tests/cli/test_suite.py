"""`scverify suite` as a user meets it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from scverify.cli import main
from scverify.conjecture import standard

COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]


LONG = ("--budget", "100000")  # seconds that no property here needs: a busy machine changes no verdict


def run(*arguments):
    return CliRunner().invoke(main, ["suite", *arguments], catch_exceptions=False)


@pytest.fixture
def three_properties(monkeypatch):
    monkeypatch.setattr(
        standard, "PROPERTIES", (standard.convex_in_the_gram_matrix, standard.tight_relaxation, standard.benign_on_the_sphere)
    )


def test_a_table_tells_each_verdict_and_how_it_was_reached(three_properties, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("--loss", "supcon", "--save", "certificates", *LONG)
    assert (result.exit_code, result.stderr) == (0, "")
    for told in ("Standard properties of supcon", "PROVED", "symbolic", "every step of its proof", "REFUTED", "ball", "spurious minimum"):
        assert told in result.stdout
    verified = subprocess.run([*COMMAND, "verify", str(tmp_path / "certificates")], capture_output=True, text=True, check=False)
    assert verified.stdout.startswith("VERIFIED")


def test_the_table_as_json(three_properties):
    told = json.loads(run("--loss", "supcon_in", "--json", "--jobs", "2", *LONG).stdout)
    assert (told["loss"], told["profile"]) == ("supcon_in", "fast")
    assert [row["verdict"] for row in told["properties"]][:2] == ["REFUTED", "UNDECIDED"]
    assert "convex" in told["properties"][1]["reason"]
    again = subprocess.run(
        [sys.executable, "-P", "-c", told["properties"][0]["snippet"]], cwd="/", capture_output=True, text=True, check=False
    )
    assert again.stdout.startswith("FALSE (ball): along s = "), again.stderr


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        ([], ["--loss", "scverify suite --help"]),
        (["--loss", "nonsense"], ["nonsense", "supcon"]),
        (["--loss", "absent.py::mine"], ["absent.py"]),
        (["--loss", "supcon", "--profile", "slow"], ["slow", "thorough"]),
        (["--loss", "supcon", "--budget", "0"], ["--budget", "0"]),
        (["--loss", "supcon", "--jobs", "0"], ["--jobs", "0"]),
        (["--loss", "supcon", "--sizes", "2,2"], ["sizes"]),
        (["--loss", "clip", "--sizes", "2,2"], ["--sizes", "clip"]),
        (["--loss", "clip", "--bias", "1"], ["--bias", "clip"]),
        (["--loss", "clip", "--pairs", "1"], ["pairs", "1"]),
        (["--loss", "y_aware"], ["--kernel"]),
        (["--loss", "mini_batches", "--labels", "absent.txt", "--batches", "all:3"], ["absent.txt"]),
        (["--loss", "supcon", "--save", "plain"], ["'plain'", "directory"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_wrong_input_is_one_line(arguments, fragments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").write_text("a file")
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    for fragment in fragments:
        assert fragment in result.stderr


def test_a_loss_on_nodes_takes_its_parameters(three_properties):
    told = json.loads(run("--loss", "cross_entropy", "--sizes", "2,2", "--smoothing", "1/10", "--budget", "1", "--json").stdout)
    assert told["loss"] == "cross_entropy (2 classes of weight vector and features)"
    assert told["properties"][0]["verdict"] == "PROVED"


def test_ctrl_c_prints_the_rows_that_are_known(three_properties, monkeypatch):
    def interrupted(problem):
        raise KeyboardInterrupt

    monkeypatch.setattr(standard, "optimum_facts", interrupted)
    result = run("--loss", "supcon", "--json", *LONG)
    told = json.loads(result.stdout)
    assert result.exit_code == 130 and result.stderr == "scverify: interrupted; what had been found is printed\n"
    assert [row["interrupted"] for row in told["properties"]] == [False, True]
