"""One door to the searchers: which one answers, and what the names of solvers mean."""

from __future__ import annotations

from scverify.errors import InputError
from scverify.model.level import WorkingLevel
from scverify.search.candidate import Candidate
from scverify.search.factorised import factorised_candidate
from scverify.search.merging import rank_one_candidate
from scverify.search.rank_one import RankOneRefused
from scverify.search.relaxation import SOLVERS, check_solver, cvxpy_candidate
from scverify.search.threads import blas_threads_for

NAMES = ("auto", "rank-one", "factorised", *(f"cvxpy:{name}" for name in SOLVERS))


def solve(level: WorkingLevel, solver: str = "auto") -> Candidate:
    """A candidate for the optimum of a level, in floats; the same input gives the same answer.

    "auto" takes the rank-one system where it applies, else the factorised search. Raises InputError for another name than NAMES,
    RankOneRefused where "rank-one" was asked and does not apply, MissingTool for a conic solver that is not usable here.
    """
    check_name(solver)
    with blas_threads_for(level.nodes):
        match solver:
            case "rank-one":
                return rank_one_candidate(level)
            case "factorised":
                return factorised_candidate(level)
            case "auto":
                try:
                    return rank_one_candidate(level)
                except RankOneRefused:
                    return factorised_candidate(level)
            case _:
                return cvxpy_candidate(level, solver.removeprefix("cvxpy:"))


def check_name(solver: str) -> None:
    """Raise InputError for a name that is none of NAMES, and MissingTool for a conic solver that is not usable here."""
    if solver not in NAMES:
        raise InputError(f"solver {solver!r}", ", ".join(NAMES), "choose one of these")
    if solver.startswith("cvxpy:"):
        check_solver(solver.removeprefix("cvxpy:"))
