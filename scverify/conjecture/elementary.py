"""Elementary inequalities as checked steps: a difference is the rise of a function of r in [0, 1] whose derivative is not negative."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Function, Integer, Symbol, exp, log, symbols

from scverify.conjecture.theorem import Step, fact, identity, sign

RISES = "Elementary.rises: a differentiable function with non-negative derivative does not fall"
RISES_STRICTLY = "Elementary.rises_strictly: with a positive derivative it rises"
_R, _FURTHER = Symbol("r", nonnegative=True), Symbol("f", nonnegative=True)
WITHIN = 1 / (1 + _FURTHER)  # every number r of (0, 1]: the end r = 0 follows by continuity


def exponential_rises() -> Iterator[Step]:
    """(e^x - e^y)(x - y) >= 0: a term of a symmetrised Kullback-Leibler divergence is not negative."""
    x, y = symbols("x y", real=True)
    path = (x - y) * exp(y + _R * (x - y))
    yield from _rise("(e^x - e^y)(x - y) >= 0", path, (exp(x) - exp(y)) * (x - y), (x - y) ** 2 * exp(y + _R * (x - y)))


def exponential_above_tangent() -> Iterator[Step]:
    """e^v >= 1 + v: Jensen's inequality for the exponential, sum e^(v_a) >= m e^(mean of v), is its sum at v_a - mean."""
    v = Symbol("v", real=True)
    path = ((1 - _R) * v + 1) * exp(_R * v)
    yield from _rise("e^v >= 1 + v", path, exp(v) - 1 - v, (1 - _R) * v**2 * exp(_R * v))


def logarithm_below_tangent() -> Iterator[Step]:
    """log w <= w - 1: Jensen's inequality for the logarithm, mean of log w_a <= log(mean of w), is its mean at w_a/mean."""
    w = Symbol("w", positive=True)
    path, between = _R * (w - 1) - log(1 - _R + _R * w), 1 - _R + _R * w
    yield from _rise("log w <= w - 1", path, w - 1 - log(w), _R * (w - 1) ** 2 / between)


def u_log_one_plus_u() -> Iterator[Step]:
    """u log(1 + u) > 0 for u > -1, u != 0; with w = 1 + u > 0."""
    w = Symbol("w", positive=True)
    between = 1 - _R + _R * w
    yield from _rise("u log(1 + u) >= 0, with w = 1 + u", (w - 1) * log(between), (w - 1) * log(w), (w - 1) ** 2 / between)


def softplus_above_tangent() -> Iterator[Step]:
    """log(1 + e^x) is above its tangent at y: with p = e^y/(1 + e^y) and h = x - y it is log(1 - p + p e^h) >= p h, Jensen's inequality."""
    x, y, h = symbols("x y h", real=True)
    odds = Symbol("o", positive=True)
    p = exp(y) / (1 + exp(y))
    yield identity(
        "log(1 + e^x) - log(1 + e^y) = log(1 - p + p e^h) with p = e^y/(1 + e^y) and h = x - y",
        (1 + exp(x)) / (1 + exp(y)),
        1 - p + p * exp(x - y),
    )
    weight = 1 / (1 + odds)  # every number p of (0, 1)
    between = 1 - weight + weight * exp(_R * h)
    path = log(between) - weight * _R * h
    slope = weight * (1 - weight) * h * (exp(_R * h) - 1) / between
    yield identity(
        "log(1 - p + p e^h) - p h is the rise from r = 0 to r = 1",
        path.subs(_R, 1) - path.subs(_R, 0),
        log(1 - weight + weight * exp(h)) - weight * h,
    )
    yield identity("of a function with this derivative by r", path.diff(_R), slope)
    product = Symbol("Q", nonnegative=True)  # (e^{rh} - 1) rh, by (e^x - e^y)(x - y) >= 0 at y = 0
    yield from exponential_rises()
    yield sign(
        "whose sign is that of (e^{rh} - 1) rh >= 0", weight * (1 - weight) * product / (WITHIN * (1 - weight + weight * exp(h))), ">= 0"
    )


def above_tangents() -> Iterator[Step]:
    """A function with g'' >= 0 lies above its tangents (so Jensen): g(1) - g(0) - g'(0) is the rise of g(r) + (1 - r) g'(r)."""
    g = Function("g")
    path = g(_R) + (1 - _R) * g(_R).diff(_R)
    yield fact(
        "g(1) - g(0) - g'(0) is the rise from r = 0 to 1 of g(r) + (1 - r) g'(r), whose derivative is (1 - r) g''(r)",
        lambda: (path.diff(_R) - (1 - _R) * g(_R).diff(_R, 2)).expand() == 0,
        r"\bigl(g(r) + (1 - r) g'(r)\bigr)' = (1 - r)\, g''(r)",
    )
    bend = Symbol("g''", nonnegative=True)
    yield sign("which is not negative where g'' >= 0: a convex function lies above its tangents", (1 - WITHIN) * bend, ">= 0")
    total, count = Symbol("T", real=True), Symbol("M", integer=True, positive=True)
    yield identity(
        "and its mean is at least its value at the mean (Jensen): M numbers of total T, less their mean, add up to 0 in the tangent there",
        total - count * (total / count),
        Integer(0),
    )


def _rise(says: str, path: Expr, rise: Expr, slope: Expr) -> Iterator[Step]:
    """The three steps: the rise over [0, 1], the derivative, and its sign. It is 0 only where the derivative is 0 for every r."""
    yield identity(f"{says}: the rise from r = 0 to r = 1", path.subs(_R, 1) - path.subs(_R, 0), rise)
    yield identity("its derivative by r", path.diff(_R), slope)
    yield sign("is not negative, at every r = 1/(1 + f) of (0, 1]", slope.subs(_R, WITHIN), ">= 0")
