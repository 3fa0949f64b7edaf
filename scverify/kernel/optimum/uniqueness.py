"""How far any minimiser of the relaxation can be from a stated Gram matrix, and its rank (MATH 4.3)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import arb, arb_mat

from ..balls import finite, gram_rows, least_eigenvalue_of_gram, magnitude, negative_part, positive, root
from ..certificate import Dyadic, Rejected, at_most, dyadic, require, total
from ..level import Level
from .bounds import lower_bound
from .feasible import Point, feasible_point, upper_bound


def check_unique(level: Level, claim: dict[str, Any], witness: dict[str, Any]) -> None:
    """Prove that every minimiser of the relaxation lies within `radius` of `gram` (Frobenius, class by class) and has `rank`."""
    point = feasible_point(level, witness["upper"])
    gap = upper_bound(level, point) - lower_bound(level, witness["lower"]).lower()
    around = radius_around(level, point, gap)
    stated = dyadic(claim["gram"], "gram", level.nodes, level.nodes + 1)
    at_most(around + distance(level, point, stated), claim["radius"], "the witness does not prove the radius")
    if "rank" in claim:
        least, most = rank_bounds(level, point, witness["lower"], around)
        require(least <= claim["rank"] <= most, f"the rank lies between {least} and {most}")
        at_most(most - least, 0, f"the witness proves only that the rank lies between {least} and {most}")


def radius_around(level: Level, point: Point, gap: arb) -> arb:
    """An upper bound of the distance of any minimiser B* from the witness's feasible point P.

    P is feasible and B* minimal, so f(P) - f(B*) >= mu/2 |P - B*|^2 for a curvature bound mu between them; gap >= f(P) - f(B*).
    mu holds on the ball of radius R = 2 sqrt(2 gap/mu_P) with a loss of exp(-3 kappa R); convexity rules out minimisers beyond it.
    """
    curvature, kappa = _curvature(level, point)
    first_guess = (2 * magnitude(gap) / curvature).sqrt()
    loss = (3 * kappa * first_guess).exp()
    require(bool(loss < 2), "the gap is too wide for a radius: the curvature may fade within it")
    return arb((first_guess * loss).upper())


def _curvature(level: Level, point: Point) -> tuple[arb, arb]:
    """A positive lower bound of the curvature of f at the point in the off-diagonal entries, and kappa.

    A row's slopes are kappa p + (those of the affine remainder), p the probabilities of its outcomes, and
    v'(diag p - pp')v >= p_0 sum p_a v_a^2 for v_0 = 0 (the self entry is constant on the sphere). An entry pair (i, j) of a
    symmetric direction has squared Frobenius norm 2 v_ij^2 and collects the terms of row i and of row j.
    """
    require(level.constraint.kind == "sphere", "a radius is known only on the sphere, where the self entry is constant")
    part = level.exponential_part
    if part is None:
        raise Rejected("a radius is known only for a row that is a log-sum-exp plus an affine remainder")
    require(part.kappa > 0, "the exponent's rate is not positive")
    kappa = arb(part.kappa)
    m, nodes = level.multiplicity, range(level.nodes)
    rows = [[(d - r) / kappa for d, r in zip(point.slopes[g], part.slopes[g], strict=True)] for g in nodes]
    per_class = [level.weight[g] * rows[g][-1] / m[g] for g in nodes]
    pairs = [per_class[g] * rows[g][h] / m[h] + per_class[h] * rows[h][g] / m[g] for g in nodes for h in range(g)]
    pairs += [2 * per_class[g] * rows[g][g] / (m[g] - 1) for g in nodes if m[g] > 1]
    # twice the spread of a pair over its Frobenius norm: kappa^2 * pair / 2
    least = min((finite(pair, "the curvature").lower() for pair in pairs), default=arb(1))
    return positive(kappa * kappa * least / 2, "the curvature of the loss at the point"), kappa


def distance(level: Level, point: Point, stated: Dyadic) -> arb:
    """Frobenius distance, class by class, of the point's Gram matrix from the stated one."""
    square = arb(0)
    for g, (row, centre) in enumerate(zip(point.rows, stated.balls().tolist(), strict=True)):
        others = [m - (g == h) for h, m in enumerate(level.multiplicity)]
        differences = zip([*others, 1], row, centre, strict=True)
        square += level.multiplicity[g] * total(n * (x - y) * (x - y) for n, x, y in differences)
    return root(square)


