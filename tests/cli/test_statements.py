"""`scverify check` as a user meets it: verdicts, what a refutation prints, wrong input, interruption."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from scverify.cli import main

CONJECTURES = '''
import pathlib
import time

import scverify as sv
from scverify.symbolic.losses import CoefficientRule, Loss, n_own, supcon_row
from sympy import Integer, Rational

heavier = Loss("heavier", supcon_row, CoefficientRule(Integer(1), Rational(1, 2), 1 / (n_own - 1), Integer(1), Integer(0)))


@sv.conjecture(classes=[(2, 2, 2), (3, 2, 2)], temperature=["1/2"])
def simplex(problem):
    """All similarities of the optimum are equal."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=[(3, 2, 2)], temperature=["1/2"], loss=heavier)
def simplex_of_a_loss_of_this_file(problem):
    """All similarities of the optimum are equal."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=[(2, 2), (3, 3)])
def small(problem):
    """There are few samples."""
    return sv.exact(problem.classes.n < 9, f"n = {problem.classes.n}")


named_by_its_variable = sv.conjecture(classes=[(2, 2)])(lambda problem: sv.exact(True, "always"))


@sv.conjecture(classes=sv.strategies.classes(k=2, size=(2, 40)))
def slow(problem):
    """It takes time to say that this is true."""
    with open("calls", "a") as calls:
        calls.write("x")
    time.sleep(0.05)
    return True


@sv.conjecture(classes=[(2, 2)])
def failing(problem):
    """Its own Python fails."""
    return 1 / 0
'''
LOSSES = """
import sympy as sp

def sharper(s, c, q, tau, a, m):
    return sp.log(sp.Sum(c[a] * sp.exp(2 * s[a] / tau), (a, 0, m - 1))) - sp.Sum(2 * q[a] * s[a] / tau, (a, 0, m - 1))
