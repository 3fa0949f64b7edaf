"""The rows of an instance as boxes see them: similarities times a rate, every hypothesis of the landscape's theorems checked (MATH 4.6).

A row is w_i (log Sum_j c_ij e^(kappa G_ij) - kappa Sum_j q_ij G_ij) on the unit sphere. The radius of a sphere and the temperature are in
kappa, which falls with tau; the ratio q of a slope and the rate does not depend on tau.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf, nextafter, prod
from typing import ClassVar, NamedTuple

from flint import fmpq, fmpq_poly
from flint.utils.flint_exceptions import FlintError

from ..certificate import Rejected, require
from ..formula import Row, Tree, evaluate_constant, log_sum_exp, value_and_gradient
from ..level import Level
from ..problem import StatedProblem
from .boxes import Boxes, whole_domain
from .copies import Pair, orderings, symmetries
from .intervals import Intervals, floats

# boxes multiply with every coordinate, and a sample brings d - 1
MAX_SAMPLES = 10
# the boxes before any is halved
MAX_ROOTS = 1 << 20
# float64 holds such numbers, their sums and their products with exponentials
LEAST_C, MOST_C = fmpq(1, 1 << 64), fmpq(1 << 64)
# and such rates: an infinite bound times 0 is not a number, which compiled code could take for less than one
MOST_RATE = fmpq(1 << 512)


class ExactRows(NamedTuple):
    """The coefficients as `coefficients_of` has them."""

    weight: list[fmpq]
    c: list[list[fmpq]]
    q: list[list[fmpq]]


@dataclass(frozen=True)
class BoxRows:
    """The coefficients of the rows, enclosed: weight (n,), c and q (n, n - 1) over the other samples in order, rest (n,) = 1 - Sum q.

    orderings: see `copies`.
    """

    n: int
    d: int
    weight: Intervals
    c: Intervals
    q: Intervals
    rest: Intervals
    orderings: list[tuple[Pair, Pair]]
    exact: ExactRows

    on_nodes: ClassVar[bool] = False

    @cached_property
    def pairs(self) -> list[Pair]:
        """All pairs i < j; similarities are kept once."""
        return [(i, j) for i in range(self.n) for j in range(i + 1, self.n)]

    @cached_property
    def place(self) -> dict[Pair, int]:
        """Where a pair is kept, in either order."""
        return {key: k for k, (i, j) in enumerate(self.pairs) for key in ((i, j), (j, i))}

    @cached_property
    def table(self) -> list[list[int]]:
        """For each row, the places of its similarities to the others in order."""
        return [[self.place[i, j] for j in range(self.n) if j != i] for i in range(self.n)]


def others(i: int, n: int) -> list[int]:
    """All samples but one, in order."""
    return [j for j in range(n) if j != i]


def rows_of(problem: StatedProblem, level: Level, pairs: list[Pair]) -> BoxRows:
    """The rows of an instance on the unit sphere, every hypothesis of the reasons checked."""
    n = level.nodes
    dim = problem.dim or 0
    require(2 <= dim <= MAX_SAMPLES, f"a landscape has a stated dimension of 2 to {MAX_SAMPLES}")
    require(2 <= n <= MAX_SAMPLES, f"a landscape has 2 to {MAX_SAMPLES} samples, or no more than dimensions; not {n}")
    require(problem.constraint.kind == "sphere", "landscapes are decided by boxes on the sphere alone")
    c, q = coefficients_of(problem, level)
    c = [_tamed(row) for row in c]
    require(all(abs(x) < MOST_C for row in q for x in row), "a coefficient q is beyond 2^64: its products with exponentials leave float64")
    largest = max(level.weight)
    return BoxRows(
        n=n,
        d=dim,
        weight=intervals_of([[weight / largest for weight in level.weight]])[0],
        c=intervals_of(c),
        q=intervals_of(q),
        rest=intervals_of([[1 - sum(row, fmpq(0)) for row in q]])[0],
        orderings=orderings(symmetries(level), pairs),
        exact=ExactRows(list(level.weight), c, q),
    )


def coefficients_of(problem: StatedProblem, level: Level) -> tuple[list[list[fmpq]], list[list[fmpq]]]:
    """c and q (n, n - 1) over the other samples in order, exact; a row of weight 0 does not count, whatever it is: c is 1 there, q 0."""
    n = level.nodes
    anchors = [i for i in range(n) if level.weight[i] != 0]
    own = (level.c[i][i] == level.c[i][-1] == level.q[i][i] == level.q[i][-1] == 0 for i in anchors)
    require(len(anchors) > 0, "every row has the weight 0")
    require(all(own), "a row holds its own similarity")
    rate, slopes = rate_and_slopes(problem, level)
    q = [[_multiple(slopes[i][j], rate) if level.weight[i] != 0 else fmpq(0) for j in others(i, n)] for i in range(n)]
    c = [[level.c[i][j] if level.weight[i] != 0 else fmpq(1) for j in others(i, n)] for i in range(n)]
    return c, q


def _tamed(row: list[fmpq]) -> list[fmpq]:
    """c, or c over its largest entry where float64 could not hold it: the scale of a row cancels in p."""
    largest = max(row)
    return row if LEAST_C < largest < MOST_C else [x / largest for x in row]


def rate_and_slopes(problem: StatedProblem, level: Level) -> tuple[fmpq_poly, list[list[fmpq_poly]]]:
    """kappa and, with the sign changed, the slopes of the affine remainder of every row, as polynomials in 1/tau; on spheres and balls."""
    require(problem.constraint.kind in ("sphere", "ball"), "landscapes are decided on spheres and balls alone")
    require(not problem.constraint.nonnegative, "landscapes are decided without H >= 0: spheres and balls alone")
    split = log_sum_exp(level.formula)
    if split is None:
        raise Rejected("landscapes are decided for rows that are a log-sum-exp and an affine remainder")
    one_over_tau = fmpq_poly([0, 1])
    try:
        rate = evaluate_constant(_in_reciprocal(split.kappa), one_over_tau, _constant)
        remainder = _in_reciprocal(split.remainder)
        rows = (
            Row([_constant(fmpq(0))] * len(c), list(map(_constant, c)), list(map(_constant, q)), one_over_tau)
            for c, q in zip(level.c, level.q, strict=True)
        )
        slopes = [[-x for x in value_and_gradient(remainder, row, _constant)[1]] for row in rows]
    except (FlintError, TypeError, ZeroDivisionError) as error:
        raise Rejected("the rates of the row are not polynomials in 1/tau") from error
    return rate, slopes


def _constant(value: fmpq) -> fmpq_poly:
    return fmpq_poly([value])


def _in_reciprocal(tree: Tree) -> Tree:
    """The tree with "tau" in the place of 1/tau; Rejected where tau stands otherwise.

    `log_sum_exp` splits off rational expressions alone: a root of (x - 1)^2 is |x - 1|, but that of a polynomial x - 1.
    """
    if isinstance(tree, tuple):
        if tree[0] == "pow" and tree[1] == "tau" and tree[2] < 0:
            return ("pow", "tau", -tree[2])
        return (tree[0], *(x if tree[0] == "pow" and place else _in_reciprocal(x) for place, x in enumerate(tree[1:])))
    require(not (isinstance(tree, str) and tree == "tau"), "the rates of the row are not polynomials in 1/tau")
    return tree


def _multiple(slope: fmpq_poly, rate: fmpq_poly) -> fmpq:
    """The rational q with slope = q rate, for all tau."""
    place = rate.degree()
    require(place >= 0, "the exponent's rate is 0")
    factor = fmpq(slope[place]) / fmpq(rate[place])
    require(slope == rate * _constant(factor), "a slope of the row's remainder is not a multiple of the exponent's rate")
    return factor


def domain_of(problem: StatedProblem, level: Level, tau_upper: fmpq) -> Boxes:
    """The whole domain: all configurations, and all rates for tau from the problem's to tau_upper."""
    least, most = rates_of(problem, level, tau_upper)
    require(most < MOST_RATE, "the exponent's rate is beyond 2^512")
    n, d = level.nodes, problem.dim or 0
    count = prod(min(2 * i + 1, 2 * d) for i in range(n))
    require(count <= MAX_ROOTS, f"{n} samples in {d} dimensions have {count} faces; a landscape has at most {MAX_ROOTS}")
    return whole_domain(level.nodes, problem.dim or 0, (enclosed(least)[0], enclosed(most)[1]))


