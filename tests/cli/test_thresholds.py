"""`scverify threshold`: a range of temperatures in, a bracket and certificates out."""

import json
import shlex

import pytest

from scverify.cli import main

RANGE = ["threshold", "--sizes", "2,2", "--dim", "2", "--starts", "150"]


def test_certificates_are_saved_and_verified(tmp_path, capsys):
    assert main.main([*RANGE, "--tau", "1/5,41/200", "--save", str(tmp_path), "--json"], standalone_mode=False) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ending"] == "whole range"
    assert told["tau"] == {"lower": "1/5", "upper": "41/200"}
    assert main.main(["verify", str(tmp_path)], standalone_mode=False) == 0
    assert "every tau in [1/5, 41/200]" in capsys.readouterr().out


def test_nothing_found_is_undecided(capsys):
    assert main.main([*RANGE, "--tau", "2,3"], standalone_mode=False) == 4
    assert "proves nothing" in capsys.readouterr().out


def test_one_temperature_is_wrong_input(capsys):
    assert main.main([*RANGE, "--tau", "1/5"], standalone_mode=False) == 2
    assert "two numbers" in capsys.readouterr().err


def asked(capsys, line):
    code = main.main(["threshold", *shlex.split(line)], standalone_mode=False)
    return code, capsys.readouterr().out


def test_the_ratio_from_which_small_classes_merge(tmp_path, capsys):
    line = "--profile step --k 4 --n-min 3 --ratio 50,200 --tau 1/2 --kind merged --json --save"
    code, out = asked(capsys, f"{line} {tmp_path / 'proof'}")
    found = json.loads(out)
    assert (code, found["bracket"]) == (0, {"lower": "131.664319348", "upper": "131.664319349"})
    assert found["integers"] == {"apart": 394, "merged": 395}
    assert main.main(["verify", str(tmp_path / "proof")], standalone_mode=False) == 0


def test_the_temperature_from_which_no_ratio_merges(capsys):
    code, out = asked(capsys, "--profile step --k 6 --n-min 2 --ratio inf --tau 1/10,1/2 --kind merged --json")
    assert (code, json.loads(out)["bracket"]) == (0, {"lower": "0.20505036059", "upper": "0.205050360591"})


def test_a_simplex_of_pairs_and_zero_under_a_ridge(capsys):
    code, out = asked(capsys, "--loss siglip --pairs 5 --bias -2 --tau 1/10,10 --kind simplex --digits 4 --json")
    assert (code, json.loads(out)["bracket"]) == (0, {"lower": "0.2098", "upper": "0.2099"})
    code, out = asked(capsys, "--sizes 4,4 --tau 1/2 --ridge 1,9 --kind zero --json")
    assert (code, json.loads(out)["closed_form"]) == (0, "weight = 2 n/((n - 1) tau) = 32/7")
    code, out = asked(capsys, "--sizes 4,4 --tau 1/10,9 --ridge 2 --kind zero --digits 3 --json")
    assert (code, json.loads(out)["bracket"]) == (0, {"lower": "1.14", "upper": "1.15"})


def test_the_bias_of_a_loss_and_one_that_follows_the_temperature(capsys):
    code, out = asked(capsys, "--loss siglip --pairs 5 --tau 1/2 --bias=-3,2 --kind simplex --digits 3 --json")
    assert (code, json.loads(out)["bracket"]) == (0, {"lower": "-1.02", "upper": "-1.01"})
    code, out = asked(capsys, "--loss siglip --pairs 5 --bias=-1/tau --tau 1,3 --kind simplex --digits 4 --json")
    assert (code, json.loads(out)["bracket"]) == (0, {"lower": "1.803", "upper": "1.804"})  # 5/(4 log 2), N7


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--loss siglip --pairs 5 --bias=x/tau --tau 1,3 --kind simplex", "factor of the bias"),
        ("--loss siglip --pairs 5 --bias=-1/tau --tau 0,3 --kind simplex", "tau > 0"),
        ("--loss siglip --pairs 5 --bias=-3,x --tau 1 --kind simplex", "an end of bias"),
        ("--loss siglip --pairs 5 --bias=-3,2 --tau 1,2 --kind simplex", "give one range"),
        ("--loss siglip --pairs 5 --bias=free:1,2 --tau 1 --kind simplex", "give one range"),
        ("--loss clip --pairs 5 --bias=-3,2 --tau 1 --kind simplex", "--bias with the loss clip"),
    ],
)
def test_ranges_that_are_none_are_one_line(line, told, capsys):
    assert main.main(["threshold", *shlex.split(line)], standalone_mode=False) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_one_answer_at_both_ends_is_undecided(capsys):
    code, out = asked(capsys, "--sizes 4,4 --tau 1/10,9 --kind simplex")
    assert code == 4 and "the same at both ends" in out


def test_both_kinds_of_thresholds_are_drawn_and_have_the_same_keys(tmp_path, capsys):
    of_optimum = "--sizes 4,4 --tau 1/2 --ridge 1,9 --kind zero --digits 3 --json --plot"
    of_minima = "--sizes 2,2 --dim 2 --starts 150 --tau 1/5,41/200 --json --plot"
    for number, line in enumerate((of_optimum, of_minima)):
        file = tmp_path / f"{number}.png"
        code, out = asked(capsys, f"{line} {file}")
        assert code == 0 and {"bracket", "closed_form", "integers"} <= set(json.loads(out))
        assert file.stat().st_size > 5000


def test_spurious_minima_over_a_ratio_are_a_sweep(capsys):
    line = "--profile step --k 2 --n-min 2 --ratio 1,4 --tau 1/20 --dim 3"
    assert main.main(["threshold", *shlex.split(line)], standalone_mode=False) == 2
    assert "question spurious" in capsys.readouterr().err
