"""The findings stay found, and stay small; what is true stays unrefuted. SCVERIFY_PROFILE=thorough: full domains and budgets, all seeds."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import scverify as sv
from scverify.conjecture.hunt import look
from scverify.kernel.certificate import canonical

HERE = Path(__file__).parent
THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
BUDGET = 600  # more than any refutation here needs
SHORT = 300 if THOROUGH else 1
COMMAND = [sys.executable, "-P", "-c", "from scverify.cli import main; main()"]
FALSE = {statement.name: statement for statement in sv.load_conjectures(str(HERE / "false_statements.py"))}
TRUE = {statement.name: statement for statement in sv.load_conjectures(str(HERE / "true_statements.py"))}
SPHERE, BALL = sv.load_conjectures(str(HERE / "paper_statements.py"))
EXCESS = FALSE["a_higher_temperature_gives_a_larger_excess"]

# The smallest listed instance that refutes each statement: sizes, temperature.
SMALLEST = {
    "two_dimensions_fewer_than_classes_are_enough": ((2, 2, 2), "1"),
    "the_optimum_is_a_simplex": ((3, 2, 2), "1"),
    "the_rank_is_k_minus_1": ((16, 2, 2), "2"),
    "minority_classes_never_merge": ((400, 400, 2, 2), "1"),
    "a_higher_temperature_gives_a_larger_excess": ((4, 2), "1/14"),
}
CHEAP = [name for name in SMALLEST if name != EXCESS.name]


def assert_verified_by_a_fresh_process(certificate, folder):
    (folder / "certificate.json").write_text(canonical(certificate))
    command = [*COMMAND, "verify", str(folder / "certificate.json"), "--json"]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    assert answer["answer"] == "VERIFIED"


def assert_refuted_at(verdict, sizes, temperature, folder):
    found = verdict.counterexample
    assert (verdict.word, verdict.trust, found.problem.classes.sizes) == ("REFUTED", "ball", sizes)
    assert (found.problem.temperature, found.smallest) == (Fraction(temperature), True)
    assert_verified_by_a_fresh_process(verdict.certificate, folder)


def assert_not_refuted(verdict):
    assert verdict.word in ("SUPPORTED", "UNDECIDED"), str(verdict)
    if THOROUGH:
        assert verdict.tried.problems > 0 and verdict.tried.points + verdict.tried.certificates > 0


@pytest.mark.parametrize("name", SMALLEST if THOROUGH else CHEAP)
def test_a_false_statement_is_refuted_at_its_smallest_instance(name, tmp_path):
    verdict = sv.check(FALSE[name], budget=BUDGET, jobs=2)
    assert_refuted_at(verdict, *SMALLEST[name], tmp_path)


@pytest.mark.parametrize("name", SMALLEST if THOROUGH else CHEAP)
def test_no_smaller_listed_instance_refutes_it(name):
    statement, (sizes, temperature) = FALSE[name], SMALLEST[name]
    listed = statement.listed()
    [bound] = [problem for problem in listed if (problem.classes.sizes, problem.temperature) == (sizes, Fraction(temperature))]
    assert look(statement, bound).refutation is not None
    assert [problem for problem in listed[: listed.index(bound)] if look(statement, problem).refutation is not None] == []


@pytest.mark.parametrize("seed", range(5) if THOROUGH else [0])
def test_the_paper_on_the_sphere_is_refuted_at_six_samples(seed, tmp_path):
    few = replace(
        SPHERE, classes=sv.strategies.finite([sv.Classes((2, 2)), sv.Classes((4, 2))]), temperature=sv.strategies.rationals("1/20", "1/10")
    )
    verdict = sv.check(SPHERE if THOROUGH else few, budget=BUDGET, seed=seed, jobs=2)
    assert_refuted_at(verdict, (4, 2), "1/13", tmp_path)


@pytest.mark.parametrize(
    ("statement", "temperatures"), [(SPHERE, ("1/13", "1/20")), (EXCESS, ("1/14", "1/20"))], ids=lambda value: getattr(value, "name", None)
)
def test_a_finding_about_critical_points_is_still_there(statement, temperatures, tmp_path):
    for temperature in temperatures:
        finding = look(statement, sv.Problem(sv.supcon, sv.Classes((4, 2)), 3, temperature))
        assert (finding.truth.value, finding.truth.trust) == (False, "ball")
        assert_verified_by_a_fresh_process(finding.refutation, tmp_path)


def test_the_spurious_minima_of_the_sphere_are_none_of_the_ball():
    problem = sv.Problem(sv.supcon, sv.Classes((4, 2)), 3, "1/20", sv.Ball())
    assert look(BALL, problem).truth.value is not False


def test_the_paper_on_the_ball_is_not_refuted():
    assert_not_refuted(sv.check(BALL, budget=SHORT))


@pytest.mark.parametrize("name", TRUE)
def test_a_true_statement_is_not_refuted(name):
    assert_not_refuted(sv.check(TRUE[name], budget=SHORT))
