"""Losses on the command line: a value for each, the list of them, and wrong lines."""

import json
import math

import pytest
from click.testing import CliRunner

from scverify.cli import main
from scverify.model.catalogue import CATALOGUE, OUTSIDE

E3 = math.exp(-3)  # e^{(b - 1)/tau} at tau = 1/2, b = -1/2: the simplex of three
LINES = {
    "supcon": ("--sizes 4,4,4", 12 * math.log(3 + 8 * E3)),
    "supcon_weighted": ("--sizes 9,4,2", 3 * math.log1p(2 * E3)),
    "bcl": ("--sizes 4,4,4", 12 * math.log1p(2 * E3)),
    "soft_supcon": ("--sizes 2,2,2 --targets [[1,0,0],[0,1,0],[0,0,1.0]]", 6 * math.log(1 + 4 * E3)),
    "decoupled": ("--sizes 4,4,4", 12 * (math.log(8) - 3)),
    "spectral": ("--sizes 2,2,2", -6),
    "lifted": ("--sizes 4,4,4", 12 * (math.log(8) + math.log(3) - 3)),
    "multi_similarity": (
        "--sizes 4,4,4 --alpha 2 --beta 10",
        12 * (math.log1p(3 * math.exp(-3)) / 2 + math.log1p(8 * math.exp(-15)) / 10),
    ),
    "binary_logistic": ("--sizes 4,4,4 --bias 1", 12 * (3 * math.log1p(math.exp(-3)) + 8 * math.log1p(1))),
    "sincere": ("--sizes 4,4,4", 12 * math.log1p(8 * E3)),
    "nscl": ("--sizes 2,2,2 --views 2", 12 * (math.log(8) - 3)),
    "ssem": ("--classes 3 --images 2 --share 1/10", 12 * math.log(3 + 8 * E3)),
    "ntxent": ("--images 3", 6 * math.log1p(4 * E3)),
    "infonce": ("--images 3 --views 2", 6 * math.log1p(4 * E3)),
    "dhel": ("--pairs 3", 6 * (math.log(2) - 3)),
    "uniformity": ("--samples 3", math.log(6) - 1),
    "clip": ("--pairs 3", 6 * math.log1p(2 * E3)),
    "mnrl": ("--pairs 3 --repeats 2", 6 * math.log(2 * (1 + 2 * E3))),
    "siglip": ("--pairs 3 --bias -2", None),
    "mini_batches": ("--batches all:2 --pairs 3", 12 * math.log1p(E3)),
    "y_aware": ("--kernel [[1,0],[0,1]]", 4 * math.log1p(2 * math.exp(-4))),
    "cross_entropy": ("--sizes 4,4,4", 12 * math.log1p(2 * E3)),
    "label_smoothing": ("--sizes 4,4,4 --smoothing 1/100", None),
    "mse": ("--sizes 9,4 --constraint ridge:1/2", None),
    "cosface": ("--sizes 4,4,4 --margin 1/10", 12 * math.log1p(2 * math.exp(0.2) * E3)),
    "mixup": ("--classes 2 --share 1/2", 2 * math.log1p(math.exp(-4)) + 2 * math.log(2)),
    "multi_label": ("--label-sets [[0],[1],[2]]", 3 * math.log1p(2 * E3)),
    "supcon_cross_entropy": ("--sizes 4,4,4 --share 1", 12 * math.log(3 + 8 * E3)),
}


def test_every_named_loss_has_a_line_here():
    assert set(LINES) == set(CATALOGUE) - {"supcon_in"}


@pytest.mark.parametrize("name", LINES)
def test_a_value_for_each(name):
    line, value = LINES[name]
    result = CliRunner().invoke(main, ["optimum", "--loss", name, "--tau", "1/2", "--json", *line.split(" ")])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert value is None or float(found["lower"]) == pytest.approx(value, rel=1e-11)
    assert float(found["upper"]) - float(found["lower"]) <= 1e-9 * abs(float(found["upper"]))


def test_tables_and_labels_from_files(tmp_path):
    (tmp_path / "kernel.json").write_text('[["1", 0.5], [0.5, "1"]]')
    (tmp_path / "labels.txt").write_text("0\n0\n1\n1\n")
    for line in (f"y_aware --kernel {tmp_path / 'kernel.json'}", f"mini_batches --batches [[0,1,2,3]] --labels {tmp_path / 'labels.txt'}"):
        assert CliRunner().invoke(main, ["optimum", "--tau", "1", "--loss", *line.split()]).exit_code == 0


def test_a_base_temperature_multiplies_by_the_ratio():
    values = []
    for extra in ([], ["--base-temperature", "1/4"]):
        for line in ("--loss clip --pairs 3", "--loss supcon --sizes 3,2", "--loss mini_batches --batches fano --pairs 7"):
            result = CliRunner().invoke(main, ["optimum", "--tau", "1/2", "--json", *line.split(), *extra])
            values.append(float(json.loads(result.stdout)["lower"]))
    assert values[3:] == pytest.approx([2 * value for value in values[:3]], rel=1e-12)


def test_the_list_holds_formulas_options_and_what_stays_outside():
    text = CliRunner().invoke(main, ["losses"]).stdout
    assert "ntxent: --images --views=2" in text and "log Σ_{i≠j} e^{s_ij/τ}" in text and "outside: triplet" in text
    listed = json.loads(CliRunner().invoke(main, ["losses", "--json"]).stdout)
    entries = {entry["name"]: entry for entry in listed["losses"]}
    assert set(entries) == set(CATALOGUE) and {entry["name"] for entry in listed["outside"]} == set(OUTSIDE)
    assert entries["siglip"]["needed"] == ["pairs"] and entries["siglip"]["parameters"] == {"bias": "-10"}
    assert all(entry["formula"] and entry["constraint"] and entry["source"] for entry in entries.values())


