"""Theorem W (MATH N17): on the sphere, above a temperature, the second order of single samples makes the samples of a class coincide."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import arb
from sympy import Symbol, cos, exp, sin, symbols

from scverify.conjecture.arguments import CROSS, convex_rows, pull
from scverify.conjecture.class_rows import class_size
from scverify.conjecture.pair_lemma import SIZE, pair_lemma
from scverify.conjecture.theorem import Step, identity, sign
from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.level import ball
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import a, c, row_sum, s, tau

SAMPLES = class_size("") + 2  # n >= 4
# of one of the others: each of the rest adds at least e^(-2/tau) beside it
LARGEST_SHARE = exp(2 / tau) / (SAMPLES - 2 + exp(2 / tau))


def theorem_w(loss: Loss) -> Iterator[Step]:
    """Second-order points of the sphere are collapsed where 2(d - 1) tau (1/(n_c - 1) - P) > 1 + (n - 1)P."""
    yield from pair_lemma(loss)
    yield from _multiplier()
    yield from _largest_share(loss)
    yield from _curvature(loss)
    yield from _contradiction()


def _multiplier() -> Iterator[Step]:
    first, second, g, shares = symbols("lambda_i lambda_j g sigma", real=True)
    yield identity(
        "on the unit sphere D = 2(1 - g); the lemma at grad_i = -2 lambda_i h_i, h_i != h_j, divided by D > 0",
        (-2 * (first * (1 - g) - second * (g - 1)) - 2 * (1 - g) / tau * (2 / (SIZE - 1) - shares)) / (2 * (1 - g)),
        -(first + second) - (2 / (SIZE - 1) - shares) / tau,
    )


def _largest_share(loss: Loss) -> Iterator[Step]:
    others = exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau))
    yield identity(
        "p_ij at similarity x, the n - 2 other samples in the sum", tau * pull(loss, positive=True) + 1 / (SIZE - 1), 1 / (1 + others)
    )
    yield identity("the same share at a negative, too", tau * pull(loss, positive=False), 1 / (1 + others))
    yield identity("each of the others adds at least e^{-2/tau}, as s - x >= -2", 1 / (1 + (SAMPLES - 2) * exp(-2 / tau)), LARGEST_SHARE)
    further = Symbol("f", nonnegative=True)
    least = (SAMPLES - 2) * exp(-2 / tau)
    yield sign("so every share is at most P", 1 / (1 + least) - 1 / (1 + least + further), ">= 0")
    mean, largest, below_i, below_j = symbols("q P f_i f_j", real=True)
    yield identity(
        "hence -(lambda_i + lambda_j) >= 2(q - P)/tau with q = 1/(n_c - 1): one of the two is at most -(q - P)/tau",
        (2 * mean - (largest - below_i) - (largest - below_j)) / tau,
        2 * (mean - largest) / tau + (below_i + below_j) / tau,
    )


def _curvature(loss: Loss) -> Iterator[Step]:
    """Move sample i alone along a unit u orthogonal to h_i: 2 lambda_i + sum over a of (variances) >= 0."""
    yield from _great_circle()
    split = loss.formula.log_sum_exp
    if split is None:
        raise InputError(f"loss {loss.name}", "a log-sum-exp row with an affine remainder", "its Hessian is not a variance")
    yield identity("the rate of the exponential is 1/tau", split.kappa, 1 / tau, r"\kappa = \tfrac{1}{\tau}")
    yield from convex_rows(loss)
    p, v = symbols("p v", real=True)
    square, mean = symbols("E_2 E_1", real=True)
    yield sign("row i: a variance is at most the mean of squares", square - (square - mean**2), ">= 0")
    yield identity(
        "row a moves in one entry, v = <u, h_a>: its variance is",
        p * (v - p * v) ** 2 + (1 - p) * (0 - p * v) ** 2,
        p * v**2 - (p * v) ** 2,
    )
    yield sign("at most p_ai v^2", p * v**2 - (p * v**2 - (p * v) ** 2), ">= 0")
    g = Symbol("g", real=True)
    yield sign("over an orthonormal basis u of the d - 1 directions the squares add up to 1 - G_ia^2 <= 1", 1 - (1 - g**2), ">= 0")


def _great_circle() -> Iterator[Step]:
    """Along h_i cos t + u sin t a minimum has first derivative 0 and second derivative >= 0: what they are."""
    t, multiplier = symbols("t lambda_i", real=True)
    (s1, s2), (g1, g2), (v1, v2) = symbols("s_1 s_2", real=True), symbols("g_1 g_2", real=True), symbols("v_1 v_2", real=True)
    c11, c12, c22 = symbols("c_11 c_12 c_22", real=True)
    x1, x2 = (g * cos(t) + v * sin(t) for g, v in ((g1, v1), (g2, v2)))
    near = s1 * x1 + s2 * x2 + c11 * (x1 - g1) ** 2 / 2 + c12 * (x1 - g1) * (x2 - g2) + c22 * (x2 - g2) ** 2 / 2
    yield identity(
        "two entries G_ia move along g cos t + v sin t, v = <u, h_a>; L to second order, s its slopes: the first derivative at t = 0",
        near.diff(t).subs(t, 0),
        s1 * v1 + s2 * v2,
    )
    yield identity(
        "and the second is -<s, g> and the Hessian of L along v",
        near.diff(t, 2).subs(t, 0),
        -(s1 * g1 + s2 * g2) + c11 * v1**2 + 2 * c12 * v1 * v2 + c22 * v2**2,
    )
    yield identity(
        "G_ia and G_ai both move, s = 2 S_ia; lambda_i = -<S_ia, G_ia> over a != i makes the first part 2 lambda_i, and the first "
        "derivatives 2<u, sum over a of S_ia h_a> = 0 for all u are HS = 0 in column i",
        -2 * (-multiplier),
        2 * multiplier,
    )


def _contradiction() -> Iterator[Step]:
    """2(d - 1) lambda_i + (sum p_ia + sum p_ai)/tau^2 >= 0 against the hypothesis."""
    directions, excess, mass = symbols("d' e m", positive=True)  # d' = d - 1 and m = 1 + (n - 1)P
    further, lacking = symbols("f g", nonnegative=True)
    gap = (mass + excess) / (2 * directions * tau)  # q - P, by the hypothesis 2(d - 1) tau (q - P) = m + e
    at = 2 * directions * (-gap / tau - further) + (mass - lacking) / tau**2
    yield identity(
        "lambda_i = -(q - P)/tau - f, and the shares of row i and of the n - 1 columns add up to m - g, m = 1 + (n - 1)P",
        at,
        -excess / tau**2 - 2 * directions * further - lacking / tau**2,
    )
    yield sign("the sum over the directions would be negative", at.expand(), "< 0")


def qualifies(classes: Classes, dim: int, temperature: Fraction) -> bool | None:
    """Whether the condition holds for every class, decided in balls; None where it is too near to call."""
    inverse = ball(1 / temperature)
    share = (2 * inverse).exp() / (classes.n - 2 + (2 * inverse).exp())
    margins = [2 * (dim - 1) / inverse * (arb(1) / (size - 1) - share) - 1 - (classes.n - 1) * share for size in classes.sizes]
    if all(margin > 0 for margin in margins):
        return True
    return False if any(margin < 0 for margin in margins) else None
