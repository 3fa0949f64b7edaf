"""scverify landscape: words, exit codes, JSON, files, and a search that is taken up again."""

import json

import pytest
from click.testing import CliRunner

from scverify.certify import subdivision
from scverify.cli import main
from scverify.results.files import MANIFEST

PROVED = ["landscape", "--sizes", "2,2", "--dim", "2", "--tau", "1/2", "--starts", "8", "--jobs", "1"]


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)], standalone_mode=True)


def test_a_proof_in_json_with_its_certificate(tmp_path):
    result = run(*PROVED, "--json", "--save", tmp_path)
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and result.stderr == ""
    assert (told["claim"], told["verdict"], told["trust"]) == ("every local minimum is global", "PROVED", "interval")
    assert told["boxes"] > 0 and told["seconds"] > 0 and {"value", "kind", "inertia"} <= set(told["points"][0])
    assert told["certificate"] == str(tmp_path / "landscape.json")
    verified = run("verify", tmp_path, "--json")
    assert verified.exit_code == 0 and json.loads(verified.stdout)["answer"] == "VERIFIED"


def test_a_refutation_exits_1_and_saves_the_spurious_minimum(tmp_path):
    result = run("landscape", "--sizes", "4,2", "--dim", 3, "--tau", "1/20", "--starts", 60, "--save", tmp_path)
    assert result.exit_code == 1 and result.stdout.startswith("REFUTED: every local minimum is global")
    assert json.loads((tmp_path / "landscape.json").read_text())["claim"]["type"] == "SpuriousMinimum"
    assert run("verify", tmp_path).exit_code == 0


def test_an_unfinished_search_is_kept_and_taken_up(tmp_path, monkeypatch):
    monkeypatch.setattr(subdivision, "TRUNK", 100)
    first = run(*PROVED, "--budget", "0.001", "--save", tmp_path)
    assert first.exit_code == 4 and "out of budget" in first.stderr and "UNDECIDED" in first.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["landscape.unfinished"]
    undecided = run("verify", tmp_path)
    assert undecided.exit_code == 4 and "it is not finished" in undecided.stdout
    second = run(*PROVED, "--save", tmp_path)
    assert second.exit_code == 0 and {file.name for file in tmp_path.iterdir()} == {"landscape.json", MANIFEST}


def test_a_search_left_by_another_problem_is_refused(tmp_path):
    run(*PROVED, "--budget", "0.001", "--save", tmp_path)
    other = run("landscape", "--sizes", "2,2", "--dim", "2", "--tau", "1/3", "--save", tmp_path)
    assert other.exit_code == 2 and "another problem" in other.stderr
    (tmp_path / "landscape.unfinished").write_text("{")
    assert run(*PROVED, "--save", tmp_path).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--sizes", "2,2", "--tau", "1/2"], "dimension"),
        (["--sizes", "4,4", "--tau", "1/2", "--dim", "3", "--constraint", "ball"], "5 dimensions and more"),
        (["--sizes", "2,2", "--tau", "1/2", "--dim", "3", "--constraint", "ridge:1/10"], "sphere alone"),
        (["--sizes", "20,20", "--tau", "1/2", "--dim", "3"], "samples"),
        (["--sizes", "2,2", "--tau", "1/2", "--dim", "3", "--tau-upper", "1/3"], "tau_upper"),
        (["--sizes", "2,2", "--tau", "1/2", "--dim", "3", "--loss", "spectral"], "log-sum-exp"),
    ],
)
def test_wrong_input_is_one_line_and_exits_2(arguments, reason):
    result = run("landscape", *arguments)
    assert result.exit_code == 2 and reason in result.stderr and len(result.stderr.splitlines()) == 1


def test_an_interval_of_temperatures(tmp_path):
    result = run("landscape", "--sizes", "2,2", "--dim", 2, "--tau", "1", "--tau-upper", "3/2", "--starts", 4, "--json", "--save", tmp_path)
    assert result.exit_code == 0 and json.loads(result.stdout)["tau_upper"] == "3/2"
    assert "every greater tau up to 3/2" in run("verify", tmp_path).stdout


def test_a_ball_needs_no_box(tmp_path):
    result = run("landscape", "--sizes", "3,3", "--dim", 3, "--tau", "1/100", "--tau-upper", 9, "--constraint", "ball", "--save", tmp_path)
    assert result.exit_code == 0 and "few points on a ball" in result.stdout and result.stdout.startswith("PROVED")
    assert run("verify", tmp_path).exit_code == 0


def test_a_complete_list(tmp_path):
    result = run("landscape", "--sizes", "2,2", "--dim", 2, "--tau", "1/2", "--all", "--jobs", 1, "--json", "--save", tmp_path)
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and told["verdict"] == "PROVED" and told["claim"] == "every critical point is listed"
    assert len(told["points"]) == 6 and told["euler"] == 0 and all("copies" in point for point in told["points"])
    assert run("verify", tmp_path).exit_code == 0
    (tmp_path / "complete-list.json").unlink()
    incomplete = run("verify", tmp_path)
    assert incomplete.exit_code == 1 and "the manifest names it, and it is missing" in incomplete.stdout
    assert run("landscape", "--sizes", "2,2", "--dim", 2, "--tau", "1/2", "--all", "--tau-upper", 1).exit_code == 2
    assert run("landscape", "--sizes", "3,3", "--dim", 2, "--tau", "1/5", "--all", "--jobs", 1, "--budget", "0.2").exit_code == 4


def test_pairs_and_classes_as_vectors(tmp_path):
    pairs = run("landscape", "--loss", "siglip", "--pairs", 2, "--bias", -2, "--tau", 1, "--dim", 2, "--starts", 8, "--save", tmp_path)
    assert pairs.exit_code == 0 and pairs.stdout.startswith("PROVED: every local minimum is global"), pairs.stderr
    verified = run("verify", tmp_path)
    assert verified.exit_code == 0 and "siglip" in verified.stdout
    told = json.loads(run("landscape", "--sizes", "3,2,2", "--dim", 2, "--tau", 1, "--starts", 8, "--collapsed", "--json").stdout)
    assert (told["loss"], told["verdict"]) == ("supcon of collapsed classes 3,2,2", "PROVED") and told["boxes"] > 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--loss clip --pairs 2 --tau 1 --dim 2 --all", "--all with clip"),
        ("--loss clip --pairs 2 --tau 1 --dim 2 --collapsed", "--collapsed with the loss clip"),
        ("--loss clip --pairs 2 --tau 1 --dim 2 --tau-upper 2", "one temperature"),
        ("--loss clip --pairs 2 --tau 1", "a dimension"),
        ("--loss clip --tau 1 --dim 2", "--pairs"),
        ("--sizes 2,2 --pairs 2 --tau 1 --dim 2", "--pairs with the loss supcon"),
        ("--loss mse --sizes 1,1 --tau 1 --dim 2", "sums of log"),
        ("--loss siglip --pairs 2 --bias free --tau 1 --dim 2", "free scalars"),
        ("--loss clip --pairs 200 --tau 1 --dim 2", "2 to 10 nodes"),
        ("--loss clip --pairs 2 --tau 1/1000 --dim 2", "beyond 300"),
        ("--loss clip --pairs 2 --tau 1 --dim 2 --constraint ridge:1", "spheres alone"),
    ],
)
def test_what_is_no_landscape_of_nodes_is_one_line(line, told):
    result = run("landscape", *line.split())
    assert (result.exit_code, result.stdout) == (2, "") and told in result.stderr and result.stderr.count("\n") == 1, result.stderr
