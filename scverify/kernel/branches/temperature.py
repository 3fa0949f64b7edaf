"""The loss over a range of temperatures, down to 0: every row times tau, its slopes in the similarities and in tau itself.

A row that is a function phi(s/tau) is multiplied by tau; its gradient phi' and the critical points then have a limit as tau falls to 0.
Any other row is taken as it stands. A log-sum-exp row is read through the differences x_j = (s_j - s_m)/tau to a reference entry m. Where
s_j - s_m itself is of the order of tau ("tied"), x_j is an unknown of its own, given from outside; elsewhere exp(-D/tau) with D > 0 falls
to 0 with tau.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from ..balls import Balls, checked_finite
from ..certificate import Rejected, Unresolved, require, total
from ..dual import DualNumber, row_hessian
from ..formula import Row, Tree, evaluate_constant, log_sum_exp, mentions, value_and_gradient

Known = dict[int, arb]
_INVERSE_TAU = ("pow", "tau", -1)


@dataclass(frozen=True)
class Temperatures:
    """All tau in [lower, upper]; where lower is 0 all of (0, upper] and the limit 0 itself."""

    lower: arb
    upper: arb

    @classmethod
    def between(cls, lower: fmpq, upper: fmpq) -> Temperatures:
        """The range between two rationals, 0 <= lower <= upper."""
        return cls(arb(0) if lower == 0 else arb(lower).lower(), arb(0) if upper == 0 else arb(upper).upper())

    @property
    def ball(self) -> arb:
        """The range as a ball."""
        return self.lower.union(self.upper)

    @property
    def reach_zero(self) -> bool:
        """Whether the limit belongs to the range."""
        return bool(self.lower == 0)

    def decay(self, gap: arb, power: int) -> arb:
        """exp(-D/tau)/tau^power for every D of the ball `gap` and every tau of the range: increasing in tau while D >= power * tau."""
        steady = gap.lower() >= power * self.upper
        if self.reach_zero:
            if not (steady and gap.lower() > 0):
                raise Unresolved("an exponential is not shown to vanish as tau falls to 0")
            return arb(0) if self.upper == 0 else arb(0).union(_decayed(gap.lower(), self.upper, power))
        if steady:
            return _decayed(gap.upper(), self.lower, power).union(_decayed(gap.lower(), self.upper, power))
        return _decayed(gap, self.ball, power)


def _decayed(gap: arb, tau: arb, power: int) -> arb:
    value = (-gap / tau).exp()
    for _ in range(power):
        value = value / tau
    return value


@dataclass(frozen=True)
class RowModel:
    """How rows depend on tau: as softmax rows of s/tau with `rate` and an affine remainder, or as a `tree` in s and tau."""

    tree: Tree
    scaled: bool
    rate: fmpq | None
    remainder: Tree

    @property
    def softmax_rate(self) -> fmpq:
        """The rate of a softmax row; Rejected for any other."""
        if self.rate is None:
            raise Rejected("the row is not a log-sum-exp of s/tau")
        return self.rate


def row_model(formula: Tree) -> RowModel:
    """The reading of a formula."""
    quotient = quotient_form(formula)
    split = None if quotient is None else log_sum_exp(quotient)
    if split is None:
        return RowModel(formula, False, None, fmpq(0))
    rate = evaluate_constant(split.kappa, fmpq(1), fmpq)
    require(rate > 0, "the exponent's rate is not positive")
    return RowModel(formula, True, rate, split.remainder)


def quotient_form(tree: Tree) -> Tree | None:
    """The tree as a function of s/tau, which is "s" in the result; None where s or tau stands in it in any other way."""
    if not isinstance(tree, tuple):
        return None if tree in ("s", "tau") else tree
    if tree[0] == "mul" and "s" in tree[1:]:
        rest = list(tree[1:])
        if _INVERSE_TAU not in rest:
            return None
        rest.remove(_INVERSE_TAU)
        return None if rest.count("s") > 1 or any(mentions(x, "tau") or (mentions(x, "s") and x != "s") for x in rest) else ("mul", *rest)
    parts = [x if isinstance(x, int) else quotient_form(x) for x in tree[1:]]
    return None if any(x is None for x in parts) else (tree[0], *parts)


@dataclass(frozen=True)
class RowSlopes:
    """One row: its gradient in the n similarities, and the changes of that gradient.

    by_similarity[a][j]: along s_j, with what is tied held; by_tie[j]: along x_j; by_temperature: along tau, with similarities and what is
    tied held. curvature: the Hessian times tau (scaled rows), which is positive semidefinite, or the Hessian itself.
    """

    gradient: Balls
    by_similarity: list[Balls]
    by_tie: dict[int, Balls]
    by_temperature: Balls
    curvature: list[Balls]

    def moved(self, to: list[int]) -> RowSlopes:
        """The slopes of the row whose entry to[j] is this one's j."""
        back = sorted(range(len(to)), key=to.__getitem__)
        lines = ([[table[a][j] for j in back] for a in back] for table in (self.by_similarity, self.curvature))
        by_similarity, curvature = lines
        gradient, by_temperature, *columns = ([x[j] for j in back] for x in (self.gradient, self.by_temperature, *self.by_tie.values()))
        return RowSlopes(gradient, by_similarity, dict(zip((to[j] for j in self.by_tie), columns, strict=True)), by_temperature, curvature)


