"""The most negative curvature of the loss at given unit vectors: a direction by Lanczos in floats, its curvature in balls (MATH 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from scverify.certify.pairwise import Sample, SizeCoefficients
from scverify.results.audit import Bend

Floats = NDArray[np.float64]

# a sum of MOST_PRODUCTS terms loses at most 19 of them, so that those of a float are left
BITS = 96
# Lanczos meets the n x n shares in every step, and the balls all n^2 d products
MOST_ENTRIES = 20_000
MOST_PRODUCTS = 400_000
# of Lanczos; where they do not settle a direction to a thousandth the audit says nothing of one
_STEPS = 300


@dataclass(frozen=True)
class _Rows:
    """Each anchor's shares p_ij and their pull, and S = (D + D')/2 + diag(lambda) at unit vectors x (n, d)."""

    x: Floats
    p: Floats
    weight: Floats
    rate: float
    s: Floats

    def product(self, u: Floats) -> Floats:
        """Half the derivative of the quadratic form 2 <S, UU'> + sum_i w rate^2 Var_p(G'_i.), G' = XU' + UX', at tangent u (n, d)."""
        moved = self.x @ u.T
        change = moved + moved.T
        centred = change - (self.p * change).sum(axis=1, keepdims=True)
        b = (self.weight * self.rate**2)[:, np.newaxis] * self.p * centred
        return self.tangent(2 * self.s @ u + (b + b.T) @ self.x)

    def tangent(self, u: Floats) -> Floats:
        """The part of u (n, d) tangent to the spheres."""
        result: Floats = u - (u * self.x).sum(axis=1, keepdims=True) * self.x
        return result


def most_negative(sample: Sample, coefficients: SizeCoefficients, rate: float, seed: int) -> Bend | None:
    """The direction that Lanczos finds, with its curvature; None where the embeddings are too many or it does not converge."""
    x = sample.unit
    if x.size > MOST_ENTRIES or x.shape[1] < 2:
        return None
    c, q = _tables(sample, coefficients)
    rows = _rows(x, c, q, coefficients.weight[sample.sort], rate)
    operator = LinearOperator((x.size, x.size), matvec=lambda u: rows.product(rows.tangent(u.reshape(x.shape))).ravel(), dtype=np.float64)
    start = rows.tangent(np.random.default_rng(seed).standard_normal(x.shape)).ravel()
    try:
        _, vectors = eigsh(operator, k=1, which="SA", v0=start, maxiter=_STEPS, tol=1e-3)
    except ArpackError:
        return None
    direction = rows.tangent(vectors[:, 0].reshape(x.shape))
    direction /= np.linalg.norm(direction)
    sign = 0
    if x.shape[0] * x.size <= MOST_PRODUCTS:
        with ctx.workprec(BITS):
            ball = curvature_in_balls(x, direction, c, q, coefficients.weight[sample.sort], rate)
            sign = -1 if ball < 0 else 1 if ball > 0 else 0
    return Bend(curvature=float((direction * rows.product(direction)).sum()), proved_sign=sign)


def _tables(sample: Sample, coefficients: SizeCoefficients) -> tuple[Floats, Floats]:
    """c and q of every pair of samples, 0 for a sample and itself."""
    label, sort = sample.label, sample.sort
    same = label[:, np.newaxis] == label
    c = np.where(same, coefficients.positive_c[sort][:, np.newaxis], coefficients.negative_c[np.ix_(sort, sort)])
    q = np.where(same, coefficients.positive_q[sort][:, np.newaxis], 0.0)
    for table in (c, q):
        np.fill_diagonal(table, 0.0)
    return c, q


def _rows(x: Floats, c: Floats, q: Floats, weight: Floats, rate: float) -> _Rows:
    e = c * np.exp(rate * (x @ x.T - 1))
    total = e.sum(axis=1, keepdims=True)
    p = np.divide(e, total, out=np.zeros_like(e), where=total > 0)
    d = (weight * rate)[:, np.newaxis] * (p - q)
    s = (d + d.T) / 2
    s[np.diag_indices_from(s)] -= (x * (s @ x)).sum(axis=1)
    return _Rows(x=x, p=p, weight=weight, rate=rate, s=s)


def curvature_in_balls(x: Floats, u: Floats, c: Floats, q: Floats, weight: Floats, rate: float) -> arb:
    """d^2/dt^2 of the loss along the tangent part of u / |u| at x / |x|, both taken exactly, at flint's precision.

    On the spheres: 2 <S, UU'> + sum_i w_i rate^2 Var_{p_i}(G'_i.) with S = (D + D')/2 - diag(x_i . (D + D')x_i/2).
    """
    n = len(x)
    points = [_scaled(row, 1 / _norm(row)) for row in _balls(x)]
    turns = [_minus(row, point, _dot(row, point)) for row, point in zip(_balls(u), points, strict=True)]
    length = sum((_dot(row, row) for row in turns), arb(0))
    columns, moving = arb_mat(points), arb_mat(turns)
    gram = (columns * columns.transpose()).tolist()
    moved = (columns * moving.transpose()).tolist()
    turned = (moving * moving.transpose()).tolist()
    total = arb(0)
    pulls = []
    for i in range(n):
        w, others = arb(float(weight[i])), [j for j in range(n) if c[i, j] > 0]
        if weight[i] == 0:
            pulls.append([arb(0)] * n)
            continue
        e = {j: arb(float(c[i, j])) * (arb(rate) * gram[i][j]).exp() for j in others}
        z = sum(e.values(), arb(0))
        change = {j: moved[i][j] + moved[j][i] for j in others}
        mean = sum((e[j] * change[j] for j in others), arb(0)) / z
        total += w * arb(rate) ** 2 * sum((e[j] * (change[j] - mean) ** 2 for j in others), arb(0)) / z
        pulls.append([w * arb(rate) * (e.get(j, arb(0)) / z - arb(float(q[i, j]))) for j in range(n)])
    for i in range(n):
        for j in range(n):
            # 2 <S, UU'>: the multiplier of sample i gathers what its neighbours pull along its own direction
            total += (pulls[i][j] + pulls[j][i]) * (turned[i][j] - gram[i][j] * turned[i][i])
    return total / length


def _balls(rows: Floats) -> list[list[arb]]:
    return [[arb(x) for x in row] for row in rows.tolist()]


def _dot(first: list[arb], second: list[arb]) -> arb:
    return sum((a * b for a, b in zip(first, second, strict=True)), arb(0))


def _norm(row: list[arb]) -> arb:
    return _dot(row, row).sqrt()


def _scaled(row: list[arb], factor: arb) -> list[arb]:
    return [a * factor for a in row]


def _minus(row: list[arb], direction: list[arb], factor: arb) -> list[arb]:
    return [a - factor * b for a, b in zip(row, direction, strict=True)]
