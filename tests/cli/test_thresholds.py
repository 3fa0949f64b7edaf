"""`scverify threshold`: a range of temperatures in, a bracket and certificates out."""

import json

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
    assert "two temperatures" in capsys.readouterr().err
