"""scverify sweep: a grid from a file, rows and certificates in a directory."""

import json

import pytest
from click.testing import CliRunner

from scverify.cli import main

GRID = 'question = "merged"\nprofile = { name = "step", k = 4, n_min = 3 }\nratio = [2, 200]\ntau = "1/2"\n'


def run(*arguments):
    return CliRunner().invoke(main, ["sweep", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text(GRID)
    return path


def test_processes_answer_as_one_does_and_the_picture_is_written(file, tmp_path):
    first = run(file, "--out", tmp_path / "one", "--json", "--plot", tmp_path / "map.png")
    second = run(file, "--out", tmp_path / "two", "--jobs", 2, "--json")
    rows = [json.loads(done.stdout)["rows"] for done in (first, second)]
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert rows[0] == rows[1] and [row["word"] for row in rows[0]] == ["apart", "merged"]
    assert (tmp_path / "map.png").stat().st_size > 1000


def test_undecided_points_are_an_exit_code(file, tmp_path):
    file.write_text('sizes = [2, 2]\ntau = "1/2"\ndim = 2\n')
    done = run(file, "--question", "points", "--out", tmp_path / "out", "--starts", 2)
    assert done.exit_code == 0 and "none found" in done.stdout


def test_the_file_says_starts_and_budget_and_rows_go_into_a_table(file, tmp_path):
    file.write_text('question = "spurious"\nstarts = 3\nbudget = 100000\nsizes = [2, 2]\ndim = 2\ntau = "1/2"\n')
    done = run(file, "--out", tmp_path / "out", "--table", tmp_path / "rows.jsonl", "--starts", 3)
    assert done.exit_code == 0
    assert json.loads((tmp_path / "rows.jsonl").read_text())["word"] == "none (proved)"


def test_the_parameters_of_a_loss_are_swept(file, tmp_path):
    file.write_text('question = "simplex"\nloss = "siglip"\npairs = 5\nbias = [0, -4]\nlogit_scale = 4\n')
    done = run(file, "--out", tmp_path / "out", "--json")
    assert [(row["place"]["bias"], row["word"]) for row in json.loads(done.stdout)["rows"]] == [("0", "not a simplex"), ("-4", "simplex")]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (GRID, ["--question", "points"], "beside the file's 'merged'"),
        (GRID + "colour = 3\n", [], "key 'colour'"),
        (GRID.replace("merged", "taste"), [], "taste"),
        (GRID, ["--plot", "map.txt"], "plot file"),
        (GRID, ["--jobs", "2", "--scheduler", "tcp://localhost:1"], "--jobs beside --scheduler"),
        (GRID, ["--jobs", "0"], "--jobs"),
        (GRID, ["--starts", "0"], "--starts"),
        (GRID + "starts = 3\n", ["--starts", "4"], "--starts 4 beside the file's 3"),
        (GRID + 'starts = "few"\n', [], "starts 'few'"),
        (GRID + 'budget = "long"\n', [], "budget 'long'"),
        (GRID, ["--budget", "-1"], "budget -1"),
        (GRID + "question = 3\n", [], "Cannot overwrite"),
        (GRID.replace('"merged"', "3"), [], "question 3"),
        (GRID, ["--table", "rows.xlsx"], "table file"),
        (GRID + 'loss = "siglip"\npairs = 3\n', [], "siglip with class sizes"),
        ("tau = [", [], "TOML"),
        ("", [], "without tau"),
    ],
)
def test_wrong_input_is_one_line_and_leaves_nothing(file, tmp_path, text, options, message):
    file.write_text(text)
    done = run(file, "--out", tmp_path / "out", *options)
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_cluster_answers_as_one_process_does(file, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra: cluster)")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        done = run(file, "--out", tmp_path / "out", "--scheduler", cluster.scheduler_address, "--json")
    assert [row["word"] for row in json.loads(done.stdout)["rows"]] == ["apart", "merged"]


def test_where_every_point_is_refused_the_grid_is_wrong_input(file, tmp_path):
    file.write_text('sizes = [2, 2]\ntau = ["1/2", 1]\n')
    done = run(file, "--question", "points", "--out", tmp_path / "out")
    assert done.exit_code == 2 and "the first refusal: " in done.stdout and "dim" in done.stdout
