"""Certificates of 2u numbers for an optimum whose dual has rank one (MATH 12): found, refined, and the kernel's bounds, radius and rank."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import above, below, places_for, scaled_integers, text
from scverify.certify.precise import exponent
from scverify.kernel.balls import magnitude
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.optimum.rank_one import FLOAT_BITS, Centre, Near, near_optimum, radius, rank, read_centre, read_numbers
from scverify.kernel.optimum.terms import RankOneForm, terms_of
from scverify.kernel.problem import read_problem
from scverify.model.data import problem_data
from scverify.model.level import interchangeable
from scverify.model.problem import Problem
from scverify.results.optimum import Optimum
from scverify.search.linear import lu_solver
from scverify.search.separable import FloatForm, Floats, root
from scverify.search.threads import blas_threads_for
from scverify.symbolic.losses import ClassTable

Balls = list[arb]

# what a float64 holds, and one bit to round it
FLOAT_MANTISSA = 54
# v and Z are rounded this many bits before the precision of the balls
GUARD = 8
LEAST_BITS = 112
# float64 gives less than this where the minimum is not far below what the rows lose in it
RELATIVE_GOAL = arb("1e-12")


@dataclass(frozen=True)
class RankOne:
    """An optimum by nodes: members, similarities (u, u+1) with the self entry last, multipliers (u,) in floats; exact bounds and radius.

    radius, rank: None with a reason where they are not proved.
    """

    members: tuple[tuple[int, ...], ...]
    similarities: Floats
    multipliers: Floats
    lower: Fraction
    upper: Fraction
    radius: Fraction | None
    radius_reason: str
    rank: int | None
    rank_reason: str
    precision: int
    certificates: dict[str, Data]

    @property
    def dimensions(self) -> int:
        """The rank of the point at which the upper bound holds, at most."""
        return sum(map(len, self.members)) - 1


def rank_one_optimum(problem: Problem, goal: arb | None, max_precision: int) -> RankOne | None:
    """The optimum in the rank-one form; None where the form does not apply or its root proves nothing.

    goal: the absolute gap that is wanted, reached in balls; without one the sums over pairs are taken in float64.
    """
    groups = [list(group) for group in interchangeable(problem)] if isinstance(problem.loss.coefficients, ClassTable) else "sizes"
    try:
        terms = terms_of((problem if problem.dim is None else problem.replace(dim=None)).stated, groups)
    except Rejected:
        return None
    with np.errstate(all="ignore"), blas_threads_for(2 * len(terms.m)):
        found = root(FloatForm.of(terms))
    if found is None:
        return None
    try:
        near, precision, data = _near(terms, *found, goal, max_precision)
    except (Rejected, Unresolved):
        return None
    with ctx.workprec(precision):
        return _result(problem, groups, near, precision, data)


def _near(terms: RankOneForm, x: Floats, jacobian: Floats, goal: arb | None, max_precision: int) -> tuple[Near, int, Data]:
    """The kernel's bounds at a root, at a precision that gives the wanted gap; the last of several where none does."""
    bits = FLOAT_BITS if goal is None else LEAST_BITS
    while True:
        with ctx.workprec(bits):
            if goal is None:
                data = _data(*_start(terms, x), FLOAT_MANTISSA)
                near = near_optimum(read_centre(terms, data))
            else:
                data, near = _refined(terms, x, jacobian, bits)
            gap = near.upper.upper() - near.lower.lower()
            if goal is None and gap <= RELATIVE_GOAL * near.lower.lower():
                return near, bits, data
            if goal is None:
                goal, bits = RELATIVE_GOAL * magnitude(near.upper), LEAST_BITS
                continue
            if gap <= goal or bits >= max_precision:
                return near, bits, data
            missing = int(float((gap / goal).log().upper()) / 0.69) + 16
            bits = min(max_precision, bits + max(32, missing))


