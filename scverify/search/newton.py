"""Roots of the rank-one system: Newton in floats from a cold start, and Newton in balls to any precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import arb
from numpy.typing import NDArray

from scverify.search.damped import damped_newton
from scverify.search.linear import lu_solver
from scverify.search.rank_one import BallArray, Floats, RankOneRefused, RankOneSystem, SystemArrays, ball_equations

ABOVE = 1e-11  # exponents may exceed 0 by rounding
SPARE = 6  # bits beyond those asked for
GUARD = 24  # bits that sums over pairs lose
_GUESSES = (1.0, 0.3, 3.0, 0.1, 10.0, 0.03, 30.0)  # of the squared norm under a ridge, which nothing bounds: around 1 first


def float_equations(terms: SystemArrays, x: Floats) -> tuple[Floats, Floats, Floats]:
    """The 2U equations at x = (log v, log Z), their Jacobian (2U, 2U), and kappa (X - rho^2) as a matrix (U, U+1) laid out as in Level."""
    u = len(terms.m)
    rows = np.arange(u)
    logs, pull, push = _logs(terms, x[:u], x[u:])
    with np.errstate(divide="ignore"):
        outcomes = np.log(np.column_stack([terms.cross, terms.own])) + logs
    top = outcomes.max(axis=1)
    outcomes = np.exp(outcomes - top[:, None])
    total = outcomes.sum(axis=1)
    psi = outcomes / total[:, None]
    weights = terms.m * np.exp(x[:u] - x[:u].max())
    p = weights / weights.sum()
    shared = terms.share * logs[:, :u]
    own = logs[:, u] / terms.m
    means = shared @ p + p * own
    values = np.concatenate([x[u:] - top - np.log(total), terms.kappa * terms.square + means])

    jacobian = np.empty((2 * u, 2 * u))
    push_own = push[:, u]
    spread = terms.share * p
    by_v, by_z = psi[:, :u] * push[:, :u], psi[:, :u] * pull
    jacobian[:u, :u] = -by_v
    jacobian[rows, rows] -= by_v.sum(axis=1) + 2 * psi[:, u] * push_own
    jacobian[:u, u:] = -psi[:, :u] * pull.T
    jacobian[rows, u + rows] += 1 - by_z.sum(axis=1) - psi[:, u] * terms.ridge
    mean_v, mean_z = spread * push[:, :u], spread * pull
    jacobian[u:, :u] = p * (shared - means[:, None]) + mean_v
    jacobian[u + rows, rows] += mean_v.sum(axis=1) + p * (own + 2 * push_own / terms.m)
    jacobian[u:, u:] = spread * pull.T
    jacobian[u + rows, u + rows] += mean_z.sum(axis=1) + p * terms.ridge / terms.m
    return values, jacobian, logs


def _logs(terms: SystemArrays, log_v: Floats, log_z: Floats) -> tuple[Floats, Floats, Floats]:
    """log e (U, U+1), its slope in log Z of the row's node (U, U), and in log v of either node (U, U+1); 0 where there is no pair."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.log(terms.pair) - log_z[:, None]
        total = np.logaddexp(rates, rates.T)
        pull = np.where(terms.inside, np.exp(rates - total), 0.0)
        top, push = _log_difference(log_v[:, None] + log_v, terms.offset)
        logs = np.where(terms.inside, top - total, 0.0)
        push = np.where(terms.inside, push, 0.0)
        if not terms.ridge:
            zero = np.zeros(len(log_v))
            return np.column_stack([logs, zero]), pull, np.column_stack([push, zero])
        own_top, own_push = _log_difference(2 * log_v, terms.own_offset)
        own = own_top - np.log(2 * terms.own_pair) + log_z
    return np.column_stack([logs, own]), pull, np.column_stack([push, own_push])


