"""The root of the rank-one system where the coefficients of other classes depend on the anchor alone: 2u equations in O(u^2) numbers.

With x = v/n and y = W C / (n Z) (MATH 12, kernel/optimum/rank_one.py) E_gh = x_g x_h / (kappa (y_g + y_h)), and the equations are

    log Z_g - log(A_g + C_g sum_h N_gh E_gh) = 0,    kappa (B v)_g / sum m v = kappa rho^2 + sum_h p_gh log E_gh = 0,

N_gh = m_h n_h and p_gh = m_h v_h / sum m v, with m_g - 1 in place of m_g for h = g. The unknowns are log x and log y: nothing underflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scverify.kernel.optimum.terms import RankOneForm
from scverify.search.damped import damped_newton

Floats = NDArray[np.float64]

# of damped Newton; profiles of 78 and 100 classes took 4 or 5 at every temperature from 1/50 to 1
STEPS = 60


@dataclass(frozen=True)
class FloatForm:
    """The terms in float64, (u,) each; rate: kappa, square: rho^2."""

    m: Floats
    n: Floats
    alpha: Floats
    own: Floats
    other: Floats
    rate: float
    square: float

    @classmethod
    def of(cls, terms: RankOneForm) -> FloatForm:
        """Rounded from the kernel's terms."""
        m, n, alpha, own, other = (np.array([float(x) for x in row]) for row in (terms.m, terms.n, terms.alpha, terms.own, terms.other))
        return cls(m=m, n=n, alpha=alpha, own=own, other=other, rate=float(terms.kappa), square=float(terms.square))

    @cached_property
    def count(self) -> Floats:
        """How many classes of node h a class of node g sees (u, u)."""
        return np.where(np.eye(len(self.m), dtype=bool), self.m - 1, self.m)

    @cached_property
    def constants(self) -> tuple[Floats, Floats, Floats]:
        """Logarithms of the coefficients of the outcomes (u, u), of the own outcome and of alpha (u,)."""
        with np.errstate(divide="ignore"):
            return np.log(self.other)[:, None] + np.log(self.count * self.n) - np.log(self.rate), np.log(self.own), np.log(self.alpha)


def rank_one_equations(of: FloatForm, x: Floats) -> tuple[Floats, Floats]:
    """The 2u equations at x = (log x, log y) and their Jacobian (2u, 2u)."""
    u = len(of.m)
    log_x, log_y = x[:u], x[u:]
    rows = np.arange(u)
    shares = 1.0 / (1.0 + np.exp(np.minimum(log_y - log_y[:, None], 700.0)))  # y_g / (y_g + y_h)
    coefficients, own, log_alpha = of.constants
    log_e = log_x[:, None] + log_x - log_y[:, None] + np.log(shares)
    outcomes = coefficients + log_e
    log_e -= np.log(of.rate)
    top = np.maximum(outcomes.max(axis=1), own)
    psi = np.exp(outcomes - top[:, None])
    total = psi.sum(axis=1) + np.exp(own - top)
    psi /= total[:, None]
    v = of.n * np.exp(log_x - log_x.max())
    mass = of.m * v / (of.m * v).sum()
    p = of.count * (v / (of.m * v).sum())
    means = (p * log_e).sum(axis=1)
    values = np.concatenate([log_alpha - log_y - top - np.log(total), of.rate * of.square + means])

    jacobian = np.empty((2 * u, 2 * u))
    jacobian[:u, :u] = -psi
    jacobian[rows, rows] -= psi.sum(axis=1)
    jacobian[:u, u:] = psi * (1 - shares)
    jacobian[rows, u + rows] += (psi * shares).sum(axis=1) - 1
    jacobian[u:, :u] = p + p * log_e - np.outer(means, mass)
    jacobian[u + rows, rows] += p.sum(axis=1)
    jacobian[u:, u:] = p * (shares - 1)
    jacobian[u + rows, u + rows] -= (p * shares).sum(axis=1)
    return values, jacobian


def start(of: FloatForm) -> Floats:
    """(log x, log y) where every pair of classes has the similarity -rho^2/(k - 1), the simplex."""
    k = of.m.sum()
    log_e = -of.rate * of.square * k / (k - 1)
    others = (of.m * of.n).sum() - of.n
    log_y = np.log(of.alpha) - np.log(of.own + of.other * others * np.exp(max(log_e, -700.0)))
    pairs = log_e + np.log(of.rate) + np.logaddexp(log_y[:, None], log_y)
    mean = pairs @ of.m / k
    return np.concatenate([mean - mean @ of.m / k / 2, log_y])


def root(of: FloatForm) -> tuple[Floats, NDArray[np.float64]] | None:
    """(log x, log y) at a root and the Jacobian near it, by damped Newton; None where it does not converge."""
    return damped_newton(lambda at: rank_one_equations(of, at), start(of), STEPS)