def _start(terms: RankOneForm, x: Floats) -> tuple[Balls, Balls]:
    u = len(terms.m)
    v = [n * arb(float(a)).exp() for n, a in zip(terms.n, x[:u], strict=True)]
    z = [arb(a) * (-arb(float(b))).exp() for a, b in zip(terms.alpha, x[u:], strict=True)]
    return v, z


def _data(v: Balls, z: Balls, bits: int) -> Data:
    """v and Z as the certificate's integers, each known to about 2^-bits of itself."""

    def rounded(values: Balls) -> Data:
        places = max(0, bits - min(exponent(x) for x in values))
        return {"bits": places, "rows": [scaled_integers(values, places)]}

    return {"v": rounded(v), "Z": rounded(z)}


def _refined(terms: RankOneForm, x: Floats, jacobian: Floats, bits: int) -> tuple[Data, Near]:
    """Newton's method with residuals in balls and one float factor of the Jacobian."""
    solve = lu_solver(jacobian)
    v, z = _start(terms, x)
    u, last = len(v), arb("inf")
    while True:
        data = _data(v, z, bits - GUARD)
        at = read_centre(terms, data)
        values = _residual(at)
        size = max(abs(value).upper() for value in values)
        if not size < last / 16 or size < arb(2) ** (GUARD - bits):
            return data, near_optimum(at)
        last = size
        unit = arb(2) ** max(exponent(value) for value in values)
        move = solve(np.array([float((value / unit).mid()) for value in values]))
        if not np.isfinite(move).all():
            return data, near_optimum(at)
        steps = [(unit * arb(float(-d))).exp() for d in move]
        v = [(a * step).mid() for a, step in zip(at.v, steps[:u], strict=True)]
        z = [(a / step).mid() for a, step in zip(at.z, steps[u:], strict=True)]


def _residual(at: Centre) -> Balls:
    """log Z - log Z^ and kappa (B^v)_g / sum m v, which the root makes 0."""
    mass = sum((m * a for m, a in zip(at.terms.m, at.v, strict=True)), arb(0))
    misses = [(z / z_hat).log() for z, z_hat in zip(at.z, at.z_hat, strict=True)]
    return misses + [arb(at.terms.kappa) * b / mass for b in at.product]


def _result(problem: Problem, groups: Any, near: Near, precision: int, data: Data) -> RankOne:
    stated = problem_data(problem) | {"sizes": _sizes(problem)}
    gap = near.upper.upper() - near.lower.lower()
    places = places_for(gap)
    lower, upper = below(near.lower, places), above(near.upper, places)
    claim = {"type": "Optimum", "problem": stated, "lower": text(lower), "upper": text(upper)}
    witness = {"form": "rank-one", "groups": groups, "centre": data}
    certificates = {"optimum.json": certificate(claim, witness, precision)}
    around, proved, reason, rank_reason = None, None, "", ""
    try:
        ball = radius(near)
        around = above(ball, places_for(ball) - 1)
        proved = rank(near, ball)
        rank_reason = "" if proved is not None else "the radius is too large for a rank"
    except (Rejected, Unresolved) as refusal:
        reason, rank_reason = str(refusal), "no radius around the optimum, hence no rank"
    if around is not None:
        unique = {"type": "UniqueMinimizer", "problem": stated, "groups": groups, "centre": data, "radius": text(around)}
        unique |= {} if proved is None else {"rank": proved}
        certificates["uniqueness.json"] = certificate(unique, {"form": "rank-one"}, precision)
    return RankOne(
        members=tuple(interchangeable(problem)),
        similarities=float_similarities(near.centre),
        multipliers=_multipliers(near.centre),
        lower=lower,
        upper=upper,
        radius=around,
        radius_reason=reason,
        rank=proved,
        rank_reason=rank_reason,
        precision=precision,
        certificates=certificates,
    )