def rank_bounds(level: Level, point: Point, witness: dict[str, Any], radius: arb) -> tuple[int, int]:
    """Bounds of the rank of every minimiser within `radius` of the point: Weyl's inequality for B and for S, and S* B* = 0.

    An eigenvalue moves by the spectral norm of the change at most (Horn and Johnson 2013, Corollary 4.3.15), the radius bounds that norm.
    """
    # the m_g >= 1 classes of a node only add to the Gram matrix of its mean
    least = point.means.ncols() if least_eigenvalue_of_gram(point.means) > radius else 0
    classes = sum(level.multiplicity)
    if level.constraint.nonnegative:
        # the span of the means may overlap that of the frames: their sum has at least the rank of either
        frames = sum(m for m, spread in zip(level.multiplicity, point.spread, strict=True) if spread > radius)
        return max(least, frames), classes
    for m, spread in zip(level.multiplicity, point.spread, strict=True):
        if m > 1:
            least += m - 1 if spread * m / (m - 1) > radius else 0
    return least, classes - _dual_rank(level, point, dyadic(witness["factor"], "the factor", level.nodes), radius)


def _weighted(level: Level, matrix: arb_mat) -> arb_mat:
    """Row g times sqrt(m_g): the same vector for each of its m_g classes, with equal non-zero eigenvalues of the Gram matrix."""
    roots = [arb(m).sqrt() for m in level.multiplicity]
    return arb_mat([[root * x for x in row] for root, row in zip(roots, matrix.tolist(), strict=True)])


class NearDual(NamedTuple):
    """S_P = grad f(P) + diag(lambda), lambda from S_P B_P = 0, beside F F^T + spread_g (I - J/m_g) on each node, class by class.

    error: |S_P - the other|, size: |grad f(P)| off the diagonal (Frobenius norms, bounded from above); spreads >= 0.
    """

    error: arb
    size: arb
    spreads: list[arb]


def near_dual(level: Level, point: Point, factor: Dyadic) -> NearDual:
    """How near the gradient at a point on the sphere is to the semidefinite matrix of a factor F (a row for each node)."""
    m, nodes = level.multiplicity, range(level.nodes)
    gram = gram_rows(factor.balls())
    # of one class, to the classes of a node together: a pair of classes has the mean of both directions
    per_class = [arb(level.weight[g]) / m[g] for g in nodes]
    slopes = [[per_class[g] * d / n for d, n in zip(point.slopes[g], [*m, 1], strict=True)] for g in nodes]
    error, size, spreads, products = arb(0), arb(0), [], [arb(0)] * level.nodes
    for g in nodes:
        for h in range(g):
            entry = (slopes[g][h] + slopes[h][g]) / 2
            missed, pairs = entry - gram[g][h], 2 * m[g] * m[h]
            error += pairs * missed * missed
            size += pairs * entry * entry
            products[g] += m[h] * entry * point.rows[g][h]
            products[h] += m[g] * entry * point.rows[h][g]
    for g in nodes:
        within = slopes[g][g] * m[g] / (m[g] - 1) if m[g] > 1 else arb(0)
        spread = m[g] * negative_part(within - gram[g][g]) if m[g] > 1 else arb(0)
        spreads.append(spread)
        missed, pairs = within - gram[g][g] + spread / m[g], m[g] * (m[g] - 1)
        error += pairs * missed * missed
        size += pairs * within * within
        diagonal = -(products[g] + (m[g] - 1) * within * point.rows[g][g]) / level.constraint.bound
        missed = diagonal - gram[g][g] - spread * (m[g] - 1) / m[g]
        error += m[g] * missed * missed
    return NearDual(root(error), root(size), spreads)


def _dual_rank(level: Level, point: Point, factor: Dyadic, radius: arb) -> int:
    """A lower bound of the rank of S* = grad f(B*) + diag(lambda*), which is semidefinite with S* B* = 0.

    |S* - S_P| <= |grad f(B*) - grad f(P)| (1 + sqrt k) + |grad f(P)| |B* - P| / rho^2, a row's gradient being kappa^2/2-Lipschitz.
    """
    assert level.exponential_part is not None  # _curvature has required it
    m, kappa = level.multiplicity, arb(level.exponential_part.kappa)
    lipschitz = kappa * kappa / 2 * max(weight / n for weight, n in zip(level.weight, m, strict=True))
    near = near_dual(level, point, factor)
    moved = lipschitz * radius * (1 + arb(sum(m)).sqrt()) + near.size * radius / level.constraint.bound
    tolerance = near.error + moved
    rank = factor.numerators.ncols() if least_eigenvalue_of_gram(_weighted(level, factor.balls())) > tolerance else 0
    return rank + sum(n - 1 for n, spread in zip(m, near.spreads, strict=True) if n > 1 and spread > tolerance)
