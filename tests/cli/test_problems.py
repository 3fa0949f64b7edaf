"""The command line as a user meets it: answers, JSON, wrong input, interruption."""

import dataclasses
import json
import signal
import subprocess
import sys
import time
from fractions import Fraction
from importlib import import_module

import pytest
from click.testing import CliRunner

import scverify as sv
from scverify.cli import main
from scverify.crosscheck import Comparison, Crosscheck
from scverify.errors import Undecided

SMALL = ("--sizes", "3,2", "--tau", "1/2")
COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]

LOSS_FILE = """
import sympy as sp

def good(s, c, q, tau, a, m):
    return sp.log(sp.Sum(c[a] * sp.exp(s[a] / tau), (a, 0, m - 1))) - sp.Sum(q[a] * s[a] / tau, (a, 0, m - 1))

def raising(s):
    raise RuntimeError("out of coffee\\nand tea")

def number():
    return 7

def entry(s):
    return s[0]

def not_convex(s, a, m, c):
    return -sp.Sum(c[a] * s[a] ** 2, (a, 0, m - 1))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, but for a file of losses and a file that is no directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "losses.py").write_text(LOSS_FILE)
    (tmp_path / "raises.py").write_text("raise ValueError('no\\nluck')")
    (tmp_path / "broken.py").write_text("def (:")
    (tmp_path / "plain").write_text("a file")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def assert_one_line(result, code, *fragments):
    assert result.exit_code == code, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("scverify: ")
    for fragment in fragments:
        assert fragment in result.stderr


WRONG_PROBLEMS = [
    (["--sizes", "3,2", "--tau", "0"], ["tau 0", "> 0"]),
    (["--sizes", "3,2", "--tau", "-1/2"], ["tau -1/2", "> 0"]),
    (["--sizes", "3,2", "--tau", "nan"], ["nan", "37/100"]),
    (["--sizes", "3,2", "--tau", "inf"], ["inf", "37/100"]),
    (["--sizes", "3,2", "--tau", "1/0"], ["1/0", "37/100"]),
    (["--sizes", "3,2", "--tau", "half"], ["half", "37/100"]),
    (["--sizes", "3,2"], ["--tau", "--help"]),
    (["--tau", "1/2"], ["no class sizes", "--sizes", "--profile"]),
    (["--sizes", "3,0", "--tau", "1/2"], ["class size 0", "at least 1"]),
    (["--sizes", "3,-2", "--tau", "1/2"], ["class size -2", "at least 1"]),
    (["--sizes", "3,1", "--tau", "1/2"], ["class 1 of one sample", "--ignore-singletons"]),
    (["--sizes", "1,1", "--tau", "1/2", "--ignore-singletons"], ["one sample only"]),
    (["--sizes", "a,b", "--tau", "1/2"], ["'a,b'", "7,3,3,2,2"]),
    (["--sizes", "", "--tau", "1/2"], ["''", "7,3,3,2,2"]),
    (["--sizes", "3,,2", "--tau", "1/2"], ["'3,,2'"]),
    (["--sizes", "3,2.5", "--tau", "1/2"], ["'3,2.5'"]),
    (["--sizes", "5", "--tau", "1/2"], ["1 class", "at least two classes"]),
    (["--sizes", "3,2", "--profile", "cifar10-lt", "--tau", "1/2"], ["--sizes and --profile"]),
    (["--sizes", "3,2", "--ratio", "10", "--tau", "1/2"], ["--ratio with --sizes"]),
    (["--profile", "nonsense", "--tau", "1/2"], ["'nonsense'", "cifar100-lt"]),
    (["--profile", "step", "--k", "4", "--tau", "1/2"], ["step without n_min"]),
    (["--profile", "step", "--k", "3", "--n-min", "2", "--ratio", "5", "--tau", "1/2"], ["k 3", "even"]),
    (["--profile", "step", "--k", "1", "--n-min", "2", "--ratio", "5", "--tau", "1/2"], ["k 1", "at least 2"]),
    (["--profile", "long-tailed", "--k", "9", "--n-max", "8", "--ratio", "100", "--tau", "1/2"], ["class size 0"]),
    (["--profile", "cifar10-lt", "--ratio", "0", "--tau", "1/2"], ["ratio 0", "> 0"]),
    (["--profile", "cifar10-lt", "--k", "ten", "--tau", "1/2"], ["'ten'"]),
    ([*SMALL, "--dim", "0"], ["dim 0", "at least 1"]),
    ([*SMALL, "--dim", "-3"], ["dim -3", "at least 1"]),
    ([*SMALL, "--constraint", "cube"], ["'cube'", "ridge:WEIGHT"]),
    ([*SMALL, "--constraint", "ridge"], ["'ridge'", "ridge:WEIGHT"]),
    ([*SMALL, "--constraint", "ridge:0"], ["ridge weight 0", "> 0"]),
    ([*SMALL, "--constraint", "sphere:-1"], ["rho -1", "> 0"]),
    ([*SMALL, "--constraint", "ball:wide"], ["'wide'"]),
    ([*SMALL, "--reduction", "median"], ["'median'", "sum", "mean"]),
    ([*SMALL, "--loss", "nonsense"], ["nonsense", "supcon"]),
    ([*SMALL, "--loss", "absent.py::mine"], ["absent.py"]),
    ([*SMALL, "--loss", "raises.py::mine"], ["raises.py", "no luck"]),
    ([*SMALL, "--loss", "broken.py::mine"], ["broken.py"]),
    ([*SMALL, "--loss", "losses.py::absent"], ["absent"]),
    ([*SMALL, "--loss", "losses.py::raising"], ["raising", "out of coffee and tea"]),
    ([*SMALL, "--loss", "losses.py::number"], ["number"]),
    ([*SMALL, "--loss", "losses.py::entry"], ["entry"]),
]


@pytest.mark.parametrize("command", ["optimum", "crosscheck"])
@pytest.mark.parametrize(("arguments", "fragments"), WRONG_PROBLEMS, ids=lambda value: " ".join(value))
def test_a_wrong_problem_is_told_in_one_line_and_leaves_nothing(folder, command, arguments, fragments):
    before = sorted(folder.rglob("*"))
    save = ["--save", "certificates"] if command == "optimum" else []
    assert_one_line(run(command, *arguments, *save), 2, *fragments)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        ([], ["Missing command", "scverify --help"]),
        (["nonsense"], ["nonsense", "scverify --help"]),
        (["--nonsense"], ["--nonsense", "scverify --help"]),
        (["optimum", *SMALL, "--nonsense"], ["--nonsense", "scverify optimum --help"]),
        (["optimum", *SMALL, "--digits", "0"], ["--digits", "0"]),
        (["optimum", *SMALL, "--digits", "many"], ["--digits", "many"]),
        (["optimum", *SMALL, "--max-precision", "1"], ["--max-precision", "1"]),
        (["optimum", *SMALL, "--solver", "nonsense"], ["nonsense", "rank-one"]),
        (["optimum", *SMALL, "--solver", "cvxpy:NONSENSE"], ["NONSENSE"]),
        (["optimum", *SMALL, "--loss", "losses.py::not_convex"], ["convex"]),
        (["optimum", *SMALL, "--loss", "supcon_in", "--constraint", "ball"], ["convex"]),
        (["optimum", *SMALL, "--save", "plain"], ["'plain'", "directory"]),
        (["optimum", *SMALL, "--save", "plain/below"], ["'plain/below'", "directory"]),
        (["optimum", *SMALL, "--save", "x" * 300], ["directory"]),
        (["crosscheck", *SMALL, "--seed", "-1"], ["--seed", "-1"]),
        (["verify"], ["CERTIFICATE", "scverify verify --help"]),
        (["verify", "absent.json"], ["absent.json", "does not exist"]),
        (["verify", "."], ["'.'", "*.json"]),
    ],
    ids=lambda value: " ".join(value)[:60],
)
def test_wrong_usage_is_told_in_one_line_and_leaves_nothing(folder, arguments, fragments):
    before = sorted(folder.rglob("*"))
    assert_one_line(run(*arguments), 2, *fragments)
    assert sorted(folder.rglob("*")) == before


def test_a_directory_that_cannot_be_written_is_told_before_the_long_work(folder, monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("the long work began")

    monkeypatch.setattr("scverify.certify.optimum.optimum", forbidden)
    assert_one_line(run("optimum", *SMALL, "--save", "plain/below"), 2)
    assert_one_line(run("optimum", *SMALL, "--save", "certificates"), 5, "the long work began")
    assert not (folder / "certificates").exists()


def test_a_loss_that_is_not_convex_can_still_be_cross_checked(folder):
    assert run("crosscheck", *SMALL, "--loss", "losses.py::not_convex").exit_code == 0


def test_a_solver_without_a_licence_is_a_missing_tool(folder):
    [available] = [solver["available"] for solver in json.loads(run("doctor", "--json").stdout)["solvers"] if solver["name"] == "MOSEK"]
    result = run("optimum", *SMALL, "--solver", "cvxpy:MOSEK", "--save", "certificates")
    if available:
        assert result.exit_code == 0
    else:
        assert_one_line(result, 3, "MOSEK", "licence")
        assert not (folder / "certificates").exists()


def test_optimum_tells_a_person_all_that_was_found(folder):
    result = run("optimum", "--sizes", "7,3,3,2,2", "--tau", "37/100")
    assert result.exit_code == 0 and result.stderr == ""
    for part in ("value       19.94808397161365", "lower", "upper", "gap", "rank", "uniqueness", "trust", "solver", "time", "2 × 3", "λ"):
        assert part in result.stdout
    assert "next: scverify optimum --sizes 7,3,3,2,2 --tau 37/100 --save certificates" in result.stdout


def test_json_is_one_object_of_exact_decimals(folder):
    result = run("optimum", "--sizes", "7,3,3,2,2", "--tau", "37/100", "--json")
    assert result.exit_code == 0 and result.stderr == ""
    told = json.loads(result.stdout)
    required = {"sizes", "tau", "constraint", "loss", "level", "lower", "upper", "gap", "gram", "trust", "solver", "seconds", "version"}
    assert required <= set(told) <= required | {"rank", "radius"}
    assert told["sizes"] == [7, 3, 3, 2, 2] and told["tau"] == "37/100" and told["trust"] == "ball" and told["loss"] == "supcon"
    lower, upper, gap = (Fraction(told[key]) for key in ("lower", "upper", "gap"))
    assert 0 < upper - lower <= gap <= lower / 10**12
    gram = [[Fraction(entry) for entry in row] for row in told["gram"]]
    assert [len(row) for row in gram] == [5] * 5
    assert all(abs(gram[c][c] - 1) < Fraction(1, 10**9) for c in range(5))
    assert None not in told.values()


def test_tau_as_a_decimal_is_that_decimal(folder):
    told = [json.loads(run("optimum", "--sizes", "3,2", "--tau", tau, "--json").stdout) for tau in ("0.5", "1/2", ".5")]
    assert [answer["tau"] for answer in told] == ["1/2"] * 3
    assert len({(answer["lower"], answer["upper"]) for answer in told}) == 1


def test_digits_are_delivered(folder):
    told = json.loads(run("optimum", "--sizes", "5,4,3,2", "--tau", "1/10", "--digits", "40", "--json").stdout)
    assert Fraction(told["upper"]) - Fraction(told["lower"]) < Fraction(1, 10**40)


@pytest.mark.parametrize("options", [["--constraint", "ball"], ["--constraint", "ridge:1/10"], ["--nonnegative"], ["--reduction", "mean"]])
def test_every_constraint_ends_in_a_certificate_that_holds(folder, options):
    assert run("optimum", "--sizes", "5,4,3,2", "--tau", "1/10", *options, "--save", "out").exit_code == 0
    assert run("verify", "out").exit_code == 0


def test_singletons_can_be_ignored(folder):
    assert run("optimum", "--sizes", "3,2,1", "--tau", "1/2", "--ignore-singletons", "--save", "out").exit_code == 0
    assert run("verify", "out").exit_code == 0


def test_a_loss_from_a_file_is_certified(folder):
    mine, named = (json.loads(run("optimum", *SMALL, "--loss", loss, "--json").stdout) for loss in ("losses.py::good", "supcon"))
    assert (mine["lower"], mine["upper"]) == (named["lower"], named["upper"])


@pytest.fixture
def saved(folder):
    result = run("optimum", "--sizes", "7,3,3,2,2", "--tau", "37/100", "--save", "deep/er", "--json")
    assert result.exit_code == 0
    return folder / json.loads(result.stdout)["certificate"]


def test_saving_again_replaces_the_certificate_of_the_same_problem_alone(saved, monkeypatch):
    assert run("optimum", "--sizes", "7,3,3,2,2", "--tau", "37/100", "--digits", "20", "--save", str(saved.parent)).exit_code == 0
    before = {file: file.read_text() for file in saved.parent.iterdir()}
    result = run("optimum", *SMALL, "--save", str(saved.parent))
    assert result.exit_code == 2 and "sizes 7,3,3,2,2" in result.stderr and result.stderr.count("\n") == 1
    assert {file: file.read_text() for file in saved.parent.iterdir()} == before


def test_an_optimum_out_of_reach_is_undecided(folder):
    result = run("optimum", "--sizes", "5,4,3,2", "--tau", "1/10", "--digits", "200", "--max-precision", "64", "--save", "out")
    assert_one_line(result, 4)
    assert not (folder / "out").exists()


def test_a_long_message_is_still_one_line(folder, monkeypatch):
    def undecided(problem, **options):
        raise Undecided("two\nlines")

    monkeypatch.setattr("scverify.certify.optimum.optimum", undecided)
    assert_one_line(run("optimum", *SMALL), 4, "two lines")


def test_an_interval_wider_than_asked_is_told_and_undecided(folder, monkeypatch):
    from scverify.certify.optimum import optimum

    def short(problem, **options):
        return dataclasses.replace(optimum(problem), shortfall="a gap below 1e-99 was asked")

    monkeypatch.setattr("scverify.certify.optimum.optimum", short)
    result = run("optimum", *SMALL, "--json")
    assert result.exit_code == 4 and "lower" in json.loads(result.stdout)
    assert result.stderr.count("\n") == 1 and "1e-99" in result.stderr and "--max-precision" in result.stderr


def test_a_cross_check_that_disagrees_is_not_verified(folder, monkeypatch):
    comparison = Comparison("value", "NumPy", "mpmath", 1.0, 0.0)
    problem = sv.Problem(sv.supcon, sv.Classes((3, 2)), temperature="1/2")
    disagreement = Crosscheck(problem=problem, seed=0, rows=(comparison,), left_out="")
    monkeypatch.setattr(import_module("scverify.crosscheck"), "crosscheck", lambda problem, seed: disagreement)
    result = run("crosscheck", *SMALL)
    assert result.exit_code == 1 and "the routes DISAGREE" in result.stdout


def test_crosscheck_agrees(folder):
    result = run("crosscheck", *SMALL)
    assert result.exit_code == 0 and result.stdout.strip() and result.stderr == ""
    assert isinstance(json.loads(run("crosscheck", *SMALL, "--json").stdout), dict)


def test_ctrl_c_ends_with_130_and_no_file(folder):
    (folder / "slow.py").write_text("import pathlib, time\npathlib.Path('started').touch()\ntime.sleep(60)\n")
    command = [*COMMAND, "optimum", *SMALL, "--loss", "slow.py::mine", "--save", "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (folder / "started").exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == "" and err.strip() == "scverify: interrupted"
    assert not (folder / "out").exists()


def test_ctrl_c_during_the_solve_leaves_no_half_file(folder, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("scverify.certify.optimum.optimum", interrupted)
    result = run("optimum", *SMALL, "--save", "out")
    assert result.exit_code == 130 and "Traceback" not in result.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("command", [[], ["optimum"], ["crosscheck"], ["verify"], ["doctor"]])
def test_help_is_there(command):
    result = run(*command, "--help")
    assert result.exit_code == 0 and "Usage: scverify" in result.stdout


def test_below_the_rank_there_is_an_interval_that_is_not_tight(folder):
    result = run("optimum", "--sizes", "2,2,2", "--dim", "1", "--tau", "1/2", "--json", "--save", "proof")
    found = json.loads(result.stdout)
    assert result.exit_code == 0 and found["tight"] is False
    assert float(found["lower"]) <= float(found["upper"]) < float(found["lower"]) + 1e-9
    assert run("verify", "proof").exit_code == 0
    assert "not tight" in run("optimum", "--sizes", "2,2,2", "--dim", "1", "--tau", "1/2").stdout
    assert run("optimum", "--sizes", "4,3,2", "--dim", "1", "--tau", "1/2", "--constraint", "ball", "--digits", "9").exit_code == 4


def test_an_optimum_is_drawn_and_a_file_that_cannot_be_is_refused_before_the_work(tmp_path):
    for problem in (["--sizes", "3,2"], ["--loss", "clip", "--pairs", "3"]):
        file = tmp_path / f"{len(problem)}.svg"
        drawn = CliRunner().invoke(main, ["optimum", "--tau", "1", *problem, "--plot", str(file)])
        assert drawn.exit_code == 0 and b"<svg" in file.read_bytes()
        refused = CliRunner().invoke(main, ["optimum", "--tau", "1", *problem, "--plot", str(tmp_path / "gram.txt")])
        assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
