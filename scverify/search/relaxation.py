"""The relaxation of a level as a conic model in CVXPY, with the user's choice of solver (MATH 3).

Variables: the Gram matrix of the node means, semidefinite (u, u), and a spread >= 0 for each node of several classes. Non-negative
embeddings are relaxed to semidefinite matrices with non-negative entries.
"""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError, MissingTool, Undecided
from scverify.model.constraints import Ball, NonNegative, Ridge, norm_constraint
from scverify.model.level import WorkingLevel
from scverify.search.candidate import Candidate
from scverify.search.objective import Objective

if TYPE_CHECKING:
    import cvxpy

Floats = NDArray[np.float64]
SOLVERS = ("CLARABEL", "SCS", "MOSEK")
# of the largest eigenvalue: conic solvers are accurate to about this. From 1e-12 to 1e-4 the candidates of 12 problems were as good
_RANK = 1e-7
# of conic solvers, from the best to the worst case; entries below are taken for 0, and the best point is kept
_ACCURACIES = (1e-6, 1e-4, 1e-2)
_PACKAGES = {"CLARABEL": "clarabel", "SCS": "scs", "MOSEK": "mosek"}


def cvxpy_candidate(level: WorkingLevel, solver: str) -> Candidate:
    """The optimum of the relaxation by one of SOLVERS, mapped back to factors; status is the solver's own word.

    Raises InputError for an unknown solver or a row that CVXPY does not read as convex, MissingTool for a solver that is not installed
    or has no licence, Undecided where it ends without a point.
    """
    check_solver(solver)
    started = time.perf_counter()
    model = _Model(level)
    status = _run(model.problem, solver)
    if model.gram.value is None:
        raise Undecided(f"solver cvxpy:{solver} ended with status {status} and no point; use --solver auto")
    means, spread = model.factors()
    value = float(model.objective.value(model.objective.similarities(means, spread)))
    return Candidate(
        level=level, means=means, spread=spread, solver=f"cvxpy:{solver}", status=status, value=value, seconds=time.perf_counter() - started
    )


def solver_report() -> list[tuple[str, bool, str]]:
    """(name, usable, version or reason) of each of SOLVERS, probed by a tiny conic problem."""
    report = []
    for name in SOLVERS:
        try:
            check_solver(name)
            report.append((name, True, f"version {_version(name)}"))
        except MissingTool as missing:
            report.append((name, False, str(missing)))
    return report


def check_solver(name: str) -> None:
    """Raise InputError for a name outside SOLVERS, and MissingTool unless the solver solves a tiny problem here."""
    if name not in SOLVERS:
        raise InputError(f"solver cvxpy:{name}", ", ".join(f"cvxpy:{known}" for known in SOLVERS), "choose one of these, or auto")
    import cvxpy

    if name not in cvxpy.installed_solvers():
        raise MissingTool(f"solver {name} is not installed; run: pip install {_PACKAGES[name]}, or use --solver auto")
    x = cvxpy.Variable(2)
    tiny = cvxpy.Problem(cvxpy.Minimize(cvxpy.log_sum_exp(x)), [x >= 1])
    try:
        _run(tiny, name)
    except Undecided as failure:
        hint = "it needs a licence (see its vendor)" if name == "MOSEK" else "its installation may be broken"
        raise MissingTool(f"solver {name} cannot solve a tiny problem: {failure}; {hint}, or use --solver auto") from failure


def _run(problem: cvxpy.Problem, solver: str) -> str:
    """Solve, and return the raw status; Undecided where the solver gives up."""
    import cvxpy

    try:
        with warnings.catch_warnings():
            # the status, which is kept, says that an answer is inaccurate
            warnings.simplefilter("ignore")
            problem.solve(solver=solver)
    except (cvxpy.error.SolverError, ArithmeticError) as failure:
        raise Undecided(f"solver cvxpy:{solver} gave up: {' '.join(str(failure).split())}") from failure
    except Exception as failure:
        if _is_licence_error(failure):
            raise Undecided(f"no licence for {solver}") from failure
        raise
    return str(problem.status)


def _is_licence_error(failure: Exception) -> bool:
    """Whether an exception is the word of a solver's own package, such as mosek.Error for a missing licence."""
    return type(failure).__module__.split(".")[0] == "mosek"


def _version(name: str) -> str:
    from importlib import metadata

    return metadata.version(_PACKAGES[name])


