"""The coefficients of a problem that the rank-one form can speak of: O(u) exact numbers, and the hypotheses of the level (MATH 3, 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import fmpq

from ..certificate import Rejected, require
from ..formula import is_additive, log_sum_exp
from ..groups import read_groups
from ..level import Coefficients, Level
from ..problem import StatedProblem
from .bounds import check_reduction


@dataclass(frozen=True)
class RankOneForm:
    """f(B) = sum_c W_c (log(A_c + C_c sum_d n_d exp(kappa (B_cd - rho^2))) + affine_c), d != c, by nodes: m classes of n samples each.

    affine: kappa rho^2 and the affine remainder at B_cc = rho^2; slope: of that remainder in B_cc.
    """

    m: list[int]
    n: list[int]
    weight: list[fmpq]
    own: list[fmpq]
    other: list[fmpq]
    affine: list[fmpq]
    slope: list[fmpq]
    kappa: fmpq
    square: fmpq

    @property
    def classes(self) -> int:
        """Number of classes k."""
        return sum(self.m)

    @property
    def alpha(self) -> list[fmpq]:
        """W_c C_c / n_c."""
        return [w * c / n for w, c, n in zip(self.weight, self.other, self.n, strict=True)]


def terms_of(problem: StatedProblem, groups: Any) -> RankOneForm:
    """The terms of a problem; Rejected where the form does not apply. groups: classes of each node, or "sizes": all of one size.

    It applies on the sphere, to log-sum-exp rows whose affine remainder does not look at other classes, with an anchor in every class, and
    a coefficient c > 0 of the other classes' samples that is the same for all of them.
    """
    level = _condensed(problem, groups)
    norm, part = level.constraint, level.exponential_part
    require(norm.kind == "sphere" and not norm.nonnegative, "the rank-one form is for the sphere")
    if part is None:
        raise Rejected("the rank-one form is for rows that are a log-sum-exp plus an affine remainder")
    require(part.kappa > 0, "the exponent's rate is not positive")
    require(all(slopes[0] == 0 for slopes in part.slopes), "the rank-one form is for rows that are affine in their self entry alone")
    others = [problem.samples - n for n in level.mass]
    return RankOneForm(
        m=level.multiplicity,
        n=level.mass,
        weight=[w / m for w, m in zip(level.weight, level.multiplicity, strict=True)],
        own=[own for _, own in level.c],
        other=[c / count for (c, _), count in zip(level.c, others, strict=True)],
        affine=[zero + (slopes[1] + part.kappa) * norm.bound for zero, slopes in zip(part.at_zero, part.slopes, strict=True)],
        slope=[slopes[1] for slopes in part.slopes],
        kappa=part.kappa,
        square=norm.bound,
    )


def _condensed(problem: StatedProblem, groups: Any) -> Level:
    """The level of groups with one column for the samples of all other classes, before the self entry; their similarities may differ.

    Rows are linear in their coefficients (R1), so entries of one slope and one coefficient per sample add up.
    """
    require(is_additive(problem.formula), "R1 fails: the formula is not linear in its coefficients")
    require(log_sum_exp(problem.formula) is not None, "the rank-one form is for rows that are a log-sum-exp plus an affine remainder")
    of = Coefficients(problem)
    require(of.kind in ("rule", "classes"), "R1 fails: the coefficients depend on samples")
    require(len(problem.sizes) > 1, "there is one class alone")
    members = _by_size(problem, of) if groups == "sizes" else read_groups(groups, problem, of)
    first = [group[0] for group in members]
    mass = [problem.sizes[c] for c in first]
    level = Level(
        formula=problem.formula,
        tau=problem.tau,
        constraint=problem.constraint,
        dim=problem.dim,
        name="groups",
        multiplicity=[len(group) for group in members],
        mass=mass,
        weight=[len(group) * n * of.weight(c) for group, n, c in zip(members, mass, first, strict=True)],
        c=[_row(of, "c", c) for c in first],
        q=[_row(of, "q", c) for c in first],
    )
    require(min(level.weight) > 0, "the rank-one form needs an anchor in every class")
    require(min(min(row) for row in [*level.c, *level.q]) >= 0, "a coefficient is negative")
    require(min(c[0] for c in level.c) > 0, "the rank-one form needs every class among the outcomes of every other one")
    check_reduction(level)
    return level


def _by_size(problem: StatedProblem, of: Coefficients) -> list[list[int]]:
    """Classes of one size share a node: a rule does not tell them apart."""
    require(of.kind == "rule", "classes of one size can be swapped only where a rule gives the coefficients")
    groups: dict[int, list[int]] = {}
    for c, size in enumerate(problem.sizes):
        groups.setdefault(size, []).append(c)
    return list(groups.values())


def _row(of: Coefficients, name: str, c: int) -> list[fmpq]:
    """The coefficients of all other classes' samples together, and of the class's own; Rejected where other classes are told apart."""
    sizes, one = of.problem.sizes, 1 if c == 0 else 0
    if of.kind == "rule":
        require(not of.by_other[f"negative_{name}"], f"the coefficient {name} looks at the size of the other class")
    else:
        others = {of.entry(name, c, d) for d in range(len(sizes)) if d != c}
        require(len(others) == 1, f"the coefficient {name} of class {c} tells the other classes apart")
    return [(of.problem.samples - sizes[c]) * of.entry(name, c, one), (sizes[c] - 1) * of.entry(name, c, c)]
