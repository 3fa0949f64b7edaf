"""SimplexOptimal, SimplexNotOptimal: whether equal classes, or equal units, form a simplex at the optimum on a sphere (MATH T8, N7, N9).

Classes: with all classes interchangeable the relaxation has one entry a off the diagonal, at least -rho^2/(k - 1), and a convex loss: the
simplex is optimal exactly where the slope there is not negative. Units: all nodes of a unit coincide, and the m units form a simplex; its
multipliers follow from SX = 0, and it is optimal exactly where S is positive semidefinite (Boyd and Vandenberghe 2004, 5.5.3).
"""

from __future__ import annotations

from typing import Any

from flint import arb

from ..balls import checked_finite
from ..certificate import Rejected, Unresolved, at_most, fields, rational, require
from ..claims import Claim, Data
from ..level import Level, level_of
from ..optimum.feasible import evaluated_row
from ..problem import read_problem
from ..units.bounds import gathered
from ..units.level import UnitLevel, unit_level
from ..units.problem import read_unit_problem
from ..units.words import unit_subject
from ..words import about
from .merging import below_zero


def check_simplex(claim: Data, witness: Any, optimal: bool) -> None:
    """The sign of the loss's slope at the simplex, or of S there."""
    fields(claim, "type problem")
    if "units" in claim["problem"]:
        # the theorem is about these parts of a problem, at a temperature that is given: any other part is refused
        rational(fields(claim["problem"], "tau scale kinds units rows")["tau"], "tau")
        fields(witness, "")
        _check_units(unit_level(read_unit_problem(claim["problem"])), optimal)
        return
    fields(witness, "level groups")
    slope = slope_at_simplex(level_of(read_problem(claim["problem"]), witness["level"], witness["groups"]))
    if optimal:
        at_most(0, slope, "the loss falls as the classes come closer")
    else:
        below_zero(slope, "the loss does not fall as the classes come closer")


def slope_at_simplex(level: Level) -> arb:
    """The slope of the loss in the similarity of two classes at the simplex; every hypothesis is checked."""
    require(level.name == "groups" and level.nodes == 1, "not all classes are interchangeable")
    require(level.constraint.kind == "sphere" and not level.constraint.nonnegative, "the constraint is not a sphere")
    k = level.multiplicity[0]
    require(level.dim is None, "a dimension is stated, and the relaxation looks at all")
    apart = -arb(level.constraint.bound) / (k - 1)
    slope: arb = arb(level.weight[0]) * evaluated_row(level, 0, [apart, arb(level.constraint.bound)])[1][0]
    return checked_finite(slope, "the slope at the simplex")


def _check_units(level: UnitLevel, optimal: bool) -> None:
    require(not level.over_temperature, "the simplex is asked for at one temperature and without free scalars")
    apart, matrix = dual_at_simplex(level)
    if optimal:
        at_most(apart, 0, "S is negative on differences within a unit")
        for a in range(level.kinds):
            at_most(0, matrix[a][a], "S is negative on a kind")
        if level.kinds == 2:
            at_most(0, matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0], "S has a negative determinant")
        return
    tried = ((1,),) if level.kinds == 1 else ((1, 0), (0, 1), (1, 1), (1, -1))
    forms = [-apart, *(_form(matrix, z) for z in tried)]
    if any(form < 0 for form in forms):
        return
    raise (Rejected if all(form >= 0 for form in forms) else Unresolved)("S is not shown to have a negative direction")


def dual_at_simplex(level: UnitLevel) -> tuple[arb, list[list[arb]]]:
    """S at the simplex of m units of one or two kinds: I (x) S_spread + J (x) S_across with S_spread = S_own - S_across + diag(lambda).

    SX = 0 means that the rows of S_spread sum to 0. Answers: its entry off the diagonal (0 for one kind), and S_spread + m S_across.
    """
    require(level.types == 1 and level.kinds <= 2, "the units are of several types, or of more than two kinds")
    require(all(norm == level.constraint[0] for norm in level.constraint), "the constraints differ")
    norm, m, kinds = level.constraint[0], level.multiplicity[0], range(level.kinds)
    require(norm.kind == "sphere" and not norm.nonnegative and m > 1, "the units are not several on spheres")
    near, far = arb(norm.bound), -arb(norm.bound) / (m - 1)
    seen = [far] * level.nodes + [near] * level.kinds
    across, own = gathered(level, [[row.weight * x for x in row.evaluated(seen)[1]] for row in level.rows])
    between = [[(across[a][b] + across[b][a]) / (2 * m * (m - 1)) for b in kinds] for a in kinds]
    spread = [[(own[a][b] + own[b][a]) / (2 * m) - between[a][b] for b in kinds] for a in kinds]
    for a in kinds:
        spread[a][a] -= sum(spread[a], arb(0))  # the multiplier
    apart = spread[0][1] if level.kinds == 2 else arb(0)
    return checked_finite(apart, "S at the simplex"), [
        [checked_finite(spread[a][b] + m * between[a][b], "S at the simplex") for b in kinds] for a in kinds
    ]


def _form(matrix: list[list[arb]], z: tuple[int, ...]) -> arb:
    return sum((z[a] * z[b] * x for a, row in enumerate(matrix) for b, x in enumerate(row)), arb(0))


def _said(claim: Data, optimal: bool) -> str:
    verdict = "minimises the loss over all dimensions" if optimal else "does not minimise the loss where the dimension is free"
    if "units" in claim["problem"]:
        return f"{unit_subject(claim['problem'])}: with the nodes of each unit coinciding, the simplex of the units {verdict}."
    return about(claim, f"the simplex of collapsed classes {verdict}")


CLAIMS = {
    "SimplexOptimal": Claim(lambda claim, witness: check_simplex(claim, witness, optimal=True), lambda claim: _said(claim, optimal=True)),
    "SimplexNotOptimal": Claim(
        lambda claim, witness: check_simplex(claim, witness, optimal=False), lambda claim: _said(claim, optimal=False)
    ),
}