class _Model:
    """The convex program of a level."""

    def __init__(self, level: WorkingLevel) -> None:
        import cvxpy

        u = level.nodes
        self.level = level
        self.objective = Objective.floats(level)
        self.nonnegative = isinstance(level.problem.constraint, NonNegative)
        self.multiplicity = np.array(level.multiplicity)
        self.gram = cvxpy.Variable((u, u), PSD=True)
        self.spread = cvxpy.Variable(u, nonneg=True)
        overlap = np.where(self.multiplicity > 1, 1 / np.maximum(self.multiplicity - 1, 1), 0.0)
        self.beta = cvxpy.diag(self.gram) + self.spread
        self.within = cvxpy.diag(self.gram) - cvxpy.multiply(overlap, self.spread)
        constraints = [self.spread[self.multiplicity == 1] == 0] if (self.multiplicity == 1).any() else []
        if self.nonnegative:
            constraints += [self.gram >= 0, self.within >= 0]
        norm = norm_constraint(level.problem.constraint)
        if not isinstance(norm, Ridge):
            square = float(norm.rho) ** 2
            constraints.append(self.beta <= square if isinstance(norm, Ball) else self.beta == square)
        self.problem = cvxpy.Problem(cvxpy.Minimize(self._loss()), constraints)

    def _loss(self) -> Any:
        """The loss divided by the sum of its weights."""
        import cvxpy

        from scverify.symbolic.printers import to_cvxpy

        objective = self.objective
        total = float(objective.weight.sum())
        formula, tau = self.level.problem.loss.formula, float(objective.tau)
        terms = [cvxpy.sum(cvxpy.multiply(objective.ridge / total, self.beta))] if objective.ridge.any() else []
        for g in np.flatnonzero(objective.anchors):
            seen = cvxpy.hstack([self.gram[g, :g], self.within[g : g + 1], self.gram[g, g + 1 :], self.beta[g : g + 1]])
            used = np.flatnonzero((objective.c[g] != 0) | (objective.q[g] != 0))
            row = to_cvxpy(formula, seen[used], objective.c[g, used], objective.q[g, used], tau)
            terms.append(float(objective.weight[g]) / total * row)
        return sum(terms[1:], start=terms[0])

    def factors(self) -> tuple[Floats, Floats]:
        """Means and spread near the solver's answer, on the constraint."""
        gram, spread = np.array(self.gram.value), np.where(self.multiplicity > 1, np.maximum(self.spread.value, 0.0), 0.0)
        if self.nonnegative:
            return self._nonnegative_factors(gram, spread)
        values, vectors = np.linalg.eigh((gram + gram.T) / 2)
        kept = values > _RANK * max(float(values[-1]), 1e-300)
        return self._rescaled(vectors[:, kept] * np.sqrt(values[kept]), spread)

    def _nonnegative_factors(self, gram: Floats, spread: Floats) -> tuple[Floats, Floats]:
        """The best of several points: with entries below the solver's accuracy, which is not known, taken for zero."""
        beta = np.diagonal(gram) + spread
        entries = np.where(np.eye(len(gram), dtype=bool), np.diag(np.array(self.within.value)), gram)
        points = []
        for accuracy in _ACCURACIES:
            kept = np.where(np.abs(entries) < accuracy * beta.max(), 0.0, entries)
            alone = not kept[~np.diag(self.multiplicity == 1)].any()
            means = np.zeros((len(gram), 0)) if alone else _nonnegative_root(kept)
            points.append(self._rescaled(means, np.maximum(beta - (means**2).sum(axis=1), 0.0)))
            if alone:
                break
        return min(points, key=lambda point: float(self.objective.value(self.objective.similarities(*point))))

    def _rescaled(self, means: Floats, spread: Floats) -> tuple[Floats, Floats]:
        norm = norm_constraint(self.level.problem.constraint)
        if isinstance(norm, Ridge):
            return means, spread
        beta = (means**2).sum(axis=1) + spread
        factor = float(norm.rho) ** 2 / np.maximum(beta, 1e-300)
        if isinstance(norm, Ball):
            factor = np.where(beta > float(norm.rho) ** 2 * (1 - 1e-6), factor, 1.0)
        return means * np.sqrt(factor)[:, None], spread * factor


def _nonnegative_root(target: Floats) -> Floats:
    """W >= 0 (u, u) with W W' near a matrix: exactly completely positive ones have such a root; others give the nearest point found."""
    from scipy.optimize import minimize

    u = len(target)

    def distance(flat: Floats) -> tuple[float, Floats]:
        root = flat.reshape(u, u)
        off = root @ root.T - target
        return float((off**2).sum()), (4 * off @ root).ravel()

    values, vectors = np.linalg.eigh(target)
    start = np.abs(vectors) * np.sqrt(np.maximum(values, 0.0)) + _ACCURACIES[0]
    bounds = [(0.0, None)] * (u * u)
    found = minimize(
        distance, start.ravel(), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000, "maxfun": 20000, "ftol": 0.0}
    )
    root: Floats = found.x.reshape(u, u)
    return root
