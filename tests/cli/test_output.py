"""What commands print and save: JSON that any reader takes, nothing on stderr that is no terminal, the next command as it must be typed."""

import json
import shlex
import sys
from pathlib import Path

import pytest

import scverify as sv
from scverify.cli import output
from scverify.conjecture.tally import Tally
from scverify.conjecture.verdict import Counterexample, Verdict
from tests.certify.certified import INSTANCES, certified


def test_json_is_one_line_with_the_version_and_without_nan(capsys):
    output.print_json({"value": 1})
    assert json.loads(capsys.readouterr().out) == {"version": sv.__version__, "value": 1}
    with pytest.raises(ValueError, match="JSON compliant"):
        output.print_json({"value": float("nan")})
    assert capsys.readouterr().out == ""


def test_a_result_is_told_before_its_certificates_are_saved(tmp_path, capsys):
    (tmp_path / "plain").write_text("a file")
    found = certified(INSTANCES["9,2,2"])
    with pytest.raises(sv.ScverifyError):
        output.show_result(found, as_json=True, save=tmp_path / "plain" / "below", more={"asked": "twice"})
    told = json.loads(capsys.readouterr().out)
    assert told["asked"] == "twice" and told["lower"] == found.to_json()["lower"]
    output.show_result(found, as_json=False, save=tmp_path / "here")
    assert "value" in capsys.readouterr().out and (tmp_path / "here" / "optimum.json").is_file()


@pytest.mark.parametrize("bar", [output.progress_bar, output.fraction_bar])
def test_a_bar_is_drawn_on_a_terminal_alone(bar, monkeypatch, capsys):
    with bar("[work]") as update:
        assert update is None
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with bar("[work]") as update:
        update(1, 2 if bar is output.progress_bar else "[halfway")


def test_the_next_command_can_be_typed_as_it_stands():
    again = output.next_command(["optimum", "--loss", "my losses.py::one"], None)
    assert shlex.split(again) == ["scverify", "optimum", "--loss", "my losses.py::one", "--save", "certificates"]
    assert shlex.split(output.next_command(["optimum"], Path("two words"))) == ["scverify", "verify", "two words"]


def test_a_refutation_is_saved_under_its_name_and_other_words_are_not(tmp_path):
    found = certified(INSTANCES["9,2,2"])
    refutation = Counterexample(problem=found.problem, evidence=(), certificate=found.certificate, trust="ball", smallest=False, scanned=0)

    def verdict(counterexample):
        stated = sv.conjecture(classes=[(2, 2)])(is_small)
        word = "UNDECIDED" if counterexample is None else "REFUTED"
        return Verdict(
            conjecture=stated, word=word, trust="ball", reason="", tried=Tally(), counterexample=counterexample, seconds=0.0, seed=0
        )

    assert output.saved(verdict(None), tmp_path / "out").saved is None and not (tmp_path / "out").exists()
    file = output.saved(verdict(refutation), tmp_path / "out").saved
    assert file == tmp_path / "out" / "is_small.json" and sv.verify(json.loads(file.read_text())).word == "VERIFIED"


def is_small(problem):
    return False