"""
COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "statements.py").write_text(CONJECTURES)
    (tmp_path / "losses.py").write_text(LOSSES)
    (tmp_path / "empty.py").write_text("x = 1")
    (tmp_path / "broken.py").write_text("def (:")
    (tmp_path / "plain").write_text("a file")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["check", *arguments], catch_exceptions=False)


def fresh(arguments, folder):
    """A fresh process in another directory, so that nothing of this one helps."""
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)


def test_a_refutation_can_be_seen_again_from_what_it_prints(folder):
    result = run("statements.py::simplex", "--save", "certificates", "--budget", "100000")
    assert (result.exit_code, result.stderr) == (1, "")
    snippet = result.stdout.split("to see it again:\n")[1].split("next:")[0]
    (folder / "again.py").write_text(re.sub("^ {4}", "", snippet, flags=re.MULTILINE))
    again = fresh([sys.executable, "-P", folder / "again.py"], "/")
    assert again.stdout.startswith("FALSE (ball): "), again.stderr
    assert again.stdout.strip().split(": ", 1)[1] in result.stdout
    assert result.stdout.rstrip().endswith("next: scverify verify certificates")
    verified = fresh([*COMMAND, "verify", str(folder / "certificates")], "/")
    assert verified.stdout.startswith("VERIFIED  "), verified.stderr
    assert "certificates/simplex.json" in result.stdout


@pytest.mark.parametrize(
    "arguments", [["statements.py::simplex_of_a_loss_of_this_file"], ["statements.py::simplex", "--loss", "losses.py::sharper"]]
)
def test_a_refutation_about_a_loss_of_a_file_can_be_seen_again(folder, arguments):
    [told] = json.loads(run(*arguments, "--json", "--save", "certificates").stdout)["conjectures"]
    assert (told["verdict"], told["trust"]) == ("REFUTED", "ball")
    again = fresh([sys.executable, "-P", "-c", told["snippet"]], "/")
    assert again.stdout == f"FALSE (ball): {'; '.join(told['counterexample']['evidence'])}\n", again.stderr
    assert fresh([*COMMAND, "verify", str(folder / told["certificate"])], "/").returncode == 0


def test_without_a_directory_the_next_command_saves(folder):
    assert run("statements.py::simplex").stdout.rstrip().endswith("next: scverify check statements.py::simplex --save certificates")
    assert sorted(path.name for path in folder.iterdir()) == ["broken.py", "empty.py", "losses.py", "plain", "statements.py"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_finite_domain_that_holds_is_proved(folder, jobs):
    result = run("statements.py::small", "--json", "--jobs", jobs)
    [told] = json.loads(result.stdout)["conjectures"]
    assert result.exit_code == 0
    assert (told["verdict"], told["trust"], told["tried"]) == ("PROVED", "symbolic", {"problems": 2, "points": 0, "certificates": 0})
    assert "certificate" not in told and "counterexample" not in told


def test_a_conjecture_is_found_by_the_name_of_its_variable(folder):
    assert run("statements.py::named_by_its_variable").stdout.startswith("PROVED")


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        ([], ["FILE[::NAME]", "scverify check --help"]),
        (["absent.py"], ["absent.py", "existing Python file"]),
        (["empty.py"], ["no conjecture at all in empty.py", "@scverify.conjecture"]),
        (["broken.py"], ["broken.py raises SyntaxError"]),
        (["statements.py::absent"], ["no conjecture absent in statements.py"]),
        (["statements.py", "--budget", "0"], ["--budget", "0"]),
        (["statements.py", "--budget", "-5"], ["--budget", "-5"]),
        (["statements.py", "--budget", "soon"], ["--budget", "soon"]),
        (["statements.py", "--budget", "nan"], ["budget nan"]),
        (["statements.py", "--budget", "inf"], ["--budget", "inf"]),
        (["statements.py", "--seed", "-1"], ["--seed", "-1"]),
        (["statements.py", "--jobs", "0"], ["--jobs", "0"]),
        (["statements.py", "--jobs", "many"], ["--jobs", "many"]),
        (["statements.py", "--loss", "nonsense"], ["nonsense", "supcon"]),
        (["statements.py", "--loss", "absent.py::mine"], ["absent.py"]),
        (["statements.py", "--loss", "losses.py::absent"], ["absent", "sharper"]),
        (["statements.py::simplex", "--save", "plain"], ["'plain'", "directory"]),
        (["statements.py::failing"], ["failing raises ZeroDivisionError", "sizes 2,2", "correct the statement"]),
    ],
    ids=lambda value: " ".join(value)[:50],
)
def test_wrong_input_is_one_line_and_leaves_nothing(folder, arguments, fragments):
    before = sorted(folder.rglob("*"))
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    for fragment in fragments:
        assert fragment in result.stderr
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_prints_what_is_known(folder, jobs):
    command = [*COMMAND, "check", "statements.py::slow", "--json", "--jobs", jobs]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        # most of these are over, in whatever process, and counted
        while (len((folder / "calls").read_text()) if (folder / "calls").exists() else 0) < 20 and process.poll() is None:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate()
    [told] = json.loads(out)["conjectures"]
    assert (process.returncode, err) == (130, "scverify: interrupted; what had been found is printed\n")
    assert told["interrupted"] and told["verdict"] == "SUPPORTED" and told["tried"]["problems"] > 0


def test_several_files_give_one_object_and_a_broken_statement_does_not_end_the_run(folder):
    (folder / "other.py").write_text(
        "import scverify as sv\n\n@sv.conjecture(classes=[(2, 2)])\n"
        "def forgotten(problem):\n    'No return.'\n    sv.exact(True, 'so it is')\n\n"
        "unnamed = sv.conjecture(classes=[(2, 2)])(lambda problem: sv.exact(True, 'so it is'))\n"
    )
    result = run("other.py", "statements.py::small", "--json", "--budget", "100000")
    broken, unnamed, small = json.loads(result.stdout)["conjectures"]
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "forgotten `return`" in result.stderr
    assert (broken["conjecture"], unnamed["conjecture"], small["conjecture"]) == ("forgotten", "unnamed", "small")
    assert "return" in broken["error"] and unnamed["verdict"] == small["verdict"] == "PROVED"


def test_a_file_that_cannot_be_executed_does_not_end_the_run(folder):
    (folder / "other.py").write_text("raise SystemExit(0)")
    result = run("other.py", "statements.py::small", "absent.py", "--json", "--budget", "100000")
    told = json.loads(result.stdout)
    assert result.exit_code == 2 and result.stderr.count("\n") == 2
    assert [each["verdict"] for each in told["conjectures"]] == ["PROVED"]
    assert [each["file"] for each in told["broken"]] == ["other.py", "absent.py"]


@pytest.mark.parametrize(("expect", "code"), [("SUPPORTED", 0), ("PROVED", 4), (None, 4)])
def test_what_is_expected_decides_the_exit_code(folder, expect, code):
    (folder / "expected.py").write_text(
        f"import scverify as sv\n\n@sv.conjecture(classes=[(2, 2)], expect={expect!r})\ndef floats(problem):\n    return True\n"
    )
    assert run("expected.py", "--budget", "100000").exit_code == code
