"""The conic models, against the other searchers, and the choice of solver."""

import numpy as np
import pytest

from scverify.errors import InputError, MissingTool, Undecided
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.level import group_level, sample_level, smallest_level
from scverify.model.problem import Problem
from scverify.search import relaxation
from scverify.search.relaxation import SOLVERS, cvxpy_candidate, solver_report
from scverify.search.solve import solve
from scverify.symbolic.losses import spectral, supcon, supcon_in
from tests.search.levels import class_level

CASES = [
    Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100"),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/2", constraint=Sphere("3/2")),
    Problem(supcon, Classes((600, 600, 3, 3)), temperature="1/2"),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/10", constraint=Ball()),
    Problem(supcon, Classes((5, 4, 3, 2)), temperature="1/10", constraint=Ridge("1/10")),
    Problem(supcon, Classes((5, 4, 4, 2)), temperature="1/10", constraint=NonNegative()),
    Problem(supcon, Classes((5, 4, 4, 2)), temperature="1/10", constraint=NonNegative(Ridge("1/10"))),
    Problem(spectral, Classes((4, 3, 2))),
    Problem(spectral, Classes((3, 2)), constraint=NonNegative()),
]


@pytest.mark.parametrize("problem", CASES, ids=str)
def test_clarabel_agrees_with_the_default(problem):
    level = smallest_level(problem)
    conic, default = cvxpy_candidate(level, "CLARABEL"), solve(level)
    assert conic.status == "optimal" and conic.solver == "cvxpy:CLARABEL"
    assert conic.value == pytest.approx(default.value, rel=1e-6)
    assert conic.value > default.value - 1e-9 * abs(default.value)
    if not isinstance(problem.constraint, Ridge | Ball | NonNegative):
        np.testing.assert_allclose((conic.means**2).sum(axis=1) + conic.spread, float(problem.constraint.rho) ** 2, rtol=1e-12)


@pytest.mark.parametrize("make", [class_level, sample_level])
def test_the_other_levels_have_the_same_optimum(make):
    problem = Problem(supcon, Classes((3, 2, 2)), temperature="1/2")
    assert cvxpy_candidate(make(problem), "CLARABEL").value == pytest.approx(solve(group_level(problem)).value, rel=1e-6)


def test_scs_answers_and_its_status_is_kept():
    candidate = cvxpy_candidate(group_level(CASES[0]), "SCS")
    assert candidate.value == pytest.approx(solve(group_level(CASES[0])).value, rel=1e-4)
    assert candidate.status in ("optimal", "optimal_inaccurate")


def test_an_inaccurate_status_is_not_called_optimal(monkeypatch):
    monkeypatch.setattr(relaxation, "_run", lambda problem, solver: problem.solve(solver="CLARABEL") and "optimal_inaccurate")
    monkeypatch.setattr(relaxation, "check_solver", lambda name: None)
    assert cvxpy_candidate(group_level(CASES[0]), "SCS").status == "optimal_inaccurate"


def test_an_unknown_conic_solver_is_wrong_input():
    with pytest.raises(InputError, match="CLARABEL"):
        cvxpy_candidate(group_level(CASES[0]), "NONSENSE")


def test_the_report_names_every_solver_and_tells_what_is_missing():
    report = {name: (usable, detail) for name, usable, detail in solver_report()}
    assert tuple(report) == SOLVERS
    assert report["CLARABEL"][0] and report["SCS"][0] and "version" in report["SCS"][1]
    assert report["MOSEK"][0] or "licence" in report["MOSEK"][1] or "not installed" in report["MOSEK"][1]


def test_a_solver_without_licence_is_a_missing_tool():
    usable = {name: usable for name, usable, _ in solver_report()}["MOSEK"]
    if usable:
        assert solve(group_level(CASES[0]), "cvxpy:MOSEK").value == pytest.approx(solve(group_level(CASES[0])).value, rel=1e-6)
        return
    with pytest.raises(MissingTool, match="MOSEK") as error:
        solve(group_level(CASES[0]), "cvxpy:MOSEK")
    assert error.value.exit_code == 3 and "auto" in str(error.value)


def test_a_solver_that_is_not_installed_is_a_missing_tool(monkeypatch):
    import cvxpy

    monkeypatch.setattr(cvxpy, "installed_solvers", lambda: ["CLARABEL"])
    with pytest.raises(MissingTool, match="pip install scs"):
        solve(group_level(CASES[0]), "cvxpy:SCS")


def test_a_solver_that_gives_up_leaves_the_question_open(monkeypatch):
    import cvxpy

    def give_up(self, **options):
        raise cvxpy.error.SolverError("no luck")

    monkeypatch.setattr(relaxation, "check_solver", lambda name: None)
    monkeypatch.setattr(cvxpy.Problem, "solve", give_up)
    with pytest.raises(Undecided, match="no luck"):
        cvxpy_candidate(group_level(CASES[0]), "CLARABEL")


def test_a_row_that_is_not_convex_is_refused():
    with pytest.raises(InputError, match="convex"):
        cvxpy_candidate(sample_level(Problem(supcon_in, Classes((3, 2)))), "CLARABEL")
