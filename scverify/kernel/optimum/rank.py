"""The rank of every minimiser of the relaxation near a feasible point (MATH 4.3)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import arb, arb_mat

from ..balls import gram_rows, least_eigenvalue_of_gram, root_above
from ..certificate import Dyadic, dyadic
from ..level import Level
from ..limits import afford
from .bounds import between_classes, negative_part
from .feasible import FeasiblePoint


def rank_bounds(level: Level, point: FeasiblePoint, witness: dict[str, Any], radius: arb) -> tuple[int, int]:
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
    spreads = zip(level.multiplicity, point.spread, strict=True)
    least += sum(m - 1 for m, spread in spreads if m > 1 and spread * m / (m - 1) > radius)
    return least, classes - _dual_rank(level, point, dyadic(witness["factor"], "the factor", level.nodes), radius)


class NearDual(NamedTuple):
    """S_P = grad f(P) + diag(lambda), lambda from S_P B_P = 0, beside F F^T + spread_g (I - J/m_g) on each node, class by class.

    error: |S_P - the other|, size: |grad f(P)| off the diagonal (Frobenius norms, bounded from above); spreads >= 0.
    """

    error: arb
    size: arb
    spreads: list[arb]


def near_dual(level: Level, point: FeasiblePoint, factor: Dyadic) -> NearDual:
    """How near the gradient at a point on the sphere is to the semidefinite matrix of a factor F (a row for each node)."""
    m, nodes = level.multiplicity, range(level.nodes)
    gram = gram_rows(factor.balls())
    slopes = [[level.weight[g] * d for d in point.slopes[g]] for g in nodes]
    error, size, spreads, products = arb(0), arb(0), [arb(0)] * level.nodes, [arb(0)] * level.nodes
    for g in nodes:
        afford("the rank of a minimiser")
        for h, entry in enumerate(between_classes(level, slopes, g)):
            pairs = 2 * m[g] * m[h] if h < g else m[g] * (m[g] - 1)
            missed = entry - gram[g][h]
            if h == g:
                spreads[g] = m[g] * negative_part(missed)
                missed += spreads[g] / m[g]
            error += pairs * missed * missed
            size += pairs * entry * entry
            products[g] += (m[h] - (h == g)) * entry * point.rows[g][h]
            if h < g:
                products[h] += m[g] * entry * point.rows[h][g]
    for g in nodes:
        missed = -products[g] / level.constraint.bound - gram[g][g] - spreads[g] * (m[g] - 1) / m[g]
        error += m[g] * missed * missed
    return NearDual(root_above(error), root_above(size), spreads)


def _dual_rank(level: Level, point: FeasiblePoint, factor: Dyadic, radius: arb) -> int:
    """A lower bound of the rank of S* = grad f(B*) + diag(lambda*), which is semidefinite with S* B* = 0.

    |S* - S_P| <= |grad f(B*) - grad f(P)| (1 + sqrt k) + |grad f(P)| |B* - P| / rho^2, a row's gradient being kappa^2/2-Lipschitz.
    """
    assert level.exponential_part is not None  # `radius_around` has required it
    m, kappa = level.multiplicity, arb(level.exponential_part.kappa)
    lipschitz = kappa * kappa / 2 * max(weight / n for weight, n in zip(level.weight, m, strict=True))
    near = near_dual(level, point, factor)
    moved = lipschitz * radius * (1 + arb(sum(m)).sqrt()) + near.size * radius / level.constraint.bound
    tolerance = near.error + moved
    # row g times sqrt(m_g): the same vector for each of its m_g classes, with equal non-zero eigenvalues of the Gram matrix
    weighted = arb_mat([[arb(n).sqrt() * x for x in row] for n, row in zip(m, factor.balls().tolist(), strict=True)])
    rank = factor.numerators.ncols() if least_eigenvalue_of_gram(weighted) > tolerance else 0
    return rank + sum(n - 1 for n, spread in zip(m, near.spreads, strict=True) if n > 1 and spread > tolerance)