def rates_of(problem: StatedProblem, level: Level, tau_upper: fmpq) -> tuple[fmpq, fmpq]:
    """The least and the largest kappa rho^2 for tau from the problem's to tau_upper; Rejected where kappa rises or is not positive."""
    require(tau_upper >= problem.tau, "tau_upper lies below tau")
    rate = rate_and_slopes(problem, level)[0]
    require(all(fmpq(rate[place]) >= 0 for place in range(rate.degree() + 1)), "the exponent's rate does not fall with tau")
    least, most = (problem.constraint.bound * rate(1 / tau) for tau in (tau_upper, problem.tau))
    require(least > 0, "the exponent's rate is not positive")
    return least, most


def enclosed(value: fmpq) -> tuple[float, float]:
    """Floats around a rational; the same float twice where it is one."""
    try:
        near = int(value.p) / int(value.q)  # a quotient of integers is rounded to nearest
    except OverflowError as error:
        raise Rejected("a number of the rows lies beyond float64") from error
    exact, given = Fraction(near), Fraction(int(value.p), int(value.q))
    return (near if exact <= given else nextafter(near, -inf)), (near if exact >= given else nextafter(near, inf))


def intervals_of(rows: list[list[fmpq]]) -> Intervals:
    """Floats around tables of rationals."""
    ends = [[enclosed(fmpq(value)) for value in row] for row in rows]
    return Intervals(floats([[low for low, _ in row] for row in ends]), floats([[high for _, high in row] for row in ends]))
