"""Landscapes of balls: every local minimum is global where so few distinct points are left that no box is needed (MATH N20).

Rows have all c equal and q = 1/(m - 1) within classes of m >= 2 samples, one weight > 0 within each class, kappa > 0; k >= 2 classes. D is
divided by kappa; S is that of MATH 2, with the multipliers lambda_i >= 0 on its diagonal, 0 where |h_i| < rho. At a local minimum H S = 0.

1. Pair lemma (N2). For i != j of one class the inequality of `patterns.is_collapsing` holds, its left side being -2 lambda_i (|h_i|^2 -
   h_i.h_j) - 2 lambda_j (|h_j|^2 - h_i.h_j) <= 0: a norm with lambda_i > 0 is rho, the largest. So h_i != h_j gives p_ij + p_ji >=
   2/(m - 1), that is S_ij >= 0.
2. Points. Let i have the least Z of its class. If h_j != h_i, p_ij >= p_ji, so p_ij >= 1/(m - 1). Its positives' shares sum to less than 1,
   a negative having some: at least one positive coincides with i. So a class has at most max(1, m - 1) distinct points. It has one where
   e^(-2 kappa rho^2) >= (m - 2)/(n - 2): then p_ij <= 1/(m - 1), with equality at G_ij = rho^2 alone, where h_i = h_j.
3. Rank < d: S >= 0, by directions orthogonal to all points, and the point is global (MATH 4.5, 4.1).
4. Rank d. Let M (d, D) hold the D distinct points, Z the indicator of their clusters: M (Z^T S) = 0. Z^T S is not 0, since S_ij > 0
   across classes; so D > d, and where d >= D_most - 1, D_most the sum of the bounds of step 2, D = D_most = d + 1 and Z^T S = v w^T,
   Z^T S Z = sigma v v^T. Across classes v_K w_j > 0: no v_K is 0, v has one sign within each class, and one within all where k >= 3. Then
   sigma > 0: for k >= 3 from an entry across classes; for k = 2, with d >= 2, some class has two distinct points K and L, and
   sigma v_K v_L >= 0 by step 1.
5. S >= 0 then. Samples of a cluster have equal rows of S and equal lambda (lambda_i h_i = lambda_j h_i; h_i = 0 has lambda 0), so vectors
   constant on clusters and vectors of sum 0 on one cluster make S block diagonal. On the first it is sigma v v^T. As D = D_most, a cluster
   of several samples is a collapsed class, or that of the least Z: one twin i, j beside m - 2 others. On e_i - e_j it is
   2 (lambda_i - S_ij), and S_ij <= 0: p_ij <= 1 - (m - 2)/(m - 1) there; in a collapsed class all p_ij are equal and sum to less than 1.
"""

from __future__ import annotations

from flint import arb, fmpq

from ..certificate import require
from ..claims import BALLS, EXACT
from ..level import Level
from ..problem import StatedProblem
from .positives import attracting_classes
from .rows import coefficients_of, rates_of

THEOREM = "by the theorem of few points on a ball (MATH N20)"


def check_few_points(problem: StatedProblem, level: Level, tau_upper: fmpq) -> tuple[str, ...]:
    """Every hypothesis of the theorem holds; what that was decided in. Rejected where one does not."""
    require(problem.constraint.kind == "ball", "few points need no box on a ball alone")
    classes = attracting_classes(list(level.weight), *coefficients_of(problem, level))
    require(bool(classes), "on a ball rows have all c equal, and 1/(m - 1) for the positives in a class of m samples with one weight")
    sizes = [classes.count(label) for label in sorted(set(classes))]
    require(len(sizes) >= 2 and min(sizes) >= 2, "on a ball there are at least two classes, each of at least two samples")
    _, largest_rate = rates_of(problem, level, tau_upper)
    few = sum(most_points(m) for m in sizes)
    attracted = sum(1 if attracts(m, sum(sizes), largest_rate) else most_points(m) for m in sizes)
    dim, needed = problem.dim or 0, max(2, attracted - 1)
    require(dim >= needed, f"on a ball a landscape is decided in {needed} dimensions and more for these classes and temperatures")
    return (f"{EXACT if dim >= few - 1 else BALLS}, {THEOREM}",)


def most_points(m: int) -> int:
    """How many distinct points the m samples of a class have at most."""
    return max(1, m - 1)


def attracts(m: int, n: int, rate: fmpq) -> bool:
    """Whether e^(-2 kappa rho^2) >= (m - 2)/(n - 2) is proved at the working precision."""
    return bool((arb(rate) * -2).exp() >= arb(fmpq(m - 2, n - 2)))
