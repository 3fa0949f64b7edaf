"""From first and second order to a global minimum: steps that statements on landscapes share (MATH 4.1, 4.5)."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Integer, symbols

from scverify.conjecture.arguments import convex_rows, reduced, repulsion
from scverify.conjecture.theorem import Step, identity, sign
from scverify.symbolic.losses import Loss


def second_order() -> Iterator[Step]:
    """Where rank H < d, the second order in a direction normal to all embeddings says that S is positive semidefinite."""
    h, ht, z, zt, v, vt = symbols("H H^T z z^T v v^T", commutative=False)
    normal = ((ht * z, Integer(0)), (zt * h, Integer(0)), (zt * z, Integer(1)))
    yield identity(
        "rank H < d: for a unit z with z'H = 0 and U = zv' the Gram matrix does not move at first order, H'U + U'H = 0",
        reduced(ht * z * vt + v * zt * h, normal),
        Integer(0),
        r"H^{\mathsf T} z v^{\mathsf T} + v z^{\mathsf T} H = 0",
    )
    yield identity(
        "and U'U = vv': the second-order condition 2<S, U'U> >= 0 is v'Sv >= 0, for every v",
        reduced(v * zt * z * vt, normal),
        v * vt,
        r"v z^{\mathsf T} z v^{\mathsf T} = v v^{\mathsf T}",
    )


def global_where_positive(loss: Loss) -> Iterator[Step]:
    """S >= 0 and HS = 0 (so <S, G> = 0), lambda >= 0 on the ball: the rise of the tangent is not negative."""
    yield from convex_rows(loss)
    gradient_x, gradient_g, at_x, at_g = symbols("A B x g", real=True)  # <grad L, X>, <grad L, G>, sum lambda X_ii, sum lambda G_ii
    yield identity(
        "the rise of L's tangent from G to X: with S = grad L + diag(lambda) and <S, G> = 0 it is <S, X> + sum lambda_i (G_ii - X_ii)",
        gradient_x - gradient_g,
        ((gradient_x + at_x) - (gradient_g + at_g)) + (at_g - at_x),
    )
    positive, multiplier, short = symbols("Q lambda t", nonnegative=True)
    yield sign(
        "<S, X> = Q >= 0 for S, X >= 0; G_ii - X_ii is 0 on the sphere, and t = 1 - X_ii >= 0 where lambda_i > 0 on the ball",
        positive + multiplier * short,
        ">= 0",
    )


def collapsed_of_full_rank(loss: Loss) -> Iterator[Step]:
    """Collapsed points H = MZ' with rank H = d: none for d = k, and global for d = k - 1 with three classes or more."""
    m, inverse, zt, s = symbols("M M^{-1} Z^T S", commutative=False)
    yield identity(
        "H = MZ' with M of full rank k = d: HS = 0 gives Z'S = 0",
        reduced(inverse * m * zt * s, ((inverse * m, Integer(1)),)),
        zt * s,
        r"M^{-1} (M Z^{\mathsf T} S) = Z^{\mathsf T} S",
    )
    yield repulsion(loss)  # a row sum of S over another class is a sum of positive entries: Z'S is not 0
    sigma, x, y, z = symbols("sigma v_c v_d v_e", real=True)
    yield identity(
        "rank d = k - 1: Z'SZ is symmetric with MZ'SZ = 0, so sigma ww' with Mw = 0; the product of its entries between three classes, "
        "each positive, shows sigma > 0, and Z'SZ >= 0 are the conditions of the class problem: global by T4",
        (sigma * x * y) * (sigma * y * z) * (sigma * z * x),
        sigma**3 * (x * y * z) ** 2,
    )