def _log_difference(log_product: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """log(product - offset) and product / (product - offset), without leaving the logarithms; nan where the difference is negative."""
    if not offset.any():
        return log_product, np.ones_like(log_product)
    log_offset = np.log(np.abs(offset))
    joined = np.where(offset <= 0, np.logaddexp(log_product, log_offset), log_product + np.log1p(-np.exp(log_offset - log_product)))
    return joined, np.exp(log_product - joined)


def float_roots(system: RankOneSystem) -> tuple[Floats, Floats, bool]:
    """(log v, log Z, whole): a root from a cold start.

    Where plain Newton fails, the coefficients grow from their geometric mean (equal classes) to their values. If a similarity
    passes rho^2 on that way, the path stops there with whole = False: the nodes of that pair have to merge. Raises RankOneRefused.
    """
    terms, u = system.terms, system.size
    _check_pairs(terms)
    for guess in _GUESSES if terms.ridge else (float(terms.square),):
        x = _newton(terms, _start(terms, guess), 60)
        if x is not None:
            return x[:u], x[u:], True
    if terms.ridge:
        raise RankOneRefused("Newton's method does not converge")
    x, whole = _path(terms, float(terms.square))
    return x[:u], x[u:], whole


def _check_pairs(terms: SystemArrays) -> None:
    free = terms.inside & (terms.pair + terms.pair.T <= 0)
    if free.any():
        raise RankOneRefused("a pair of nodes meets in no exponential")
    if terms.ridge and not (terms.own_pair > 0).all():
        raise RankOneRefused("a self similarity stands in no exponential")


def _path(terms: SystemArrays, square: float) -> tuple[Floats, bool]:
    reached, step = 0.0, 0.5
    x: Floats | None = None
    while step > 1e-3:
        level = min(1.0, reached + step)
        scaled = _tempered(terms, level)
        trial = _newton(scaled, _start(scaled, square) if x is None else x, 12)
        if trial is None:
            step /= 2
            continue
        x, reached, step = trial, level, 2 * step
        if level == 1.0 or float_equations(scaled, x)[2][:, :-1].max() > ABOVE:
            return x, level == 1.0
    raise RankOneRefused("Newton's method does not converge")


def _tempered(terms: SystemArrays, level: float) -> SystemArrays:
    """The coefficients raised to a power in 0..1, around their geometric means."""

    def tempered(array: Floats) -> Floats:
        size = np.abs(array)
        positive = size > 0
        if not positive.any():
            return array
        mean = np.exp(np.log(size[positive]).mean())
        return np.where(positive, np.sign(array) * mean * (np.where(positive, size, mean) / mean) ** level, 0.0)

    return replace(terms, own=tempered(terms.own), cross=tempered(terms.cross), pair=tempered(terms.pair), offset=tempered(terms.offset))


def _start(terms: SystemArrays, square: float) -> Floats:
    """(log v, log Z) where every pair of classes has the similarity -square/(k-1), the simplex."""
    k = float(terms.m.sum())
    exponent = -terms.kappa * (square - terms.square + square / max(k - 1, 1.0))
    own = terms.kappa * (square - terms.square)
    with np.errstate(divide="ignore"):
        outcomes = np.log(np.column_stack([terms.cross, terms.own])) + exponent
        outcomes[:, -1] += own - exponent
        top = outcomes.max(axis=1)
        log_z = top + np.log(np.exp(outcomes - top[:, None]).sum(axis=1))
        rates = np.log(terms.pair) - log_z[:, None]
        total = np.where(terms.inside, np.logaddexp(rates, rates.T), -np.inf)
    present = np.isfinite(total)
    weights = terms.m * present
    product = np.where(present, np.logaddexp(total + exponent, np.log(np.maximum(-terms.offset, 1e-300))), 0.0)
    mean = (product * terms.m).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    return np.concatenate([mean - (mean * terms.m).sum() / k / 2, log_z])


def _newton(terms: SystemArrays, x: Floats, steps: int) -> Floats | None:
    found = damped_newton(lambda at: float_equations(terms, at)[:2], x, steps)
    return None if found is None else found[0]


def root_precision(system: RankOneSystem, bits: int) -> int:
    """The bits at which the residuals of the system are known to about 2^-bits."""
    return bits + GUARD + 2 * system.size.bit_length() + int(abs(system.kappa)).bit_length()


def refine_roots(system: RankOneSystem, balls: SystemArrays, roots: tuple[Floats, Floats], bits: int) -> tuple[BallArray, BallArray]:
    """Newton with one float LU factor and ball residuals: exact midpoints (log v, log Z), object arrays of arb, residual about 2^-bits.

    balls: the coefficients at the current precision, which is root_precision. Raises RankOneRefused where the steps stop shrinking. Nothing
    is proved here: a certificate takes the midpoints as a candidate.
    """
    u, start = system.size, np.concatenate(roots)
    solve = lu_solver(float_equations(system.terms, start)[1])
    x: NDArray[np.object_] = np.array([arb(float(value)) for value in start], dtype=object)
    sizes: list[float] = []
    for _ in range(60 + bits // 20):  # a step gains the digits of a float
        values = ball_equations(balls, x[:u], x[u:])
        scale = max(_binary_exponent(value) for value in values)
        if scale <= -bits:
            return x[:u], x[u:]
        move = solve(np.array([float((value.mid() * arb(2) ** -scale).mid()) for value in values]))
        if not np.isfinite(move).all():
            break
        size = float(np.log2(np.abs(move).max())) + scale
        if sizes and not size < sizes[-1] - 1:
            break
        x = np.array([(value - arb(float(d)) * arb(2) ** scale).mid() for value, d in zip(x, move, strict=True)], dtype=object)
        if sizes and 2 * size - sizes[-1] + SPARE <= -bits:  # the next step would shrink as much as this one
            return x[:u], x[u:]
        sizes.append(size)
    raise RankOneRefused("Newton's method in higher precision does not converge")


def _binary_exponent(value: arb) -> int:
    """An exponent e with |midpoint| <= 2^e, very small for 0."""
    mantissa, exponent = value.mid().man_exp()
    return int(exponent) + int(abs(mantissa)).bit_length() if mantissa != 0 else -(10**9)
