"""The plugin as a user's own test run meets it."""

from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

CONJECTURES = '''
import time

import scverify as sv


@sv.conjecture(classes=[(2, 2, 2), (3, 2, 2)], temperature=["1/2"])
def simplex(problem):
    """All similarities of the optimum are equal."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=[(3, 2, 2)], temperature=["1/2"], expect="REFUTED")
def simplex_once_more(problem):
    """All similarities of the optimum are equal."""
    return sv.all_equal(sv.optimum_facts(problem).similarities())


@sv.conjecture(classes=[(2, 2)], expect="PROVED")
def small(problem):
    """There are few samples."""
    return sv.exact(problem.classes.n < 9, "few")


@sv.conjecture(classes=[(2, 2)], expect="PROVED")
def believed(problem):
    """A float says so."""
    return True


@sv.conjecture(classes=[(2, 2)])
def hopeless(problem):
    """Nobody knows."""
    time.sleep(60)
'''
FAILING = """
import scverify as sv

@sv.conjecture(classes=[(2, 2)])
def failing(problem):
    return 1 / 0
"""
PROOF = """
from scverify.conjecture.theorem import Theorem, fact

T1 = Theorem("T1", "true", "", "", (), (), (), lambda loss: [fact("one is one", lambda: 1 == 1)])
T2 = Theorem("T2", "false", "", "", (), (), (), lambda loss: [fact("one is two", lambda: 1 == 2)])
T3 = Theorem("T3", "about losses", "", "", (), (), (), lambda loss: [fact("it is supcon", lambda: loss.name == "supcon")])
"""
LOSS = """
import sympy as sp

def sharper(s, c, q, tau, a, m):
    return sp.log(sp.Sum(c[a] * sp.exp(2 * s[a] / tau), (a, 0, m - 1))) - sp.Sum(2 * q[a] * s[a] / tau, (a, 0, m - 1))
"""


PLUGIN = [] if entry_points(group="pytest11", name="scverify") else ["-p", "scverify.pytest_plugin"]


def run(pytester, *arguments):
    return pytester.runpytest_inprocess(*PLUGIN, "-p", "no:cacheprovider", *arguments)


@pytest.fixture
def conjectures(pytester):
    pytester.makepyfile(conj_mine=CONJECTURES, losses=LOSS)
    return pytester


def test_the_entry_point_names_the_plugin():
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"scverify": "scverify.pytest_plugin"}


def test_a_conjecture_passes_where_its_verdict_is_the_expected_one(conjectures):
    result = run(conjectures, "-v", "--scverify-budget", "100000", "-k", "not hopeless")
    result.assert_outcomes(passed=2, failed=2, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "*conj_mine.py::simplex FAILED*",
            "*conj_mine.py::simplex_once_more PASSED*",
            "*conj_mine.py::small PASSED*",
            "*conj_mine.py::believed FAILED*",
        ]
    )
    result.stdout.fnmatch_lines(["REFUTED  simplex: *", "*counterexample  supcon, sizes 3,2,2*", "expected: not REFUTED"])
    result.stdout.fnmatch_lines(["SUPPORTED  believed: *", "expected: PROVED"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_nobody_knows_when_the_budget_is_over_is_not_refuted(conjectures):
    run(conjectures, "conj_mine.py::hopeless", "--scverify-budget", "0.2").assert_outcomes(passed=1)


def test_one_conjecture_can_be_chosen(conjectures):
    run(conjectures, "conj_mine.py::small").assert_outcomes(passed=1)
    run(conjectures, "-k", "small or once").assert_outcomes(passed=2, deselected=3)


def test_another_loss_is_asked_for_and_expected_not_to_refute(conjectures):
    result = run(conjectures, "conj_mine.py::simplex_once_more", "conj_mine.py::believed", "--scverify-loss", "losses.py::sharper")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*counterexample  sharper, sizes 3,2,2*", "expected: not REFUTED"])


def test_statements_of_a_folder_of_proofs_are_tests(pytester):
    folder = pytester.mkdir("proofs")
    (folder / "t01_mine.py").write_text(PROOF)
    (folder / "t_no_number.py").write_text("raise SystemExit")
    elsewhere = pytester.mkdir("elsewhere")
    (elsewhere / "t01_mine.py").write_text("raise SystemExit")
    result = run(pytester, "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*t01_mine.py::T2 FAILED*", "UNDECIDED  T2: false*", "*one is two: does not hold", "expected: PROVED"])
    run(pytester, "--scverify-loss", "spectral").assert_outcomes(passed=3)


def test_the_profile_says_how_many_instances_are_certified(pytester):
    statement = 'T1 = Theorem("T1", "", "", "", (), (), (), steps, lambda loss, thorough: [fact("few", lambda: not thorough)])'
    folder = pytester.mkdir("proofs")
    (folder / "t1.py").write_text(
        f"from scverify.conjecture.theorem import Theorem, fact\nsteps = lambda loss: [fact('one', lambda: True)]\n{statement}"
    )
    run(pytester).assert_outcomes(passed=1)
    run(pytester, "--scverify-profile", "thorough").assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--scverify-budget", "soon"], "*--scverify-budget*soon*"),
        (["--scverify-budget", "-1"], "*--scverify-budget*-1*"),
        (["--scverify-budget", "nan"], "*--scverify-budget*nan*"),
        (["--scverify-profile", "slow"], "*--scverify-profile*slow*"),
        (["--scverify-loss", "nonsense"], "*--scverify-loss: unknown loss 'nonsense'*"),
        (["--scverify-loss", "absent.py::mine"], "*--scverify-loss: loss file absent.py*"),
    ],
    ids=lambda value: " ".join(value),
)
def test_wrong_options_are_usage_errors(pytester, arguments, told):
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])


@pytest.mark.parametrize(("source", "told"), [("def (:", "*raises SyntaxError*"), ("x = 1", "*no conjecture at all*")])
def test_a_file_without_conjectures_is_an_error_without_a_traceback(pytester, source, told):
    pytester.path.joinpath("conj_wrong.py").write_text(source)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_statement_whose_own_python_fails_is_told_in_a_line(pytester):
    pytester.makepyfile(conj_failing=FAILING)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["failing raises ZeroDivisionError: division by zero at *"])


def test_a_run_without_conjectures_pays_nothing(pytester):
    pytester.makepyfile("import sys\n\ndef test_nothing_heavy():\n    assert not {'sympy', 'numpy', 'flint', 'cvxpy'} & set(sys.modules)\n")
    pytester.runpytest_subprocess(*PLUGIN, "-p", "no:hypothesispytest").assert_outcomes(passed=1)
