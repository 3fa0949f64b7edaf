"""Whether 0, the simplex, or merged logits are optimal: the kernel decides, with a certificate of either answer (MATH T8, N5-N7, N9)."""

from __future__ import annotations

from flint import ctx, fmpq

from scverify.certify.claims import Data
from scverify.certify.thresholds.merging import BITS, first_verified
from scverify.errors import InputError
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.semidefinite import ExactMatrix
from scverify.kernel.thresholds.simplex import dual_at_simplex, slope_at_simplex
from scverify.kernel.thresholds.unit_zero import unit_slopes_at_zero
from scverify.kernel.thresholds.zero import slopes_at_zero
from scverify.kernel.units.nodes import stated_level
from scverify.model.constraints import Ridge
from scverify.model.data import problem_data
from scverify.model.level import group_level, interchangeable
from scverify.model.problem import Problem
from scverify.model.units import UnitLoss, UnitProblem


def zero_on_units(problem: UnitProblem) -> tuple[bool, Data] | None:
    """Whether H = 0 is optimal under ridges, in rational numbers; InputError where it is not a question about the problem."""
    try:
        spreads, means = unit_slopes_at_zero(stated_level(problem.data))
    except (Rejected, Unresolved) as reason:
        raise InputError(f"0 for {problem} ({reason})", "rows that are a log-sum-exp, under a ridge", "give a ridge weight") from reason
    directions = ((place, falling_direction(matrix)) for place, matrix in enumerate([means, *spreads]))
    place, falling = next(((place, z) for place, z in directions if z is not None), (0, None))
    if falling is None:
        return first_verified({True: ({"type": "ZeroOptimal", "problem": problem.data}, {})})
    witness: Data = {"direction": list(map(str, falling))} | ({"spread": place - 1} if place else {})
    return first_verified({False: ({"type": "ZeroNotOptimal", "problem": problem.data}, witness)})


def zero(problem: Problem) -> tuple[bool, Data] | None:
    """Whether H = 0 is optimal under a ridge, in rational numbers; InputError where it is not a question about the problem."""
    if not isinstance(problem.constraint, Ridge):
        raise InputError(f"0 under the constraint {problem.constraint}", "a ridge", "give a ridge weight (--ridge)")
    free = problem.replace(dim=None)
    data, witness = problem_data(free), _witness(free)
    try:
        spread, sums = slopes_at_zero(group_level(free))
    except (Rejected, Unresolved) as reason:
        raise InputError(f"0 for {problem} ({reason})", "rows that are a log-sum-exp", "take supcon or a loss of its kind") from reason
    if (group := next((g for g, value in enumerate(spread) if value < 0), None)) is not None:
        return first_verified({False: ({"type": "ZeroNotOptimal", "problem": data}, {**witness, "spread": group})})
    if (direction := falling_direction(sums)) is not None:
        return first_verified({False: ({"type": "ZeroNotOptimal", "problem": data}, {**witness, "direction": list(map(str, direction))})})
    return first_verified({True: ({"type": "ZeroOptimal", "problem": data}, witness)})


def simplex(problem: Problem | UnitProblem) -> tuple[bool, Data] | None:
    """Whether the simplex of classes, or of units, is optimal on a sphere; InputError where it is not a question about the problem."""
    if isinstance(problem, UnitProblem) and not isinstance(problem.loss, UnitLoss):
        raise InputError(f"the simplex for {problem}", "classes, or units of one type", "ask about clip, siglip or cross_entropy")
    try:
        with ctx.workprec(BITS[0]):
            if isinstance(problem, UnitProblem):
                data, witness = problem.data, {}
                dual_at_simplex(problem.level)
            else:
                free = problem.replace(dim=None)
                data, witness = problem_data(free), _witness(free)
                slope_at_simplex(group_level(free))
    except (Rejected, Unresolved) as reason:
        raise InputError(f"the simplex for {problem} ({reason})", "equal classes or pairs on a sphere", "balance the classes") from reason
    return first_verified({optimal: ({"type": kind, "problem": data}, witness) for optimal, kind in _SIMPLEX.items()})


_SIMPLEX = {True: "SimplexOptimal", False: "SimplexNotOptimal"}


def logits_merged(problem: UnitProblem) -> tuple[bool, Data] | None:
    """Whether the smallest classes of one size coincide under cross-entropy with ridges (N5); InputError where it is another problem."""
    loss, ridges = problem.loss, [norm.weight for norm in problem.constraints if isinstance(norm, Ridge)]
    equal = [copies[-1] for m, copies in loss.types if m > 1] if isinstance(loss, UnitLoss) and loss.name == "cross_entropy" else []
    if not equal or len(ridges) != 2 or "others" in loss.rows[0].q or problem.reduction != "sum":
        raise InputError(
            f"merging for {problem}",
            "a STEP profile, or cross_entropy without smoothing, summed, under a ridge, with classes of equal sizes",
            "ask about one of them",
        )
    about: Data = {"samples": min(equal), "tau": str(problem.temperature)}
    about |= {"ridge_of_weights": str(ridges[0]), "ridge_of_features": str(ridges[1])}
    return first_verified({merged: ({"type": kind, **about}, {}) for merged, kind in _LOGITS.items()})


_LOGITS = {True: "LogitsMerged", False: "LogitsApart"}


def _witness(problem: Problem) -> Data:
    return {"level": "groups", "groups": [list(group) for group in interchangeable(problem)]}


def falling_direction(matrix: ExactMatrix) -> list[fmpq] | None:
    """A rational z with z'Sz < 0, by elimination; None where S is positive semidefinite."""
    size = len(matrix)
    rows = [list(row) for row in matrix]
    basis = [[fmpq(int(i == j)) for j in range(size)] for i in range(size)]  # the reduced form is <basis_i, S basis_j>
    for p in range(size):
        pivot = rows[p][p]
        if pivot < 0:
            return basis[p]
        if pivot == 0:
            coupled = next((j for j in range(p + 1, size) if rows[p][j] != 0), None)
            if coupled is None:
                continue
            # of t basis_p + basis_j the form is 2 t S_pj + S_jj = -1
            t = -(rows[coupled][coupled] + 1) / (2 * rows[p][coupled])
            return [t * x + y for x, y in zip(basis[p], basis[coupled], strict=True)]
        for i in range(p + 1, size):
            factor = rows[i][p] / pivot
            if factor != 0:
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[p], strict=True)]
                basis[i] = [x - factor * y for x, y in zip(basis[i], basis[p], strict=True)]
    return None