@pytest.mark.parametrize(
    "line",
    [
        "--loss ntxent",
        "--loss ntxent --images 1",
        "--loss ntxent --images 3 --sizes 3,3",
        "--loss clip --pairs 1",
        "--loss clip --pairs 3 --images 3",
        "--loss clip --pairs 3 --views 2",
        "--loss clip --pairs 3 --nonnegative --constraint image=sphere",
        "--loss clip --pairs 3 --base-temperature 0",
        "--loss supcon --sizes 3,3 --pairs 3",
        "--loss cross_entropy",
        "--loss soft_supcon --sizes 3,3",
        "--loss soft_supcon --sizes 3,3 --targets [[1,0,0],[0,1,0],[0,0,1]]",
        "--loss soft_supcon --sizes 3,3 --targets [[1,0],[0]]",
        "--loss soft_supcon --sizes 3,3 --targets nowhere.json",
        "--loss soft_supcon --sizes 3,3 --targets [[1,0],[0,1]",
        "--loss y_aware --kernel [[1,0.5],[0.4,1]]",
        "--loss y_aware --kernel 7",
        "--loss mini_batches --pairs 4",
        "--loss mini_batches --batches [[0,1]]",
        "--loss mini_batches --batches [[0,9]] --pairs 4",
        "--loss mini_batches --batches all:9 --pairs 4",
        "--loss mixup --classes 1",
        "--loss multi_label --label-sets [[0],[]]",
        "--loss cosface --sizes 3,3 --margin wide",
        "--loss triplet --sizes 3,3",
        "--loss nonsense --sizes 3,3",
    ],
)
def test_a_wrong_line_is_one_line_and_exit_code_2(line):
    result = CliRunner().invoke(main, ["optimum", "--tau", "1/2", *line.split()])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.stderr


def test_a_landscape_of_nodes_takes_counts_of_its_own():
    result = CliRunner().invoke(main, ["landscape", "--loss", "clip", "--sizes", "3,3", "--dim", "3", "--tau", "1"])
    assert result.exit_code == 2 and "--pairs" in result.stderr


def test_routes_agree_on_pairs():
    result = CliRunner().invoke(main, ["crosscheck", "--loss", "clip", "--pairs", "2", "--dim", "2", "--tau", "1/2", "--json"])
    assert result.exit_code == 0 and json.loads(result.stdout)["ok"] is True, result.stderr
    wrong = CliRunner().invoke(main, ["crosscheck", "--loss", "clip", "--pairs", "30", "--tau", "1"])
    assert wrong.exit_code == 2 and "60 samples" in wrong.stderr


def test_critical_points_of_pairs(tmp_path):
    line = ["points", "--loss", "siglip", "--pairs", "2", "--bias", "-2", "--dim", "2", "--tau", "1/2", "--starts", "8", "--json", "--save"]
    result = CliRunner().invoke(main, [*line, str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["dim"] == 2 and found["loss"] == "siglip" and found["constraint"] == {"image": "sphere", "text": "sphere"}
    assert found["points"][0]["kind"] == "global minimum" and found["points"][-1]["kind"] == "strict saddle"
    assert CliRunner().invoke(main, ["verify", str(tmp_path)]).exit_code == 0


def test_an_optimum_below_its_rank_is_an_interval():
    result = CliRunner().invoke(main, ["optimum", "--loss", "mnrl", "--pairs", "4", "--dim", "2", "--tau", "1", "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["tight"] is False and found["relaxed_rank"] == 3 and float(found["lower"]) < float(found["upper"])


def test_digits_of_an_optimum_on_units_are_reached_or_missed_aloud():
    reached = CliRunner().invoke(main, ["optimum", "--loss", "clip", "--pairs", "3", "--tau", "1", "--digits", "80", "--json"])
    assert reached.exit_code == 0 and len(json.loads(reached.stdout)["lower"]) > 80
    missed = CliRunner().invoke(
        main, ["optimum", "--loss", "siglip", "--pairs", "3", "--bias", "free", "--tau", "1", "--digits", "80", "--json"]
    )
    assert missed.exit_code == 4 and "1e-80 was asked" in missed.stderr and "lower" in json.loads(missed.stdout)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("optimum --loss clip --pairs 3 --tau 1 --solver cvxpy:SCS", "drop --solver"),
        ("points --loss clip --pairs 2 --tau 1", "without a dimension"),
        ("points --loss siglip --pairs 2 --bias free --dim 2 --tau 1", "free scalars"),
        ("points --loss ntxent --images 2 --views 3 --dim 2 --tau 1", "copies"),
        ("points --loss uniformity --samples 3 --dim 2 --tau 1", "anchor of its own"),
        ("points --loss clip --pairs 2 --dim 2 --tau 1 --constraint image=sphere,text=ball", "different kinds"),
        ("points --loss cross_entropy --sizes 2,2 --dim 2 --tau 1 --constraint weight=fixed:simplex,feature=sphere", "fixed nodes"),
        ("points --loss clip --pairs 2 --dim 2 --tau 1 --nonnegative", "H >= 0"),
        ("optimum --loss clip --pairs 4 --dim 1 --tau 1", "sphere in dimension 1"),
        ("threshold --loss siglip --pairs 5 --kind simplex --tau 1,2 --dim 3", "over all dimensions"),
    ],
)
def test_what_has_no_points_is_one_line(line, said):
    result = CliRunner().invoke(main, line.split())
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and said in result.stderr, result.stderr