def _sizes(problem: Problem) -> Any:
    """The sizes as they stand, or in runs where that is shorter."""
    sizes = problem.classes.sizes
    runs = [[size, len(list(run))] for size, run in groupby(sizes)]
    return {"runs": runs} if 2 * len(runs) < len(sizes) else list(sizes)


def float_similarities(at: Centre) -> NDArray[np.float64]:
    """B^ by nodes in floats, (u, u+1): column g of row g holds two different classes of the node, the last column rho^2."""
    terms = at.terms
    x = np.array([float((a / n).log().mid()) for a, n in zip(at.v, terms.n, strict=True)])
    y = np.array([float((arb(a) / z).log().mid()) for a, z in zip(terms.alpha, at.z, strict=True)])
    square, rate = float(terms.square), float(terms.kappa)
    entries = square + (x[:, None] + x - np.log(rate) - np.logaddexp(y[:, None], y)) / rate
    alone = np.flatnonzero(np.array(terms.m) == 1)
    entries[alone, alone] = square
    return np.column_stack([entries, np.full(len(x), square)])


def _multipliers(at: Centre) -> NDArray[np.float64]:
    """lambda_c = S_cc - (slope of the row in its self entry) = v_c^2/2 - W_c (kappa A_c/Z_c + slope)."""
    terms = at.terms
    own = zip(at.v, at.z, terms.weight, terms.own, terms.slope, strict=True)
    return np.array([float((v * v / 2 - w * (terms.kappa * a / z + slope)).mid()) for v, z, w, a, slope in own])


class Entries:
    """The entries of the class Gram matrix that a certificate's centre stands for, in balls."""

    def __init__(self, problem: Data, groups: Any, data: Data) -> None:
        """problem: as the claim holds it. groups, data: of the witness, or of a claim of uniqueness."""
        stated = read_problem(problem)
        terms = terms_of(stated, groups)
        v, z = read_numbers(data, len(terms.m))
        by_size = {size: g for g, size in enumerate(terms.n)}
        by_class = {c: g for g, group in enumerate(groups) for c in group}
        self._node = [by_size[size] if groups == "sizes" else by_class[c] for c, size in enumerate(stated.sizes)]
        self._x = [a / n for a, n in zip(v, terms.n, strict=True)]
        self._y = [a / b for a, b in zip(terms.alpha, z, strict=True)]
        self._kappa, self._square = terms.kappa, terms.square

    def __call__(self, c: int, d: int) -> arb:
        """Entry (c, d): rho^2 on the diagonal, else rho^2 + log(x_c x_d / (kappa (y_c + y_d))) / kappa."""
        if c == d:
            return arb(self._square)
        g, h = self._node[c], self._node[d]
        return self._square + (self._x[g] * self._x[h] / (self._kappa * (self._y[g] + self._y[h]))).log() / self._kappa


def optimum_of_rank_one(problem: Problem, found: RankOne, digits: int | None, started: float) -> Optimum:
    """The result of a rank-one certificate."""
    lambdas = np.empty(problem.classes.k)
    for group, value in zip(found.members, found.multipliers, strict=True):
        lambdas[list(group)] = value
    return Optimum(
        problem=problem,
        level="groups",
        members=found.members,
        lower=found.lower,
        upper=found.upper,
        similarities=found.similarities,
        multipliers=tuple(lambdas.tolist()),
        radius=found.radius,
        radius_reason=found.radius_reason,
        rank=found.rank,
        rank_reason=found.rank_reason,
        solver="rank-one",
        status=f"root of {2 * len(found.members)} equations",
        seconds=time.perf_counter() - started,
        precision=found.precision,
        shortfall=shortfall_of(found.upper - found.lower, digits),
        digits=digits,
        proofs=found.certificates,
    )


def shortfall_of(gap: Fraction, digits: int | None) -> str:
    """What is missing of the digits that were asked for, "" where nothing is."""
    return f"a gap below 1e-{digits} was asked" if digits is not None and gap > Fraction(1, 10**digits) else ""