def row_slopes(model: RowModel, row: Row, temperatures: Temperatures, reference: int | None, tied: Known) -> RowSlopes:
    """Slopes of a row (its tau is not read) over a range; `tied` gives x_j for the entries tied to the reference, itself left out."""
    if model.rate is None:
        return _tree_slopes(model, row, temperatures)
    shares = shares_of(model, row, temperatures, reference, tied)
    p = shares.parts
    n = range(len(row.s))
    moved = [x / shares.total for x in shares.by_similarity]
    by_similarity = [[_less(a, j, p) * moved[j] for j in n] for a in n]
    for line in by_similarity:
        line[shares.reference] = -total(line[j] for j in n if j != shares.reference)
    by_tie = {j: [model.rate * _less(a, j, p) * p[j] for a in n] for j in tied}
    drift = [x / shares.total for x in shares.by_temperature]
    rate = arb(model.rate)
    return RowSlopes(
        [rate * x + r for x, r in zip(p, shares.affine, strict=True)],
        [[rate * x for x in line] for line in by_similarity],
        {j: [rate * x for x in column] for j, column in by_tie.items()},
        [rate * (x - share * total(drift)) for x, share in zip(drift, p, strict=True)],
        [[rate * rate * _less(a, j, p) * p[j] for j in n] for a in n],
    )


def row_value(model: RowModel, row: Row, temperatures: Temperatures, reference: int | None, tied: Known) -> arb:
    """The row times tau (scaled), or the row."""
    if model.rate is None:
        return checked_finite(value_and_gradient(model.tree, row._replace(tau=temperatures.ball), arb)[0], "the value of a row")
    shares = shares_of(model, row, temperatures, reference, tied)
    zeros = [fmpq(0)] * len(row.s)
    constant = value_and_gradient(model.remainder, Row(zeros, row.c, row.q, fmpq(1)), fmpq)[0]
    linear = total(r * s for r, s in zip(shares.affine, row.s, strict=True))
    return checked_finite(
        temperatures.ball * (shares.total.log() + constant) + model.rate * row.s[shares.reference] + linear, "the value of a row"
    )


@dataclass(frozen=True)
class Shares:
    """c_j exp(rate x_j) with its slopes in s_j - s_m and in tau, and the sum of all; the slopes of the affine remainder."""

    reference: int
    weight: Balls
    by_similarity: Balls
    by_temperature: Balls
    total: arb
    affine: list[fmpq]

    @property
    def parts(self) -> Balls:
        """Each share of the total: 1/(1 + others/own) where its own is positive, which then stands in it once."""
        n = range(len(self.weight))
        others = [total(self.weight[a] for a in n if a != j) for j in n]
        return [1 / (1 + y / x) if x > 0 else x / self.total for x, y in zip(self.weight, others, strict=True)]


def shares_of(model: RowModel, row: Row, temperatures: Temperatures, reference: int | None, tied: Known) -> Shares:
    """The shares of a softmax row; without a stated reference the entry that seems largest."""
    present = [j for j, c in enumerate(row.c) if c != 0]
    if reference is None:
        reference = max(present, key=lambda j: float(row.s[j].mid()), default=None)
    if reference is None or reference not in present:
        raise Rejected("the reference of a row has no exponential")
    n, rate = len(row.s), arb(model.rate)
    weight, by_similarity, by_temperature = ([arb(0)] * n for _ in range(3))
    for j in present:
        if j == reference:
            weight[j] = arb(row.c[j])
        elif j in tied:
            weight[j] = row.c[j] * (rate * tied[j]).exp()
        else:
            gap = rate * (row.s[reference] - row.s[j])
            weight[j] = row.c[j] * temperatures.decay(gap, 0)
            by_similarity[j] = row.c[j] * rate * temperatures.decay(gap, 1)
            by_temperature[j] = row.c[j] * gap * temperatures.decay(gap, 2)
    zeros = [fmpq(0)] * n
    affine = value_and_gradient(model.remainder, Row(zeros, row.c, row.q, fmpq(1)), fmpq)[1]
    return Shares(reference, weight, by_similarity, by_temperature, checked_finite(total(weight), "the sum of a row"), affine)


def small_shares(model: RowModel, row: Row, temperatures: Temperatures, reference: int, tied: Known) -> Known:
    """c_j exp(-D/tau)/tau^3 for the entries that are neither the reference nor tied to it: their part vanishes as tau falls to 0."""
    rate = arb(model.rate)
    others = [j for j, c in enumerate(row.c) if c != 0 and j != reference and j not in tied]
    return {j: row.c[j] * temperatures.decay(rate * (row.s[reference] - row.s[j]), 3) for j in others}


def _less(a: int, j: int, p: Balls) -> arb:
    """The entry (a, j) of I - p 1^T."""
    return 1 - p[a] if a == j else -p[a]


def _tree_slopes(model: RowModel, row: Row, temperatures: Temperatures) -> RowSlopes:
    if temperatures.reach_zero:
        raise Rejected("only log-sum-exp rows of s/tau have a limit as tau falls to 0")
    at = Row(row.s, [arb(x) for x in row.c], [arb(x) for x in row.q], temperatures.ball)
    gradient = value_and_gradient(model.tree, at, arb)[1]
    moved: list[Any] = value_and_gradient(model.tree, at._replace(tau=DualNumber(temperatures.ball, arb(1))), arb)[1]
    drift = [x.slope if isinstance(x, DualNumber) else arb(0) for x in moved]
    hessian = row_hessian(model.tree, at, arb)
    return RowSlopes(gradient, hessian, {}, drift, hessian)
